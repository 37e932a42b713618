"""Draws, from a seed alone, what happens to an archive and to its answers during one crawl."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

from harvester.sample import odds
from harvester.sample.events import Event
from harvester.sample.odds import Odds

REQUESTS = 13  # a walk through 103 records in tens asks for eleven pages, and for a few of them again

# What a plan comes down to: one event, or two at one time or some requests apart.
PAIRS = {"swap": ("delete", "insert"), "swap-old": ("delete", "insert-old"), "republish": ("withdraw", "put-back")}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one request of its sort, the `at`-th of the crawl from 1, and of the next ones up to `run` in all.

    A `sticky` one goes with the address asked for at `at`, for the first `run` requests for it.
    """

    at: int
    kind: str
    dose: float
    run: int = 1
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """Events and faults of one crawl, in the order in which they begin; a value that is the same for the same seed.

    `faults` are of pages of listings, `documents` of documents' pages, `files` of their files.
    """

    seed: int
    events: tuple[Event, ...] = ()
    faults: tuple[Fault, ...] = ()
    documents: tuple[Fault, ...] = ()
    files: tuple[Fault, ...] = ()

    @classmethod
    def draw(cls, seed: int, requests: int = REQUESTS, documents: int = 0) -> Self:
        """Return the schedule of a seed; everything in it begins within the first `requests` page requests.

        Faults of documents and of files begin within the first `documents` requests for either; none are drawn for 0,
        and all else is the same with them and without.

        >>> Schedule.draw(5) == Schedule.draw(5)
        True
        """
        rng = random.Random(seed)
        harsh = rng.random() < odds.HARSH
        events = [
            event
            for _ in range(_choose(rng, odds.EVENTS_A_CRAWL[harsh]))
            for event in _draw_events(rng, _choose_kind(rng, odds.EVENTS), requests)
        ]
        faults = [_draw_fault(rng, requests) for _ in range(_choose(rng, odds.FAULTS_A_CRAWL[harsh]))]
        events.sort(key=lambda event: (event.at, event.after))
        faults.sort(key=lambda fault: fault.at)
        own = random.Random(f"documents {seed}")
        more = [_draw_more(own, documents, table) for table in (odds.DOCUMENT_FAULTS, odds.FILE_FAULTS)]
        return cls(seed, tuple(events), tuple(faults), *more)

    def without(self, *kinds: str) -> Self:
        """Return the schedule without some kinds of faults and of plans; all the rest stays as it was drawn."""
        return replace(
            self,
            events=tuple(event for event in self.events if event.plan not in kinds),
            faults=_leave_out(self.faults, kinds),
            documents=_leave_out(self.documents, kinds),
            files=_leave_out(self.files, kinds),
        )


def _leave_out(faults: tuple[Fault, ...], kinds: tuple[str, ...]) -> tuple[Fault, ...]:
    return tuple(fault for fault in faults if fault.kind not in kinds)


def _draw_events(rng: random.Random, plan: str, requests: int) -> Iterator[Event]:
    at, after = 1 + int(rng.random() * requests), rng.random() < 0.5
    apart = 0 if rng.random() < odds.SAME_GAP else 1 + int(rng.random() * odds.FARTHEST_APART)
    first, *rest = PAIRS.get(plan, (plan,))
    to = 1.0 if plan == "move" and rng.random() < odds.TO_NEWEST else rng.random()
    yield Event(at, after, first, plan, rng.random(), to)
    for kind in rest:
        yield Event(at + apart, after, kind, plan, rng.random(), to)


def _draw_more(rng: random.Random, requests: int, table: Mapping[str, Odds]) -> tuple[Fault, ...]:
    if not requests:
        return ()
    faults = [_draw_fault(rng, requests, table) for _ in range(_choose(rng, odds.DOCUMENT_FAULTS_A_CRAWL))]
    return tuple(sorted(faults, key=lambda fault: fault.at))


def _draw_fault(rng: random.Random, requests: int, table: Mapping[str, Odds] = odds.FAULTS) -> Fault:
    kind = _choose_kind(rng, table)
    longest = table[kind].longest
    long = longest > 1 and rng.random() < odds.RUN
    run = 2 + int(rng.random() * (longest - 1)) if long else 1
    return Fault(1 + int(rng.random() * requests), kind, rng.random(), run, long and rng.random() < odds.STICKY)


def _choose_kind(rng: random.Random, table: Mapping[str, Odds]) -> str:
    return rng.choices(list(table), [chance.weight for chance in table.values()])[0]


def _choose(rng: random.Random, table: Mapping[int, int]) -> int:
    return rng.choices(list(table), list(table.values()))[0]
