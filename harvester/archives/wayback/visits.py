"""Which captures of a listing belong together: those of one visit of the archive's crawler, or of one person saving.

Pages of different days may not be pages of one listing: it may have changed meanwhile without its total showing it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harvester.archives.wayback.candidates import Candidate, Series
from harvester.coverage import Range, join_ranges

# A crawler that works through a listing asks for a page every few seconds or minutes; who comes back, comes back later.
PAUSE = timedelta(hours=1)
LONGEST = timedelta(days=7)  # as long as a live walk may take


@dataclass(frozen=True, slots=True)
class Visit:
    """Captures of one series that lie close together in time, sorted by it; never none."""

    captures: tuple[Candidate, ...]

    @property
    def series(self) -> Series:
        """Return the host and the order of the pages."""
        return self.captures[0].series

    @property
    def start(self) -> datetime:
        """Return the time of the first capture."""
        return self.captures[0].time

    @property
    def end(self) -> datetime:
        """Return the time of the last capture."""
        return self.captures[-1].time

    @property
    def rows(self) -> int:
        """Return how many rows the pages should show."""
        return count_rows(capture.range for capture in self.captures)

    def holds(self, time: datetime) -> bool:
        """Return whether a capture of that time would be of the visit, though the index does not name it."""
        return self.start - PAUSE <= time <= self.end + PAUSE

    def distance(self, other: "Visit") -> timedelta:
        """Return the time between two visits; none if they overlap."""
        return max(other.start - self.end, self.start - other.end, timedelta())


def count_rows(ranges: Iterable[Range]) -> int:
    """Return how many rows ranges cover, each once."""
    return sum(last - first + 1 for first, last in join_ranges(ranges))


def split_visits(captures: Sequence[Candidate]) -> list[Visit]:
    """Return the visits that captures amount to, by series and time."""
    visits: list[list[Candidate]] = []
    for capture in sorted(captures, key=lambda c: (c.series[0], c.series[1] or "", c.identity)):
        last = visits[-1] if visits else []
        near = bool(last) and last[-1].series == capture.series and capture.time - last[-1].time <= PAUSE
        if near and capture.time - last[0].time <= LONGEST:
            last.append(capture)
        else:
            visits.append([capture])
    return [Visit(tuple(visit)) for visit in visits]


def best_first(visits: Iterable[Visit]) -> list[Visit]:
    """Return visits in the order in which they are tried: most rows, then the shortest time, then the newest."""
    newest = sorted(visits, key=lambda visit: visit.captures[-1].identity, reverse=True)
    return sorted(newest, key=lambda visit: (-visit.rows, span(choose(visit))))


def span(captures: Sequence[Candidate]) -> timedelta:
    """Return the time between the first and the last of some captures."""
    times = [capture.time for capture in captures]
    return max(times) - min(times)


def choose(visit: Visit) -> tuple[Candidate, ...]:
    """Return captures that show all rows of a visit, the fewest pages of it, one of each, by page.

    They are as close together in time as can be; among equally close ones the newest.
    """
    wanted = _fewest_pages(visit)
    captures = [capture for capture in visit.captures if (capture.size, capture.page) in wanted]
    times = [capture.time for capture in captures]
    best: tuple[timedelta, int, int] | None = None
    latest: dict[tuple[int, int], int] = {}
    for end, capture in enumerate(captures):
        latest[capture.size, capture.page] = end
        if len(latest) == len(wanted):
            start = bisect_left(times, times[min(latest.values())])
            if best is None or times[end] - times[start] <= best[0]:
                best = (times[end] - times[start], start, end)
    assert best is not None
    chosen = {(capture.size, capture.page): capture for capture in captures[best[1] : best[2] + 1]}
    return tuple(sorted(chosen.values(), key=lambda capture: (capture.range, capture.size)))


def _fewest_pages(visit: Visit) -> set[tuple[int, int]]:
    """Return size and number of the pages that are needed, large ones first."""
    wanted: set[tuple[int, int]] = set()
    shown: list[Range] = []
    for size, page in sorted({(c.size, c.page) for c in visit.captures}, key=lambda key: (-key[0], key[1])):
        first, last = page * size + 1, (page + 1) * size
        if not any(a <= first and last <= b for a, b in shown):
            wanted.add((size, page))
            shown = list(join_ranges([*shown, (first, last)]))
    return wanted
