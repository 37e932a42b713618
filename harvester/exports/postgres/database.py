"""A PostgreSQL database, as the loading of a dataset asks for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any

import psycopg
from psycopg import sql

from harvester.errors import DestinationError
from harvester.exports.postgres import building
from harvester.exports.postgres.definitions import Place
from harvester.exports.postgres.merging import copy, merge
from harvester.exports.postgres.values import Fitting
from harvester.exports.relational import ALL, FORMAT, LOAD, TABLES, Held, Row, Table
from harvester.exports.relational.held import KNOWN_BY, NAME
from harvester.exports.relational.tables import as_json

LOCK_WAIT = "60s"  # for another load, and for readers where tables give way to new ones


class PostgresDatabase:
    """A schema of a PostgreSQL database; all statements name it, so that no search_path matters."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str, attribution: str) -> None:
        self.connection = connection
        self.schema = schema
        self.attribution = attribution
        self.place = Place(schema)
        self.there: frozenset[str] = frozenset()
        self.built = False
        self.fitting = Fitting()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the schema alone among loads, without keeping readers out; commit at the end, or leave all as it was."""
        with self.connection.transaction():
            for name, value in (("search_path", "pg_catalog, pg_temp"), ("lock_timeout", LOCK_WAIT)):
                self._run("SELECT set_config({}, {}, true)", sql.Literal(name), sql.Literal(value))
            self._run("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))", sql.Literal(f"harvest {self.schema}"))
            yield

    def held(self) -> Held | None:
        """Return what the schema holds, None if nothing."""
        found = self._run(
            "SELECT c.relname, array_agg(a.attname) FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relnamespace = to_regnamespace(quote_ident({})) AND c.relname = ANY({}) GROUP BY c.relname",
            sql.Literal(self.schema), sql.Literal([table.name for table in ALL]),
        )  # fmt: skip
        columns = dict(found.fetchall())
        self.there = frozenset(columns)
        if set(KNOWN_BY) <= set(columns.get(NAME, ())):
            rows = self._run("SELECT to_jsonb(held) FROM {} AS held", self._table(LOAD)).fetchall()
            return _told(rows[0][0] if rows else {})
        if columns:
            raise DestinationError(
                f"the schema {self.schema} has a table {min(columns)} that this program did not make",
                advice="Nothing was changed there. Name another schema with --schema.",
            )
        return None

    def build(self) -> None:
        """Make the tables anew, empty: beside those that there are, which give way only at the end."""
        self.built = True
        self.place = Place(self.schema, building.SUFFIX if self.there else "")
        if not self._run("SELECT to_regnamespace(quote_ident({}))", sql.Literal(self.schema)).fetchall()[0][0]:
            self._run("CREATE SCHEMA {}", sql.Identifier(self.schema))
        building.create_all(self.connection, self.place, ALL)

    def digests(self, table: Table) -> Iterator[tuple[str, str]]:
        """Yield id and digest of each row of a family's first table, sorted by id as bytes are."""
        with self.connection.cursor("harvest_digests") as cursor:  # on the server: memory does not grow
            cursor.itersize = 10_000
            yield from cursor.execute(
                sql.SQL('SELECT id, digest FROM {} ORDER BY id COLLATE "C"').format(self._table(table))
            )

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        return int(self._run("SELECT count(*) FROM {}", self._table(table)).fetchall()[0][0])

    def remove(self, table: Table, ids: frozenset[str]) -> None:
        """Delete the rows of a family's first table, and all that hangs on them."""
        self._run("DELETE FROM {} WHERE id = ANY({})", self._table(table), sql.Literal(sorted(ids)))

    def put(self, table: Table, rows: Iterable[Row], ids: frozenset[str] | None) -> None:
        """Write rows in place of those that there are of these ids; a row that stands so already is not written."""
        if ids is None:
            self._copy(table, rows)
        else:
            merge(self.connection, self.place, table, self.fitting.rows(table, rows), ids)

    def rewrite(self, table: Table, rows: Iterable[Row]) -> None:
        """Put rows in place of all that a table has; a row that stands so already is not written."""
        if self.built:
            self._copy(table, rows)
        else:
            merge(self.connection, self.place, table, self.fitting.rows(table, rows), None)

    def note(self, held: Held) -> None:
        """Write what the schema holds now."""
        self.rewrite(LOAD, [astuple(held)])

    def finish(self) -> tuple[str, ...]:
        """Give tables that were built their keys, indexes and names; say what could not go in as it is."""
        if self.built:
            building.complete_all(self.connection, self.place, ALL, self.there)
        building.credit(self.connection, self.schema, self.attribution)
        return (*self.fitting.notes(), *self._locale())

    def _locale(self) -> Iterator[str]:
        """Yield a sentence where words in capitals would not be found: of the database's locale only it can tell."""
        folds = self._run("SELECT to_tsvector('simple', 'Ł') = to_tsvector('simple', 'ł')").fetchall()[0][0]
        if self.built and not folds:
            yield (
                "the full-text search tells Ł from ł, as the database's locale knows no capitals but A to Z; "
                "one made with createdb --locale=C.UTF-8 --template=template0 does"
            )

    def _copy(self, table: Table, rows: Iterable[Row]) -> None:
        copy(self.connection, self._table(table), table, self.fitting.rows(table, rows))

    def _table(self, table: Table) -> sql.Identifier:
        return self.place.table(table.name)

    def _run(self, statement: str, *parts: sql.Composable) -> psycopg.Cursor[Any]:
        return self.connection.execute(sql.SQL(statement).format(*parts))


def _told(row: dict[str, Any]) -> Held:
    """Return what a row of `harvest_load` tells; jsonb keeps no order, and counts are told in that of the tables."""
    if row.get("format") != FORMAT:
        return Held.of_format(row.get("format") or 0, row.get("dataset") or "?", row.get("site") or "?")
    counted = {table.name: row["rows"].get(table.name) for table in TABLES}
    return Held(**{**row, "rows": as_json(counted)})
