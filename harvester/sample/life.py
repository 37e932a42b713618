"""Draws the life of the archive over many nights from a seed alone: what is done by day, and how each night goes."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from harvester.sample.events import Event
from harvester.sample.schedule import Fault, Schedule

ALL_NIGHT = 10**6  # requests; no night has so many
# How often a day each work is done on average, and why about so often. Some days have several of one kind.
WORKS: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "insert": (0.45, "what an archive is for; with imports it doubles within the year"),
        "delete": (0.12, "withdrawn for good"),
        "withdraw": (0.10, "taken down to be mended, and put back some weeks later"),
        "retitle": (0.10, "a slip of the pen"),
        "redate": (0.08, "another printed date"),
        "resummarise": (0.10, "a summary is written anew, or dropped"),
        "refile": (0.10, "into the narrower listing, or out of it"),
        "move": (0.04, "imported anew: another place in the order of creation"),
    }
)
BACK_DATED = 0.05  # late drafts a day, published under the day on which they were begun; only if they are asked for
AWAY = (14, 60)  # days until what was taken down is put back
IMPORT = 0.008  # of days an import brings more than a page of records at once
IMPORTED = (8, 30)
# How a night goes -> its weight, and what meets the requests from a drawn one on: all night, or from amid the walk.
NIGHTS: Mapping[str, tuple[int, tuple[str, ...]]] = MappingProxyType(
    {
        "sound": (68, ()),
        "unsteady": (12, ()),  # as a schedule has it: some answers fail, and something happens meanwhile
        "drift": (6, ()),  # the same without failures
        "outage": (5, ("503", "502", "504", "reset", "close", "503-seconds", "parked")),
        "broken off": (4, ("503", "504", "reset", "cut", "gzip-cut", "empty", "script-died")),
        "refused": (2, ("challenge", "block", "login")),
        "search down": (3, ("nothing-found", "uncounted", "page-before")),
    }
)
# Real time is precious, and the place where they put records back among the old ones is beyond a single walk's proof.
TOO_SLOW = ("drip", "stall")
OLD_ONES = ("insert-old", "swap-old", "republish")


@dataclass(frozen=True, slots=True)
class Night:
    """One night: the works of the day before it, how it goes (a name in NIGHTS), and what happens in its requests."""

    number: int
    works: tuple[Event, ...]
    kind: str
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Life:
    """Nights in a row, numbered from 1; a value that is the same for the same seed."""

    seed: int
    nights: tuple[Night, ...]

    @classmethod
    def draw(cls, seed: int, nights: int = 365, *, requests: int = 10, back_dated: bool = False) -> Self:
        """Return the life of a seed; what fails or happens amid a walk does within its first `requests` pages.

        A longer life begins as the shorter one of its seed.

        With `back_dated` some records appear among old ones, by day and amid walks: only two walks that agree (--twice)
        prove anything then. All else is the same with them and without.

        >>> Life.draw(3, 20) == Life.draw(3, 20)
        True
        """
        rng, dark, late = (random.Random(f"{word} {seed}") for word in ("life", "nights", "late"))
        works: dict[int, list[Event]] = defaultdict(list)
        for number in range(1, nights + 1):
            for event in _draw_works(rng, number):
                works[event.at].append(event)
            if late.random() < BACK_DATED and back_dated:
                works[number].append(Event(number, False, "insert-old", "insert-old", late.random(), late.random()))
        left_out = TOO_SLOW if back_dated else (*TOO_SLOW, *OLD_ONES)
        drawn = (_draw_night(dark, number, tuple(works[number]), requests) for number in range(1, nights + 1))
        return cls(seed, tuple(_leave_out(night, left_out) for night in drawn))


def _draw_works(rng: random.Random, number: int) -> Iterator[Event]:
    """Yield the works of a day, and of later days what follows from them."""
    for kind, (rate, _) in WORKS.items():
        times = sum(rng.random() < rate / 2 for _ in range(2))
        for _ in range(times):
            yield Event(number, False, kind, kind, rng.random(), rng.random())
            if kind == "withdraw":
                back = number + rng.randint(*AWAY)
                yield Event(back, False, "put-back", kind, 0.0)
    if rng.random() < IMPORT:
        for _ in range(rng.randint(*IMPORTED)):
            yield Event(number, False, "insert", "import", rng.random())


def _draw_night(rng: random.Random, number: int, works: tuple[Event, ...], requests: int) -> Night:
    kind = rng.choices(list(NIGHTS), [weight for weight, _ in NIGHTS.values()])[0]
    at, dose = (2 + rng.randrange(requests), rng.random())
    faults = NIGHTS[kind][1]
    if faults:
        fault = Fault(at if kind == "broken off" else 1, rng.choice(faults), dose, ALL_NIGHT)
        return Night(number, works, kind, Schedule(number, faults=(fault,)))
    schedule = Schedule.draw(rng.randrange(10**9), requests)
    if kind == "sound":
        schedule = Schedule(schedule.seed)
    elif kind == "drift":
        schedule = Schedule(schedule.seed, schedule.events)
    return Night(number, works, kind, schedule)


def _leave_out(night: Night, kinds: tuple[str, ...]) -> Night:
    return Night(night.number, night.works, night.kind, night.schedule.without(*kinds))
