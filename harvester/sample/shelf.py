"""Holds one state of the sample archive and answers what a listing would hold; it never changes."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from harvester.sample.days import place_in_time
from harvester.sample.query import ORDERS, Query
from harvester.sample.record import Record

Selection = tuple[tuple[Record, ...], Mapping[str, int]]


class Shelf:
    """The records in order of creation, with what was looked up before: safe for many threads, as nothing changes."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        self.records = records
        self.by_node = {record.node: record for record in records}
        self.by_slug = {record.slug: record for record in records}
        self.by_number = {record.record_id: record for record in records}
        self._selections: dict[tuple[object, ...], Selection] = {}

    def select(self, query: Query) -> Selection:
        """Return all records of a listing in its order, and how many of them each facet term has."""
        asked = (query.order, query.filters, query.text.casefold())
        if asked not in self._selections:
            records = self._sort(self._filter(query), query.order)
            self._selections[asked] = tuple(records), Counter(term for record in records for term in record.facets)
        return self._selections[asked]

    def _filter(self, query: Query) -> list[Record]:
        wanted, words = set(query.filters), split_words(query.text)
        return [r for r in self.records if wanted.issubset(r.facets) and (not words or words <= index_words(r))]

    def _sort(self, records: list[Record], order: str) -> list[Record]:
        by_date, newest_first = ORDERS[order]
        # Ties on a date keep the order of creation, whichever way the dates run: the site leaves them open.
        return (
            sorted(records, key=lambda record: place_in_time(record.date), reverse=newest_first)
            if by_date
            else records[:: -1 if newest_first else 1]
        )


def split_words(text: str) -> frozenset[str]:
    """Return the words of a text without regard to case."""
    return frozenset(re.findall(r"\w+", text.casefold()))


@lru_cache(maxsize=20_000)
def index_words(record: Record) -> frozenset[str]:
    """Return what full-text search finds a record by: the words of its title and summary."""
    return split_words(" ".join((record.title, *record.summary)))
