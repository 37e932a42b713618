"""Whether a page of one visit may stand in the walk of another: only between rows that both show."""

from collections.abc import Sequence

from harvester.archives.wayback.candidates import Candidate, Identity
from harvester.archives.wayback.reads import Read, Walk, row_at
from harvester.archives.wayback.stock import Stock
from harvester.archives.wayback.visits import Visit
from harvester.coverage import Range


def trust(stock: Stock, walk: Walk, visit: Visit, gap: Range, more: Sequence[Read] = ()) -> bool | Candidate:
    """Return whether a visit shows the walk's own rows on both sides of a gap, or the capture that may tell.

    A gap at an end of the listing has one side only. `more` are pages of the visit beside those noted.
    """
    shown = [*stock.of(visit), *more]
    ask: Candidate | None = None
    for place in (gap[0] - 1, gap[1] + 1):
        if not 1 <= place <= (walk.total or 0):
            continue
        row = row_at(shown, place, walk.total)
        if row is not None and row != walk.row_at(place):
            return False
        if row is None:
            left = fitting(stock.left(visit), [(place, place)])
            if not left:
                return False
            ask = ask or left[0]
    return ask or True


def fits(stock: Stock, walk: Walk, visit: Visit, read: Read) -> bool:
    """Return whether a page of a visit agrees with all rows of a walk, and can be trusted in the gaps that it fills."""
    if read.total is None or read.total != walk.total or not read.range:
        return False
    known = (walk.row_at(place) for place in range(read.range[0], read.range[1] + 1))
    if any(row not in {None, shown} for row, shown in zip(known, read.rows, strict=True)):
        return False
    return all(trust(stock, walk, visit, gap, [read]) is True for gap in walk.missing if overlap(read.range, gap))


def fitting(captures: Sequence[Candidate], missing: Sequence[Range]) -> list[Candidate]:
    """Return the captures that should show some of the missing rows."""
    return [capture for capture in captures if any(overlap(capture.range, gap) for gap in missing)]


def rank(capture: Candidate) -> tuple[int, int, Identity]:
    """Return by what captures are ordered that show the same: first rows first, large pages before small ones."""
    return capture.range[0], -capture.size, capture.identity


def overlap(one: Range, other: Range) -> bool:
    """Return whether two ranges have a row in common."""
    return one[0] <= other[1] and other[0] <= one[1]
