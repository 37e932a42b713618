"""Brings a database up to date with a dataset: what changed is written, in one transaction, and nothing else."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from harvester.errors import DestinationError
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.relational.delta import EVERYTHING, NOTHING, Delta, compare, since
from harvester.exports.relational.held import FORMAT, Held, state_of
from harvester.exports.relational.model import DOCUMENTS, FORMER, LISTINGS, RECORDS
from harvester.exports.relational.tables import Family, Row, Table
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


def load(source: Source, database: Database, options: Options) -> Exported:
    """Bring a database up to date; nothing is written where it is.

    Raises DestinationError, unless `replace` is asked for, if it holds another dataset or a newer form of these tables.
    """
    with database.transaction():
        held = database.held()
        if held is not None and not options.replace:
            _refuse_other(held, source)
        if held is None or options.replace or held.format != FORMAT:
            database.build()
            held = None
        elif (
            held.digest == source.digest and _agrees(RECORDS, source, database) and _agrees(DOCUMENTS, source, database)
        ):
            return Exported(database.count(RECORDS.head), 0, 0)
        return _bring_up(source, database, held)


def _bring_up(source: Source, database: Database, held: Held | None) -> Exported:
    records, documents = _records(source, database, held), _documents(source, database, held)
    for family in (LISTINGS, FORMER):
        database.rewrite(family.head, family.rows(family.head, source))
    database.note(state_of(source))
    count = database.count(RECORDS.head)
    written = count if records.put is None else len(records.put | (documents.put or frozenset()))
    return Exported(count, written, len(records.gone), database.finish())


def _records(source: Source, database: Database, held: Held | None) -> Delta:
    """Bring the records up to date, by the feed if it can be gone on with and comes to as many as were published."""
    if held is None:
        return _apply(EVERYTHING, RECORDS, source, database)
    told = since(source, held)
    if told is not None:
        _apply(told, RECORDS, source, database)
        if _agrees(RECORDS, source, database):
            return told
    return _apply(_compared(RECORDS, source, database), RECORDS, source, database)


def _documents(source: Source, database: Database, held: Held | None) -> Delta:
    if held is None:
        return _apply(EVERYTHING, DOCUMENTS, source, database)
    same = state_of(source).documents_digest == held.documents_digest
    if same and _agrees(DOCUMENTS, source, database):
        return NOTHING
    return _apply(_compared(DOCUMENTS, source, database), DOCUMENTS, source, database)


def _compared(family: Family, source: Source, database: Database) -> Delta:
    return compare(database.digests(family.head), family.lines(source))


def _apply(delta: Delta, family: Family, source: Source, database: Database) -> Delta:
    if delta.gone:
        database.remove(family.head, delta.gone)
    for table in family.tables if delta.put is None or delta.put else ():
        database.put(table, family.rows(table, source, delta.put), delta.put)
    return delta


def _agrees(family: Family, source: Source, database: Database) -> bool:
    """Return whether a head has as many rows as were published: somebody may have been at the tables."""
    rows = {resource["path"]: resource.get("rows", 0) for resource in source.package["resources"]}
    return bool(database.count(family.head) == rows.get(family.file, 0))


def _refuse_other(held: Held, source: Source) -> None:
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
