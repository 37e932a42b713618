"""Walks a listing in which one record comes and one goes, in several ways, and counts what would be claimed falsely.

The naive claim is what a script makes: every range was seen, with as many distinct records as the site says. Beside it
stands what the project's own core says of the same pages. No network, no files.
"""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harvester.coverage import COMPLETE, SeenPage, account
from harvester.harvest.passes import ListingPasses
from harvester.items import Address, Counter, Entry, Reading
from harvester.sites import find_site
from tests.soak.figures import Figure

RECORDS, SIZE, PAGES = 103, 10, 11


class Shelf:
    """Records by creation, newest first; a swap puts a new one on top and takes a random one out."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.newest_first = [f"r{n}" for n in range(RECORDS)]
        self.still = set(self.newest_first)
        self.born = 0

    def swap(self) -> None:
        """Let one record come and another go."""
        gone = self.newest_first.pop(self.rng.randrange(len(self.newest_first)))
        self.still.discard(gone)
        self.born += 1
        self.newest_first.insert(0, f"new{self.born}")

    def page(self, number: int, *, oldest_first: bool) -> SeenPage:
        """Return a page as it stands now."""
        order = self.newest_first[::-1] if oldest_first else self.newest_first
        rows = tuple(order[number * SIZE : (number + 1) * SIZE])
        return SeenPage(number * SIZE + 1, number * SIZE + len(rows), len(order), rows)


@dataclass(frozen=True, slots=True)
class Way:
    """A way through the pages: their order, the listing's order, and whether the site would call it proof."""

    name: str
    pages: Callable[[random.Random], list[int]]
    oldest_first: bool = False
    proving: bool = False
    passes: int = 1


def _forward(rng: random.Random) -> list[int]:
    return list(range(PAGES))


def _shuffled(rng: random.Random) -> list[int]:
    return rng.sample(range(PAGES), PAGES)


def _four_astray(rng: random.Random) -> list[int]:
    pages, astray = list(range(PAGES)), rng.sample(range(PAGES), 4)
    turned = [*astray[1:], astray[0]]
    return [dict(zip(astray, turned, strict=True)).get(page, page) for page in pages]


def _backward(rng: random.Random) -> list[int]:
    return list(range(PAGES))[::-1]


WAYS = (
    Way("any order of pages", _shuffled),
    Way("created ascending, forward", _forward, oldest_first=True),
    Way("created descending, forward, in order", _forward, proving=True),
    Way("the same, four pages out of order", _four_astray, proving=True),
    Way("created ascending, last page to first", _backward, oldest_first=True),
    Way("two passes in any order that agree", _shuffled, passes=2),
)


@dataclass(slots=True)
class Tally:
    """Claims made, and how many of them were false: by a script, and by the core."""

    naive: int = 0
    naive_false: int = 0
    core: int = 0
    core_false: int = 0


def simulate(way: Way, count: int, seed: int) -> Tally:
    """Walk so many times; one swap happens at a random moment of each pass."""
    rng = random.Random(f"{way.name} {seed}")
    tally = Tally()
    for _ in range(count):
        shelf = Shelf(rng)
        passes = [_walk(way, shelf, rng) for _ in range(way.passes)]
        seen = {row for page in passes[-1] for row in page.rows}
        missed = bool(shelf.still - seen)
        sets = {frozenset(row for page in pages for row in page.rows) for pages in passes}
        naive = len(seen) == RECORDS and len(sets) == 1
        tally.naive += naive
        tally.naive_false += naive and missed
        before = passes[-2] if len(passes) > 1 else ()
        claimed = account(passes[-1], proving=way.proving, live=True, before=before).verdict == COMPLETE
        tally.core += claimed
        tally.core_false += claimed and missed
    return tally


def _walk(way: Way, shelf: Shelf, rng: random.Random) -> list[SeenPage]:
    when, pages = rng.randrange(PAGES), []
    for step, number in enumerate(way.pages(rng)):
        if step == when:
            shelf.swap()
        pages.append(shelf.page(number, oldest_first=way.oldest_first))
    return pages


def harvest(seed: int, *, oldest_first: bool, changes: int) -> tuple[str, bool]:
    """Let the real walk ask for its pages while records come and go; return its verdict, and if a record was missed."""
    rng = random.Random(f"harvest {seed} {oldest_first} {changes}")
    site = find_site("wilson")
    address = Address("wilson", "listing", "/search", None, 0, SIZE)
    passes = ListingPasses(site, address, f"{site.base_url}/search", SIZE, twice=oldest_first)
    shelf, seen = Shelf(rng), set[str]()
    moments = sorted(rng.randrange(3 * PAGES) for _ in range(changes))
    step = 0
    last: tuple[list[SeenPage], tuple[SeenPage, ...]] = ([], ())
    while passes.walk.ask is not None:
        for _ in range(moments.count(step)):
            shelf.swap()
        step += 1
        walk = passes.walk
        page = shelf.page(walk.ask.address.page or 0, oldest_first=oldest_first)
        seen |= {row for row in page.rows if row}
        last = (walk.seen, passes.before)
        passes.take(_reading(page))
    verdict = account(last[0], proving=passes.proving, live=True, before=last[1]).verdict
    return verdict, bool(shelf.still - seen)


def _reading(page: SeenPage) -> Reading:
    rows = tuple(Entry("1950", str(row), None, f"https://x/document/{row}", "") for row in page.rows)
    return Reading(Counter(page.first or 0, page.last or 0, page.total or 0), rows, None, "simulated")


def measure(count: int, first_seed: int = 0, workers: int = 1) -> list[Figure]:
    """Walk `count` times in each way, and harvest a twentieth as often with the real walk; return what was found."""
    figures = []
    for way in WAYS:
        tally = simulate(way, count, first_seed)
        told = f"script {tally.naive_false} false of {tally.naive} claims; core {tally.core_false} of {tally.core}"
        figures.append(Figure(f"walks: {way.name}", told, tally.core_false == 0, _again(tally.core_false)))
    figures += list(_harvests(count // 20, first_seed))
    return figures


def _harvests(count: int, first_seed: int) -> Iterator[Figure]:
    for oldest_first, name in ((False, "the proving order"), (True, "two passes that agree")):
        ended = [harvest(first_seed + n, oldest_first=oldest_first, changes=n % 4) for n in range(count)]
        claims = [missed for verdict, missed in ended if verdict == COMPLETE]
        told = f"{sum(claims)} false of {len(claims)} claims in {count} harvests"
        yield Figure(f"walks: repaired by {name}", told, not any(claims) and len(claims) > count // 2)


def _again(false: int) -> tuple[str, ...]:
    return ("python -m tests.soak.walks",) if false else ()


if __name__ == "__main__":
    from tests.soak.figures import table

    found = measure(20_000)
    print("\n".join(table(found)))
    sys.exit(not all(figure.holds for figure in found))
