"""The pages of a listing that were read, and what they say of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from harvester.archives.wayback.candidates import Identity
from harvester.archives.wayback.visits import count_rows
from harvester.coverage import Range, gaps, join_ranges


@dataclass(frozen=True, slots=True)
class Read:
    """A page that was read whole: `rows` are the keys of its records from `first` on; no numbers without a counter.

    `label` names its walk: "" is the one that all captures of a listing with one total are in.
    """

    identity: Identity
    order: str | None
    first: int | None
    last: int | None
    total: int | None
    rows: tuple[str, ...]
    label: str = ""

    @property
    def range(self) -> Range | None:
        """Return the rows that the page shows; None without a counter, and of a listing of none."""
        return (self.first, self.last) if self.first and self.last else None

    def row_at(self, place: int) -> str | None:
        """Return the key of the record at a place of the listing; None if the page does not show it."""
        shown = self.range
        return self.rows[place - shown[0]] if shown and shown[0] <= place <= shown[1] else None

    def labelled(self, label: str) -> "Read":
        """Return the page as one of a walk."""
        return replace(self, label=label)


class Walk:
    """Pages of one label and order, and the total that most of their rows tell (the newest of equal ones).

    `missing` are the rows that no page of that total shows; none where no total is known.
    """

    def __init__(self, reads: Iterable[Read]) -> None:
        self.reads = tuple(reads)
        self.total = self._find_total()
        self.missing = self._find_missing()

    def _find_total(self) -> int | None:
        rows: dict[int, list[Range]] = defaultdict(list)
        newest: dict[int, str] = {}
        for read in self.reads:
            if read.total is not None:
                rows[read.total] += [read.range] if read.range else []
                newest[read.total] = max(read.identity[0], newest.get(read.total, ""))
        return max(rows, key=lambda total: (count_rows(rows[total]), newest[total]), default=None)

    def _find_missing(self) -> tuple[Range, ...]:
        ranges = (read.range for read in self.reads if read.total == self.total and read.range)
        return gaps(join_ranges(shown for shown in ranges if shown), self.total or 0)

    @property
    def is_covered(self) -> bool:
        """Return whether every row that the pages announce was read."""
        return self.total is not None and not self.missing

    def row_at(self, place: int) -> str | None:
        """Return the key of the record at a place."""
        return row_at(self.reads, place, self.total)


def row_at(reads: Iterable[Read], place: int, total: int | None) -> str | None:
    """Return the key of the record that pages of a total show at a place; None where none does."""
    found: Iterator[str | None] = (read.row_at(place) for read in reads if read.total == total)
    return next((row for row in found if row is not None), None)
