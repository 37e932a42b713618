"""How a dataset stands: whether it is complete, what its last run came to, and what is to be done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

from harvester.coverage import WITH_UNKNOWNS
from harvester.dataset.documents import UNKNOWNS_ADVICE
from harvester.errors import DatasetError, Exit, worst
from harvester.ledger import FILE
from harvester.ledger.afterwards import EXPORT
from harvester.ledger.held_by import Holder, held_by
from harvester.ledger.reading import read_ledger
from harvester.ledger.runs import ToldRun, told_runs
from harvester.standing.shown import Shown, read_shown
from harvester.standing.values import Harvest

_AGAIN = 0.5  # seconds, within which a harvest has renamed what it publishes

# A run that was asked for wrongly (2), was interrupted (130) or killed (None) has left work undone, and no more.
_CODES: dict[int | None, Exit] = {
    **{int(code): code for code in Exit},
    Exit.USAGE: Exit.INCOMPLETE,
    Exit.INTERRUPTED: Exit.INCOMPLETE,
    None: Exit.INCOMPLETE,
}
_NEXT: dict[Exit, str] = {
    Exit.UNEXPECTED: "run it by hand with --debug, and report what it prints",
    Exit.INCOMPLETE: "run it again; if it stays so, coverage.json says what is missing",
    Exit.REFUSED: "write to the archive: it refuses the harvest",
    Exit.UNREACHABLE: "see whether the site is back, or has moved; then run it again",
    Exit.UNREADABLE: "look at the pages that rejects.jsonl names: what came is no listing",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A dataset to look at, by a name for people; not heard of for longer than `max_age` it is silent.

    A folder that a `harvest` makes, as it is declared, may not be there yet.
    """

    name: str
    folder: Path
    harvest: Harvest | None = None
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How a dataset stands. Where `shown` is None its files cannot be read, or there are none; `trouble` says why.

    `runs` are the newest first, without the one that is `running`; `next` is what is to be done, None if nothing is.
    """

    asked: Asked
    shown: Shown | None
    runs: tuple[ToldRun, ...]
    running: Holder | None
    trouble: str | None
    silent: bool
    code: Exit
    next: str | None

    @property
    def last_run(self) -> ToldRun | None:
        """Return the last run that is over."""
        return self.runs[0] if self.runs else None

    @property
    def heard(self) -> str | None:
        """Return when the site was last heard of (UTC): the end of the last run that asked it and read a page.

        The last by the order of runs: a clock that once was ahead would say for years that something was just heard.
        """
        return next((run.heard for run in self.runs if run.heard), None)


def look(asked: Asked, now: datetime, pause: Callable[[float], None] = sleep) -> Status:
    """Return how a dataset stands; what cannot be read of it is told in it. Nothing is written."""
    if not (asked.folder / FILE).exists() and not (asked.folder / "datapackage.json").exists():
        return _absent(asked, now)
    running, runs, faults = None, tuple[ToldRun, ...](), list[DatasetError]()
    shown: Shown | None = None
    try:
        runs = read_ledger(asked.folder, told_runs)
        running = held_by(asked.folder / FILE)
    except DatasetError as error:
        faults.append(error)
    if faults or _is_published(asked.folder):
        try:
            shown = _read_shown(asked.folder, pause)
        except DatasetError as error:
            faults.append(error)
    if running is not None and runs and runs[0].ended is None:
        runs = runs[1:]
    return _judge(Status(asked, shown, runs, running, None, False, Exit.COMPLETE, None), faults, now)


def _read_shown(folder: Path, pause: Callable[[float], None]) -> Shown:
    """Read the files; once more if a harvest may just be renaming them."""
    try:
        return read_shown(folder)
    except DatasetError:
        pause(_AGAIN)
        return read_shown(folder)


def _is_published(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("datapackage.json", "records.jsonl"))


def _absent(asked: Asked, now: datetime) -> Status:
    """Return the status of what is not there: a first run in vain leaves nothing of a harvest that is declared."""
    if asked.harvest is None:
        trouble, following = f"there is no dataset in {asked.folder}", "name a dataset folder, or restore it"
        return Status(asked, None, (), None, trouble, asked.max_age is not None, Exit.DATASET, following)
    trouble = "no run has read a page yet"
    return Status(asked, None, (), None, trouble, asked.max_age is not None, Exit.INCOMPLETE, "run it by hand once")


def _judge(status: Status, faults: list[DatasetError], now: datetime) -> Status:
    """Return a status with its exit code, what troubles it, and what is to be done."""
    last, codes = status.last_run, [error.code for error in faults]
    codes.append(Exit.INCOMPLETE if status.shown is None else status.shown.code)
    if last is not None and not (last.is_old and last.code is None):
        codes.append(_CODES.get(last.code, Exit.UNEXPECTED))
    silent = _is_silent(status, now)
    code = worst([*codes, *([Exit.INCOMPLETE] if silent else [])])
    trouble = "; ".join(str(error) for error in faults) or (None if status.shown else "nothing is published yet")
    return replace(status, silent=silent, code=code, trouble=trouble, next=_next(status, faults, codes, silent=silent))


def _next(status: Status, faults: list[DatasetError], codes: list[Exit], *, silent: bool) -> str | None:
    if faults:
        return faults[0].advice
    code = worst(codes)
    if code == Exit.COMPLETE:
        return "see whether its timer runs, and whether the machine was on" if silent else None
    if code == Exit.DATASET:  # it can be read by now
        return "make room, or wait for who holds it; then run it again"
    if status.running is not None:
        return "wait for the run that is under way"
    return _fill_in(status) if code == Exit.INCOMPLETE else _NEXT[code]


def _fill_in(status: Status) -> str:
    """Return how what is missing may be had: to ask again brings neither more captures nor other labels."""
    last = status.last_run
    if last is not None and any(trouble["kind"] == EXPORT for trouble in last.troubles):
        return "put the command right that failed; it is run again after the next run"
    if status.shown is not None and status.shown.verdict == f"documents {WITH_UNKNOWNS}":
        return UNKNOWNS_ADVICE[0].lower() + UNKNOWNS_ADVICE[1:].rstrip(".")
    if last is not None and last.kind == "replay" and last.code is not None:
        return "replay captures of what is missing into it"
    return _NEXT[Exit.INCOMPLETE]


def _is_silent(status: Status, now: datetime) -> bool:
    """Return whether nothing was heard for too long; a run that has only just begun may yet be."""
    age = status.asked.max_age
    if age is None:
        return False
    since = status.running.since if status.running is not None else None
    last = max((time for time in (status.heard, since) if time is not None), default=None)
    return last is None or now - datetime.fromisoformat(last) > age
