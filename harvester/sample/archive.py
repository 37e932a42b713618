"""The sample archive: records made from a number and a seed, always the same, and changed only when a test says so."""

import random
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from itertools import count
from typing import Self

from harvester.sample.drafts import compose_drafts
from harvester.sample.habits import Correction, Habits
from harvester.sample.listing import DEFAULT_SIZE, Listing
from harvester.sample.numbering import FIRST_NODE, FIRST_RECORD_ID, number_drafts
from harvester.sample.paper import Paper
from harvester.sample.papers import write_paper
from harvester.sample.query import parse_query
from harvester.sample.record import Record
from harvester.sample.shelf import Shelf
from harvester.sample.slugs import make_slug, make_unique


class Archive:
    """A catalogue of `records` records; `seed` varies all but the ten of the seed page.

    Set `habits` at any time to serve it in another way; its records stay as they are.
    """

    def __init__(self, records: int = 103, seed: int = 1, honoured_sizes: Iterable[int] = (10, 25, 100)) -> None:
        self.honoured_sizes = tuple(honoured_sizes)
        self.seed = seed
        self.habits = Habits()
        rng = random.Random(seed)
        self._shelf = Shelf(tuple(number_drafts(compose_drafts(records, rng)[::-1], rng)))
        self._nodes = count(max(self._shelf.by_node, default=FIRST_NODE) + 1)
        self.featured = self._shelf.records[0].slug if records else "welcome"

    @property
    def records(self) -> tuple[Record, ...]:
        """Return all records in order of creation, the oldest first."""
        return self._shelf.records

    def listing(self, query: str = "") -> Listing:
        """Return what the site would show for a raw query string."""
        asked = parse_query(query)
        offered = {str(size): size for size in self.honoured_sizes}
        return Listing(asked, offered.get(asked.size, DEFAULT_SIZE), self._shelf.select(asked))

    def find_slug(self, slug: str) -> Record | None:
        """Return the record that stands at /document/<slug>."""
        return self._shelf.by_slug.get(slug)

    def find_node(self, node: int) -> Record | None:
        """Return the record with this node id."""
        return self._shelf.by_node.get(node)

    def find_number(self, number: int) -> Record | None:
        """Return the record with this record id."""
        return self._shelf.by_number.get(number)

    def paper(self, record: Record) -> Paper:
        """Return what the document of a record shows, in the layout of the era that the archive is served in."""
        correction = self.habits.corrections.get(record.node, Correction())
        title = record.title if correction.title is None else correction.title
        date = record.date if correction.date is None else correction.date
        paper = write_paper(replace(record, title=title, date=date), self.seed)
        return paper if self.habits.era == "new" else paper.before()

    def correct(self, node: int, *, title: str | None = None, date: str | None = None) -> None:
        """Let the document of a record show another title or date than the listing does; all else stays."""
        corrections = {**self.habits.corrections, node: Correction(title, date)}
        self.habits = replace(self.habits, corrections=corrections)

    def revise(self, node: int) -> None:
        """Replace the files of a record's document by others."""
        revisions = {**self.habits.revisions, node: self.habits.revisions.get(node, 0) + 1}
        self.habits = replace(self.habits, revisions=revisions)

    def snapshot(self) -> Self:
        """Return the archive as it stands now; what is done to this one later does not show in it."""
        return copy(self)

    def add(
        self,
        title: str,
        date: str = "",
        summary: Iterable[str] = (),
        facets: Iterable[str] = (),
        slug: str = "",
        created: int | None = None,
    ) -> Record:
        """Add a record and return it: the newest, unless a place in the order of creation is given (see move).

        Without a slug it gets the one its title makes.
        """
        node = next(self._nodes)
        if created is None:
            created = max((record.created for record in self.records), default=0) + 1
        unique = make_unique(slug or make_slug(title), self._shelf.by_slug)
        record_id = FIRST_RECORD_ID - node % FIRST_RECORD_ID  # below those of the first records: old ids never clash
        added = Record(node, record_id, unique, date, title, tuple(summary), created, tuple(facets))
        return self._place(added)

    def remove(self, node: int) -> Record:
        """Take a record out and return it; KeyError if there is none with this node id."""
        removed = self._shelf.by_node[node]
        self._shelf = Shelf(tuple(record for record in self.records if record.node != node))
        return removed

    def restore(self, record: Record) -> Record:
        """Put back a record that was removed, at its old place; ValueError if its node id or slug is in use."""
        if record.node in self._shelf.by_node or record.slug in self._shelf.by_slug:
            raise ValueError(f"{record.path} or node {record.node} is in use")
        return self._place(record)

    def move(self, node: int, created: int) -> Record:
        """Give a record another place in the order of creation and return it; KeyError as for remove.

        It stands just above those that have the number already, as two records of one second do on the site.
        """
        return self._place(replace(self._shelf.by_node[node], created=created))

    def change(
        self,
        node: int,
        *,
        title: str | None = None,
        date: str | None = None,
        summary: Iterable[str] | None = None,
        facets: Iterable[str] | None = None,
    ) -> Record:
        """Change what is given of a record and return it; its address stays, as the site's do."""
        old = self._shelf.by_node[node]
        new = replace(
            old,
            title=old.title if title is None else title,
            date=old.date if date is None else date,
            summary=old.summary if summary is None else tuple(summary),
            facets=old.facets if facets is None else tuple(facets),
        )
        self._shelf = Shelf(tuple(new if record.node == node else record for record in self.records))
        return new

    def _place(self, record: Record) -> Record:
        """Put a record where its number says, for the one with its node id if there is one."""
        others = [other for other in self.records if other.node != record.node]
        self._shelf = Shelf(tuple(sorted([*others, record], key=lambda placed: placed.created)))
        return record
