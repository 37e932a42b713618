"""What is to be run and when, before any scheduler is told: the harvest, and the look at whether it was heard of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from harvester.errors import UsageProblem
from harvester.standing.values import DAYS, Harvest, Schedule

# The look for silence comes when the night's run should have ended: after the longest random delay, and six hours.
_AFTER = timedelta(hours=6)
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class File:
    """A file for a scheduler."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Job:
    """One command at its times; `name` names its files, `lock` is what keeps a second one from starting.

    `environment` is a file of lines NAME=value, which need not exist: what harvest.toml only names.
    """

    name: str
    purpose: str
    words: tuple[str, ...]
    at: time
    days: tuple[str, ...]
    random_delay: timedelta
    folder: Path
    environment: Path
    log: Path
    lock: Path | None


def plan_jobs(harvest: Harvest, config: Path, program: Sequence[str]) -> list[Job]:
    """Return what is to be run: `program update NAME`, and `program status NAME` if the harvest has a `max_age`.

    Raises UsageProblem if the harvest has no schedule, or a path of it is one that no scheduler can be told.
    """
    schedule = harvest.schedule
    if schedule is None:
        advice = f'Add it, with a time of your own: [harvest.{harvest.name}.schedule] and at = "03:40".'
        raise UsageProblem(f"{config} doesn't say when {harvest.name} is harvested", advice=advice)
    jobs = [_update(harvest, schedule, config, program)]
    if harvest.notify.max_age is not None:
        jobs.append(_status(harvest, schedule, config, program))
    for job in jobs:
        for text in (*job.words, str(job.folder), str(job.environment), str(job.log), str(job.lock or "")):
            _refuse_unwritable(text)
    return jobs


def _update(harvest: Harvest, schedule: Schedule, config: Path, program: Sequence[str]) -> Job:
    output = harvest.output
    return Job(
        name=f"harvest-{harvest.name}",
        purpose=f"Harvest {harvest.name}",
        words=(*program, "update", harvest.name, "--config", str(config)),
        at=schedule.at,
        days=tuple(day for day in DAYS if day in schedule.days),
        random_delay=schedule.random_delay,
        folder=config.parent,
        environment=config.parent / f"{harvest.name}.env",
        log=schedule.log or output.with_name(f"{output.name}.log"),
        lock=output.with_name(f".{output.name}.lock"),
    )


def _status(harvest: Harvest, schedule: Schedule, config: Path, program: Sequence[str]) -> Job:
    """Return the look for silence: every day, as silence may begin on any; a dot parts its name from any harvest's.

    The age is not told, as a bell rings only for the one that harvest.toml declares, which may change there.
    """
    update = _update(harvest, schedule, config, program)
    begun = datetime.combine(_ANY_DAY, schedule.at) + schedule.random_delay + _AFTER
    return Job(
        name=f"{update.name}.status",
        purpose=f"Ring if nothing was heard of {harvest.name}",
        words=(*program, "status", harvest.name, "--config", str(config)),
        at=begun.time(),
        days=(),
        random_delay=timedelta(0),
        folder=update.folder,
        environment=update.environment,
        log=update.log,
        lock=None,
    )


def _refuse_unwritable(text: str) -> None:
    """Raise UsageProblem for what would be another line of the file, or is no UTF-8, which systemd passes over."""
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", text):
        shown = repr(text[:200])
        raise UsageProblem(
            f"no scheduler can be told of {shown}: it has a control character in it, or is no UTF-8",
            advice="Give the folder or file another name.",
        )
