"""What a harvest.toml contradicts itself in, or asks of a site that is not asked of any: beyond what a schema says."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from harvester.standing.amounts import write_duration
from harvester.standing.faults import Fault, name_of
from harvester.standing.lines import Keys
from harvester.standing.values import DAYS, Harvest, Schedule
from harvester.urls import is_loopback

LEAST_DELAY = 3.0  # seconds; the program's own, which a file may lengthen but not shorten
_DAY = timedelta(days=1)


def find_contradictions(harvests: Mapping[str, Harvest]) -> list[Fault]:
    """Return the faults of each harvest, then those between two."""
    faults: list[Fault] = []
    for name, harvest in harvests.items():
        faults += (Fault(("harvest", name, *keys), text) for keys, text in _faults(harvest))
    return faults + list(_shared_outputs(harvests.values()))


def _faults(harvest: Harvest) -> Iterator[tuple[Keys, str]]:
    yield from _haste(harvest)
    yield from _archived(harvest)
    yield from _unsplit(harvest)
    yield from _untimely(harvest)
    yield from _misplaced(harvest)


def _haste(harvest: Harvest) -> Iterator[tuple[Keys, str]]:
    delay = harvest.politeness.delay
    if delay is not None and delay < LEAST_DELAY and not all(map(is_loopback, harvest.listings)):
        where = name_of(("harvest", harvest.name, "politeness"))
        yield (
            ("politeness", "delay"),
            f"delay in {where} is under 3 seconds, which is allowed on this very machine only",
        )


def _archived(harvest: Harvest) -> Iterator[tuple[Keys, str]]:
    """Yield what means nothing to captures that somebody else made; and a web archive where none is asked."""
    where = name_of(("harvest", harvest.name))
    if harvest.via is None:
        if harvest.wayback is not None:
            text = f"wayback in {where} names a web archive, and nothing is asked of one"
            yield ("wayback",), f'{text}; add via = "wayback"'
        return
    given = {"page_size": harvest.page_size, "twice": harvest.twice, "snapshot": harvest.snapshot}
    for key in (key for key, value in given.items() if value):
        yield (key,), f"{key} in {where} cannot be had from a web archive; leave it out, or leave out via"


def _unsplit(harvest: Harvest) -> Iterator[tuple[Keys, str]]:
    for number, command in enumerate(harvest.exports, 1):
        try:
            words = shlex.split(command)
        except ValueError as error:
            words, reason = [], str(error).lower()
        else:
            reason = "it has no word"
        if not words or not words[0]:
            where = name_of(("harvest", harvest.name))
            yield ("exports",), f"item {number} of exports in {where} cannot be split into words: {reason}"


def _untimely(harvest: Harvest) -> Iterator[tuple[Keys, str]]:
    notify, schedule = name_of(("harvest", harvest.name, "notify")), name_of(("harvest", harvest.name, "schedule"))
    if harvest.notify.max_age == timedelta(0):
        yield ("notify", "max_age"), f"max_age in {notify} must be longer than nothing, or the bell would ring always"
    if harvest.schedule is None:
        return
    if harvest.schedule.random_delay >= _DAY:
        yield ("schedule", "random_delay"), f"random_delay in {schedule} must be less than a day"
    pause = longest_pause(harvest.schedule) + harvest.schedule.random_delay
    if harvest.notify.max_age is not None and timedelta(0) < harvest.notify.max_age <= pause:
        told = f"max_age in {notify} must be longer than {write_duration(pause)}, the longest time between two runs"
        yield ("notify", "max_age"), f"{told}, or the bell would ring though nothing is wrong"


def _misplaced(harvest: Harvest) -> Iterator[tuple[Keys, str]]:
    log = harvest.schedule.log if harvest.schedule is not None else None
    if log is not None and log.is_relative_to(harvest.output):
        where = name_of(("harvest", harvest.name, "schedule"))
        yield ("schedule", "log"), f"log in {where} lies in the dataset, whose files are its own; put it beside"


def longest_pause(schedule: Schedule) -> timedelta:
    """Return the longest time between two planned runs, without their random delay.

    >>> from datetime import time
    >>> longest_pause(Schedule(time(2), days=("mon", "thu")))
    datetime.timedelta(days=4)
    """
    days = sorted(map(DAYS.index, schedule.days or DAYS))
    return max(_DAY * ((after - day) % 7 or 7) for day, after in zip(days, [*days[1:], days[0]], strict=True))


def _shared_outputs(harvests: Iterable[Harvest]) -> Iterator[Fault]:
    owners: dict[Path, str] = {}
    for harvest in harvests:
        folder = harvest.output.resolve()
        owner = owners.setdefault(folder, harvest.name)
        if owner != harvest.name:
            both = name_of(("harvest", harvest.name)), name_of(("harvest", owner))
            yield Fault(("harvest", harvest.name, "output"), f"output in {both[0]} is that of {both[1]} too: {folder}")
