"""Brings a database up to date with a dataset: what changed is written, in one transaction, and nothing else."""

from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.relational.accounts import LISTINGS
from harvester.exports.relational.database import Database, refuse_other
from harvester.exports.relational.delta import EVERYTHING, NOTHING, Delta, News, compare, read_feed
from harvester.exports.relational.documents import DOCUMENTS
from harvester.exports.relational.former import FORMER
from harvester.exports.relational.held import FORMAT, Held, documents_digest, state_of
from harvester.exports.relational.model import TABLES
from harvester.exports.relational.records import RECORDS
from harvester.exports.relational.tables import Family, as_json
from harvester.exports.source import Source

_FEW = 10_000  # lines that are kept to fill several tables; of more the file is read anew for each


def load(source: Source, database: Database, options: Options) -> Exported:
    """Bring a database up to date; nothing is written where it is.

    Raises DestinationError, unless `replace` is asked for, if it holds another dataset or a newer form of these tables.
    """
    with database.transaction():
        held = database.held()
        if held is not None and not options.replace:
            refuse_other(held, source)
        if held is None or options.replace or held.format != FORMAT:
            database.build()
            held = None
        return _load(source, database, held)


def _load(source: Source, database: Database, held: Held | None) -> Exported:
    if held is not None:
        rows = _count(database)
        if held.is_of(source, rows):
            return Exported(rows[RECORDS.head.name], 0, 0)
        if held.rows != as_json(rows):  # somebody was at the tables, so nothing in them is believed
            for table in reversed(TABLES):
                database.rewrite(table, ())
            held = None
    return _bring_up(source, database, held, read_feed(source, held))


def _bring_up(source: Source, database: Database, held: Held | None, news: News) -> Exported:
    records = _records(source, database, held, news)
    documents = _documents(source, database, held)
    database.rewrite(LISTINGS.head, LISTINGS.rows(LISTINGS.head, source))
    former = FORMER.head
    database.rewrite(former, (row for line in news.leads.lines(source) for row in former.rows(source, line)))
    rows = _count(database)
    database.note(state_of(source, news.position, news.position_digest, rows))
    notes = database.finish()
    written = rows[RECORDS.head.name]
    if records.put is not None and documents.put is not None:
        written = len((records.put | documents.put | documents.gone) - records.gone)
    return Exported(rows[RECORDS.head.name], written, len(records.gone), notes)


def _records(source: Source, database: Database, held: Held | None, news: News) -> Delta:
    """Bring the records up to date, by the feed if it can be gone on with and comes to as many as were published."""
    if held is None:
        return _apply(EVERYTHING, RECORDS, source, database)
    told = _apply(news.delta or NOTHING, RECORDS, source, database)
    if news.delta is not None and _agrees(RECORDS, source, database):
        return told
    return _apply(_compared(RECORDS, source, database), RECORDS, source, database).after(told)


def _documents(source: Source, database: Database, held: Held | None) -> Delta:
    if held is None:
        return _apply(EVERYTHING, DOCUMENTS, source, database)
    if documents_digest(source) == held.documents_digest and _agrees(DOCUMENTS, source, database):
        return NOTHING
    return _apply(_compared(DOCUMENTS, source, database), DOCUMENTS, source, database)


def _compared(family: Family, source: Source, database: Database) -> Delta:
    return compare(database.digests(family.head), family.lines(source))


def _apply(delta: Delta, family: Family, source: Source, database: Database) -> Delta:
    if delta.gone:
        database.remove(family.head, delta.gone)
    if delta.put is None or len(delta.put) > _FEW:
        for table in family.tables:
            database.put(table, family.rows(table, source, delta.put), delta.put)
    elif delta.put:
        lines = list(family.chosen(source, delta.put))
        found = frozenset(line["id"] for line in lines)  # what the feed alone knows is left to the comparing
        for table in family.tables:
            database.put(table, (row for line in lines for row in table.rows(source, line)), found)
    return delta


def _count(database: Database) -> dict[str, int]:
    return {table.name: database.count(table) for table in TABLES}


def _agrees(family: Family, source: Source, database: Database) -> bool:
    """Return whether a head has as many rows as were published."""
    rows = {resource["path"]: resource.get("rows", 0) for resource in source.published}
    return bool(database.count(family.head) == rows.get(family.file, 0))
