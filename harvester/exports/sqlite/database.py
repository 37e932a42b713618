"""An SQLite database, as the loading of a dataset asks for it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple
from itertools import zip_longest

from harvester.errors import DestinationError
from harvester.exports.relational import ALL, DOCUMENTS, FORMAT, LOAD, RECORDS, TABLES, Held, Row, Table
from harvester.exports.relational.held import KNOWN_BY, NAME
from harvester.exports.sqlite.schema import (
    SEARCHED,
    create,
    create_indexes,
    create_search,
    listed,
    quote,
    search_name,
)  # fmt: skip

APPLICATION = 0x48617276  # "Harv": by it `file` and others can tell whose database this is


class SqliteDatabase:
    """The tables of one file, through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.built = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the tables alone; commit at the end, roll back on any failure."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            # After some failures (a full disk) SQLite has rolled back by itself; closing does it too.
            with suppress(sqlite3.Error):
                self.db.execute("ROLLBACK")
            raise

    def held(self) -> Held | None:
        """Return what the database holds, None if nothing."""
        there = {name.lower() for (name,) in self.db.execute("SELECT name FROM sqlite_master")}
        if NAME not in there:
            self._refuse_foreign(there)
            return None
        columns = {name for (name,) in self.db.execute("SELECT name FROM pragma_table_info(?)", (NAME,))}
        known = self._loaded(KNOWN_BY) if columns.issuperset(KNOWN_BY) else None
        if known is None:
            raise DestinationError(f"its table {NAME} is not as this program makes it", advice="Name another file.")
        return Held(*self._loaded(LOAD.names) or ()) if known[0] == FORMAT else Held.of_format(*known)

    def _loaded(self, names: Iterable[str]) -> Row | None:
        row: Row | None = self.db.execute(f"SELECT {listed(names)} FROM {NAME}").fetchone()
        return row

    def _refuse_foreign(self, there: set[str]) -> None:
        own = {table.name for table in TABLES} | {search_name(table) for table in SEARCHED}
        if foreign := sorted(there & own):
            raise DestinationError(
                f"it has a table {foreign[0]} that this program did not make", advice="Name another file."
            )

    def build(self) -> None:
        """Make the tables anew, empty; a file that held nothing becomes this program's own."""
        if not self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self.db.execute(f"PRAGMA application_id = {APPLICATION}")
        if self.db.execute("PRAGMA application_id").fetchone() == (APPLICATION,):
            self.db.execute(f"PRAGMA user_version = {FORMAT}")
        for name in (*(search_name(table) for table in SEARCHED), *(table.name for table in reversed(ALL))):
            self.db.execute(f"DROP TABLE IF EXISTS {name}")
        for table in ALL:
            self.db.execute(create(table))
        self.built = True

    def digests(self, table: Table) -> Iterator[tuple[str, str]]:
        """Yield id and digest of each row of a family's first table, sorted by id as bytes are."""
        yield from self.db.execute(f"SELECT id, digest FROM {table.name} ORDER BY id")

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        return int(self.db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])

    def remove(self, table: Table, ids: frozenset[str]) -> None:
        """Delete the rows of a family's first table, and all that hangs on them."""
        for hanging in reversed(TABLES if table is RECORDS.head else DOCUMENTS.tables):
            if hanging.of is not None:
                self._delete(hanging, ids)

    def _delete(self, table: Table, ids: frozenset[str]) -> None:
        of = quote(table.of or "")
        self.db.executemany(f"DELETE FROM {table.name} WHERE {of} = ?", ((one,) for one in sorted(ids)))

    def put(self, table: Table, rows: Iterable[Row], ids: frozenset[str] | None) -> None:
        """Write rows in place of those that there are of these ids."""
        insert = f"INSERT INTO {table.name} ({listed(table.names)}) VALUES ({', '.join('?' * len(table.columns))})"
        if ids is not None and table.key == (table.of,):
            rest = [name for name in table.names if name not in table.key]
            updates = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in rest)
            insert += f" ON CONFLICT ({listed(table.key)}) DO UPDATE SET {updates}"
        elif ids is not None:
            self._delete(table, ids)
        self.db.executemany(insert, rows)

    def rewrite(self, table: Table, rows: Iterable[Row]) -> None:
        """Put rows in place of all that a table has; where they are the same, write nothing."""
        told = list(rows)
        there = self.db.execute(f"SELECT {listed(table.names)} FROM {table.name} ORDER BY {listed(table.key)}")
        if any(one != other for one, other in zip_longest(told, there)):
            there.close()
            self.db.execute(f"DELETE FROM {table.name}")
            self.put(table, told, None)

    def note(self, held: Held) -> None:
        """Write what the database holds now."""
        self.rewrite(LOAD, [astuple(held)])

    def finish(self) -> tuple[str, ...]:
        """Make indexes and search of new tables, once these are full; SQLite holds all as it is."""
        if self.built:
            for statement in (*create_indexes(), *(one for table in SEARCHED for one in create_search(table))):
                self.db.execute(statement)
        return ()
