"""SQLite: the tables in one file, with full-text search (FTS5)."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path

from harvester.errors import DestinationError
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.relational import FORMAT, RECORDS, TABLES, Column, Held, Row, Table, hangs_on_record, load
from harvester.exports.relational.held import COLUMNS, NAME
from harvester.exports.source import Source

_TYPES = {"text": "TEXT", "date": "TEXT", "boolean": "INTEGER", "integer": "INTEGER", "json": "TEXT"}
_CHECKS = {"date": "{0} IS date({0})", "boolean": "{0} IN (0, 1)", "json": "json_valid({0})"}
_LOAD = Table(NAME, "What is loaded", COLUMNS, ("dataset",), lambda source, line: ())


def export(source: Source, target: str, options: Options) -> Exported:
    """Load a dataset into an SQLite file: a new one appears whole or not at all, else in one transaction."""
    path = Path(target.removeprefix("sqlite:///"))
    try:
        if path.exists():
            return _load_into(path, source, options)
        with placing(path) as part:
            return _load_into(part, source, options)
    except sqlite3.Error as error:
        raise DestinationError(f"{path} cannot be written: {error}") from error


def _load_into(path: Path, source: Source, options: Options) -> Exported:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        return load(source, SqliteDatabase(db), options)


class SqliteDatabase:
    """An SQLite database, as the loading of a dataset asks for it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the tables alone; commit at the end, roll back on any failure."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise

    def held(self) -> Held | None:
        """Return what the database holds, None if nothing."""
        there = {name for (name,) in self.db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        if NAME in there:
            newest = self.db.execute(f"SELECT format FROM {NAME}").fetchone()
            if newest[0] != FORMAT:
                return Held.of_format(newest[0], *self.db.execute(f"SELECT dataset, site FROM {NAME}").fetchone())
            return Held(*self.db.execute(f"SELECT {_listed(COLUMNS)} FROM {NAME}").fetchone())
        if foreign := sorted(there & {table.name for table in TABLES}):
            raise DestinationError(
                f"it has a table {foreign[0]} that this program did not make", advice="Name another file."
            )
        return None

    def build(self) -> None:
        """Make the tables anew, empty."""
        for table in reversed((*TABLES, _LOAD)):
            self.db.execute(f"DROP TABLE IF EXISTS {table.name}")
        for table in (*TABLES, _LOAD):
            self.db.execute(_create(table))
            for columns in table.indexes:
                name = f"{table.name}_by_{'_'.join(columns)}"
                self.db.execute(f"CREATE INDEX {name} ON {table.name} ({', '.join(columns)})")

    def digests(self, table: Table) -> Iterator[tuple[str, str]]:
        """Yield id and digest of each row of a family's first table, sorted by id as bytes are."""
        yield from self.db.execute(f"SELECT id, digest FROM {table.name} ORDER BY id")

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        return int(self.db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])

    def remove(self, table: Table, ids: frozenset[str]) -> None:
        """Delete the rows of a family's first table, and all that hangs on them."""
        self.db.executemany(f"DELETE FROM {table.name} WHERE {table.of} = ?", ((one,) for one in sorted(ids)))

    def put(self, table: Table, rows: Iterable[Row], ids: frozenset[str] | None) -> None:
        """Write rows in place of those that there are of these ids."""
        if ids is not None and table.key != (table.of,):
            self.remove(table, ids)
        values = ", ".join("?" * len(table.columns))
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in table.names)
        self.db.executemany(
            f"INSERT INTO {table.name} ({_listed(table.columns)}) VALUES ({values}) "
            f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {updates}",
            rows,
        )

    def rewrite(self, table: Table, rows: Iterable[Row]) -> None:
        """Put rows in place of all that a table has; where they are the same, write nothing."""
        told = list(rows)
        key = ", ".join(table.key)
        if told != list(self.db.execute(f"SELECT {_listed(table.columns)} FROM {table.name} ORDER BY {key}")):
            self.db.execute(f"DELETE FROM {table.name}")
            self.put(table, told, None)

    def note(self, held: Held) -> None:
        """Write what the database holds now."""
        self.rewrite(_LOAD, [astuple(held)])

    def finish(self) -> tuple[str, ...]:
        """Return sentences on what could not go in as it is: SQLite holds all."""
        return ()


def _listed(columns: Iterable[Column]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


def _create(table: Table) -> str:
    parts = [_defined(column) for column in table.columns]
    parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
    if hangs_on_record(table):
        parts.append(f"FOREIGN KEY ({table.of}) REFERENCES {RECORDS.head.name} (id) ON DELETE CASCADE")
    return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(parts) + "\n)"


def _defined(column: Column) -> str:
    name = f'"{column.name}"'
    defined = f"{name} {_TYPES[column.kind]}" + ("" if column.nullable else " NOT NULL")
    return defined + (f" CHECK ({_CHECKS[column.kind].format(name)})" if column.kind in _CHECKS else "")
