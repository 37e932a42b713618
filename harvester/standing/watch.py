"""After a run: looks for what someone must act on, rings for what they have not heard, and remembers who heard what."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from harvester.errors import DatasetBusy, DatasetError, Exit
from harvester.ledger import FILE
from harvester.ledger.afterwards import Aftermath, looking_back
from harvester.ledger.holder import held_since
from harvester.standing.bell import Rung, has_bell, is_wanted, join_faults, ring_for
from harvester.standing.evidence import Evidence
from harvester.standing.findings import Finding
from harvester.standing.health import find_all
from harvester.standing.memory import Memory
from harvester.standing.notice import LASTING, WELL, Notice
from harvester.standing.silence import find_end, find_silence
from harvester.standing.values import Harvest


def report(
    harvest: Harvest,
    code: int,
    folder: Path,
    now: datetime,
    environment: Mapping[str, str],
    *,
    run: int | None = None,
    faults: Sequence[str] = (),
) -> list[str]:
    """Judge a run of a harvest that has ended, and ring; return a sentence for each thing that went wrong with it.

    `code` is the run's exit code, `folder` its dataset, of which it has let go; `run` is its number, None if it could
    not begin, and `faults` are sentences of what went wrong, which count where no ledger tells. Whoever
    gets a sentence back says it, and ends with `code_after`.
    A run that a person interrupted is no news to anybody.
    """
    if not has_bell(harvest.notify) or code == Exit.INTERRUPTED:
        return []
    memory, aftermath, lost = _look_back(folder, run)
    run = None if aftermath is None else run  # a first run that read nothing leaves no ledger, and no number
    evidence = Evidence(code, run, aftermath, _coverage(folder), tuple(faults) or lost)
    since = {kind: memory.since(kind, now) for kind in LASTING}
    findings = find_all(evidence, harvest.notify.withdrawn_bound, since, now)
    return _Telling(harvest, folder, memory, now, environment).tell(
        findings, run, code, lost=bool(lost), lacking=evidence.still_lacking()
    )


def listen(harvest: Harvest, folder: Path, now: datetime, environment: Mapping[str, str]) -> list[str]:
    """Ring if nothing was heard of a harvest for longer than its `max_age`; return sentences as `report` does.

    A run that found the site out of reach was heard: it has rung by itself.
    """
    if not has_bell(harvest.notify) or harvest.notify.max_age is None:
        return []
    memory, heard, busy_since, lost = Memory(), None, None, False
    try:
        with looking_back(folder) as log:
            if log is not None:
                memory, heard = Memory.of(log.noticed()), log.heard()
    except DatasetBusy:
        busy_since, lost = held_since(folder / FILE), True
    except DatasetError as error:
        return [str(error)]
    found = find_silence(_time(heard), _time(busy_since), harvest.notify.max_age, now)
    findings = [] if found is None else [found]
    return _Telling(harvest, folder, memory, now, environment).tell(findings, None, None, lost=lost)


def code_after(code: int, faults: Sequence[str]) -> int:
    """Return the exit code of a run after its bells: whole, but with a bell that failed, is 3."""
    return int(Exit.INCOMPLETE) if faults and code == Exit.COMPLETE else code


class _Telling:
    """Rings for findings, as far as they are wanted and not yet heard, and notes who heard what."""

    def __init__(
        self, harvest: Harvest, folder: Path, memory: Memory, now: datetime, environment: Mapping[str, str]
    ) -> None:
        self.harvest = harvest
        self.folder = folder
        self.memory = memory
        self.now = now
        self.environment = environment
        self.rung: list[Rung] = []

    def tell(
        self, found: Iterable[Finding], run: int | None, code: int | None, *, lost: bool, lacking: Sequence[str] = ()
    ) -> list[str]:
        """Ring and note; `code` is None where no run ended, `lost` says that the ledger cannot be written.

        `lacking` is what the dataset lacks though the run was well, such as parts of earlier pages that nobody knows:
        then it is not complete again.
        """
        findings = [finding for finding in found if is_wanted(self.harvest.notify, finding.kind)]
        well = code == Exit.COMPLETE
        again = [n for n in self.memory.untold if n.kind != WELL or not any(f.kind in LASTING for f in findings)]
        due = self.memory.due(findings, self.now)
        staying = {"incomplete"} if lacking else set()
        ended = {kind: told.since for kind, told in self.memory.told_of().items() if kind not in staying}
        end = find_end(ended, lacking) if well else None
        new = [self._notice(finding, run, code) for finding in (*due, *([end] if end else []))]
        unheard = [notice for notice in (*again, *new) if not self._ring(notice)]
        heard = {notice.kind for notice in new if notice not in unheard}
        once = [notice for notice in unheard if notice.kind not in LASTING]
        memory = self.memory.after(findings, heard, once, self.now, ended=set(LASTING) - staying if well else ())
        faults = join_faults(self.rung)
        return faults if lost else faults + self._note(memory, run, faults, code)

    def _notice(self, finding: Finding, run: int | None, code: int | None) -> Notice:
        return finding.notice(self.harvest.name, str(self.folder), run, code)

    def _ring(self, notice: Notice) -> bool:
        rung = ring_for(self.harvest.notify, notice, self.environment)
        self.rung.append(rung)
        return rung.heard

    def _note(self, memory: Memory, run: int | None, faults: Sequence[str], code: int | None) -> list[str]:
        if run is None and memory == self.memory:
            return []
        try:
            with looking_back(self.folder) as log:
                if log is not None:
                    log.note(memory.as_data(), run)
                    if faults and run is not None:
                        log.add_troubles(run, "bell", faults, code_after(code or 0, faults))
        except DatasetError as error:
            return [f"who was told could not be noted, and will be told again: {error}"]
        return []


def _look_back(folder: Path, run: int | None) -> tuple[Memory, Aftermath | None, tuple[str, ...]]:
    """Return who was told of what, what the ledger says of a run, and why it cannot be read, if so."""
    try:
        with looking_back(folder) as log:
            if log is None:
                return Memory(), None, ()
            return Memory.of(log.noticed()), None if run is None else log.aftermath(run), ()
    except DatasetError as error:
        return Memory(), None, (str(error),)


def _coverage(folder: Path) -> dict[str, Any] | None:
    """Return coverage.json as it stands; None if there is none that can be read, which the run has told of."""
    try:
        told = orjson.loads((folder / "coverage.json").read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
