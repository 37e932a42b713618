"""One page of a listing, with the arithmetic of its counter."""

from collections.abc import Mapping
from dataclasses import dataclass

from harvester.sample.query import Query
from harvester.sample.record import Record
from harvester.sample.shelf import Selection

DEFAULT_SIZE = 10


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing as the site would answer it: `page` counts from zero, `size` is the size in force."""

    query: Query
    size: int
    selection: Selection

    @property
    def page(self) -> int:
        """Return the number of this page, from zero."""
        return self.query.page

    @property
    def total(self) -> int:
        """Return how many records the listing has."""
        return len(self.selection[0])

    @property
    def pages(self) -> int:
        """Return how many pages the listing has at this size."""
        return -(-self.total // self.size)

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many records of the whole listing have each "facet:id"."""
        return self.selection[1]

    @property
    def records(self) -> tuple[Record, ...]:
        """Return the records of this page."""
        return self.selection[0][self.page * self.size : (self.page + 1) * self.size]

    @property
    def counter(self) -> str:
        """Return "71 - 80 of 103"; "" beyond the last page."""
        first = self.page * self.size + 1
        last = min(self.total, first + self.size - 1)
        return f"{first} - {last} of {self.total}" if self.records else ""
