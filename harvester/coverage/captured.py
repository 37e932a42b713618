"""Which of a listing's captures its account is made of, where places were captured again and again."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

Place = tuple[int, int | None]


class CapturedPage(NamedTuple):
    """A page of captures: its number, the positions that it shows, when it was captured, whether each row was read.

    `records` are the keys of its rows, `medium` is what it was: a text extract may know a record by another key.
    """

    number: int
    first: int | None
    last: int | None
    captured_at: str | None
    whole: bool
    records: tuple[str | None, ...] = ()
    medium: str = ""


class _Timed(NamedTuple):
    time: float
    place: Place
    page: CapturedPage


def superseded(pages: Sequence[CapturedPage]) -> set[int]:
    """Return the numbers of the pages of which the account is not made.

    Of each place the newest capture counts that was read whole. That is one listing only as long as no record came or
    went, which an unchanged total does not show: of 30 one gone and one new, with pages 1 and 3 of before and 1 and 2
    of after, are 30 distinct records, and one that stood throughout is on none of them. So where two captures show
    other records at one position, those from before the change and those from after it are not mixed: the side counts
    that shows most positions, of two the newer. Of unknown times nothing can be said.
    """
    timed = [_Timed(time, (page.first, page.last), page) for page, time in zip(pages, map(_time, pages), strict=True)
             if page.first and time is not None]  # fmt: skip
    counted = max(_sides(timed), key=_width, default=[])
    best = _newest(counted)
    within = {one.page.number for one in counted if not _is_surpassed(one, best.get(one.place))}
    return {one.page.number for one in timed} - within


def set_aside(pages: Sequence[CapturedPage], old: set[int]) -> list[CapturedPage]:
    """Return the superseded pages for which no newer capture of their place stands: they lie beyond a change."""
    newest: dict[Place, str] = {}
    for page in pages:
        if page.first and page.captured_at and page.number not in old:
            place = (page.first, page.last)
            newest[place] = max(page.captured_at, newest.get(place, ""))
    return [
        page
        for page in pages
        if page.number in old and page.first and page.whole
        and (page.captured_at or "") > newest.get((page.first, page.last), "")
    ]  # fmt: skip


def _time(page: CapturedPage) -> float | None:
    try:
        time = datetime.fromisoformat(page.captured_at or "")
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _sides(pages: list[_Timed]) -> Iterator[list[_Timed]]:
    """Yield the captures in parts that no known change divides, the newest first.

    A page belongs to the capture that it is nearer to in time, of the last before a change and the first after it: of
    crawls a month apart each page changes at a time of its own, while no page was captured amid.
    """
    changes = _changes(pages)
    while pages:
        times = _newest(pages).values()
        oldest, newest = min(times, default=0.0), max(times, default=0.0)
        cut = max((middle for middle in changes if oldest <= middle < newest), default=None)
        if cut is None:
            yield pages
            return
        yield [one for one in pages if one.time > cut]
        pages = [one for one in pages if one.time <= cut]


def _changes(pages: list[_Timed]) -> set[float]:
    """Return the times amid two captures, of one medium, of a position of which the second shows another record."""
    shown: dict[tuple[str, int], list[tuple[float, str]]] = defaultdict(list)
    for one in pages:
        if one.page.whole:
            for i, record in enumerate(one.page.records):
                shown[one.page.medium, one.place[0] + i].append((one.time, record or ""))
    pairs = (pair for sights in shown.values() for pair in pairwise(sorted(sights)))
    return {(a + b) / 2 for (a, said), (b, says) in pairs if says != said and a < b}


def _newest(pages: list[_Timed]) -> dict[Place, float]:
    """Return of each place when its newest capture was made that was read whole."""
    best: dict[Place, float] = {}
    for one in pages:
        if one.page.whole:
            best[one.place] = max(one.time, best.get(one.place, one.time))
    return best


def _is_surpassed(one: _Timed, best: float | None) -> bool:
    return best is not None and (one.time < best or not one.page.whole)


def _width(pages: list[_Timed]) -> int:
    """Return how many positions are shown by captures that were read whole."""
    return len({place for first, last in _newest(pages) for place in range(first, (last or 0) + 1)})
