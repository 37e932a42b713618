"""What a kind of database has to be able to do, so that a dataset can be loaded into it."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from harvester.errors import DestinationError
from harvester.exports.relational.held import FORMAT, Held
from harvester.exports.relational.tables import Row, Table
from harvester.exports.source import Source


class Database(Protocol):
    """What a kind of database has to be able to do; all of it within the transaction."""

    def transaction(self) -> AbstractContextManager[None]:
        """Hold the tables alone; commit at the end, roll back on any failure."""

    def held(self) -> Held | None:
        """Return what the database holds, None if nothing; DestinationError if the tables are somebody else's."""

    def build(self) -> None:
        """Make the tables anew, empty; what this program put there before is dropped."""

    def digests(self, table: Table) -> Iterator[tuple[str, str]]:
        """Yield id and digest of each row of a family's first table, sorted by id as bytes are."""

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""

    def remove(self, table: Table, ids: frozenset[str]) -> None:
        """Delete the rows of a family's first table, and all that hangs on them."""

    def put(self, table: Table, rows: Iterable[Row], ids: frozenset[str] | None) -> None:
        """Write rows: of a family's first table by their key, of another in place of all those of `ids`.

        `ids` is None where the table is empty.
        """

    def rewrite(self, table: Table, rows: Iterable[Row]) -> None:
        """Put rows in place of all that a table has; where they are the same, write nothing."""

    def note(self, held: Held) -> None:
        """Write what the database holds now."""

    def finish(self) -> tuple[str, ...]:
        """Do what is left at the end of a load; return sentences on what could not go in as it is."""


def refuse_other(held: Held, source: Source) -> None:
    """Raise DestinationError if what a database holds is of another dataset, or made by a newer program."""
    if held.format > FORMAT:
        raise DestinationError(
            f"its tables are of format {held.format}, and this program knows up to {FORMAT}",
            advice="Use the newer program that made them, or build them anew with --replace.",
        )
    if (held.dataset, held.site) != (source.name, source.site):
        raise DestinationError(
            f"it holds the dataset {held.dataset} of {held.site}, not {source.name} of {source.site}",
            advice="Name another destination (of PostgreSQL another --schema), or build it anew with --replace.",
        )
