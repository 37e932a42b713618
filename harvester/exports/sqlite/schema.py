"""The tables in SQLite's own words: what creates them, their checks, their indexes and what searches them."""

from collections.abc import Iterable, Iterator

from harvester.exports.relational import RECORDS, TABLES, Column, Table, hangs_on_record

_TYPES = {"text": "TEXT", "date": "TEXT", "boolean": "INTEGER", "integer": "INTEGER", "json": "TEXT"}
# Not STRICT tables: these cannot be opened at all by SQLite before 3.37, which long-term distributions still have.
_CHECKS = {
    "text": "typeof({0}) = 'text'",
    # Without a modifier SQLite 3.40 takes February 29 of any year for a day.
    "date": "{0} = date({0}, '+0 days')",
    "boolean": "{0} IN (0, 1)",
    "integer": "typeof({0}) = 'integer'",
    "json": "json_valid({0})",
}
SEARCHED = tuple(table for table in TABLES if table.search)


def quote(name: str) -> str:
    """Return a name as SQL has it: "order" is a word of its own."""
    return f'"{name}"'


def listed(names: Iterable[str]) -> str:
    """Return names as SQL has them, apart by commas."""
    return ", ".join(map(quote, names))


def search_name(table: Table) -> str:
    """Return the name of the FTS5 table that searches a table."""
    return f"{table.name}_search"


def create(table: Table) -> str:
    """Return what creates a table."""
    parts = [_define(column) for column in table.columns]
    parts.append(f"PRIMARY KEY ({listed(table.key)})")
    if hangs_on_record(table):
        head = RECORDS.head
        parts.append(f"FOREIGN KEY ({quote(table.of or '')}) REFERENCES {head.name} ({listed(head.key)})")
    # Where the key is all there is, a table beside its index would hold everything twice.
    ending = " WITHOUT ROWID" if table.key == table.names else ""
    return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(parts) + f"\n){ending}"


def _define(column: Column) -> str:
    name = quote(column.name)
    check = _CHECKS[column.kind].format(name)
    if column.nullable:
        return f"{name} {_TYPES[column.kind]} CHECK ({name} IS NULL OR {check})"
    return f"{name} {_TYPES[column.kind]} NOT NULL CHECK ({check})"


def create_indexes() -> Iterator[str]:
    """Yield what creates the indexes of all tables."""
    for table in TABLES:
        for columns in table.indexes:
            yield f"CREATE INDEX {table.name}_by_{'_and_'.join(columns)} ON {table.name} ({listed(columns)})"


def create_search(table: Table) -> Iterator[str]:
    """Yield what creates and fills the search of a table, and keeps it in step with whatever is written there.

    The text stands in the table alone. Letters lose their accents, so that "Kursat" finds "Kürşat"; a stroke is none.
    """
    name, columns = search_name(table), listed(table.search)
    yield (
        f"CREATE VIRTUAL TABLE {name} USING fts5 ({columns}, "
        f"""content="{table.name}", tokenize="unicode61 remove_diacritics 2")"""
    )
    yield f"INSERT INTO {name} ({name}) VALUES ('rebuild')"
    old, new = (", ".join(f"{row}.{quote(column)}" for column in table.search) for row in ("old", "new"))
    forget = f"INSERT INTO {name} ({name}, rowid, {columns}) VALUES ('delete', old.rowid, {old});"
    learn = f"INSERT INTO {name} (rowid, {columns}) VALUES (new.rowid, {new});"
    changed = " OR ".join(f"old.{quote(column)} IS NOT new.{quote(column)}" for column in table.search)
    yield f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table.name} BEGIN {learn} END"
    yield f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table.name} BEGIN {forget} END"
    yield f"CREATE TRIGGER {name}_update AFTER UPDATE ON {table.name} WHEN {changed} BEGIN {forget} {learn} END"
