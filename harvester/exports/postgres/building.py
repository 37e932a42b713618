"""Builds the tables anew: beside those that there are, so that readers go on reading until all is ready."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from harvester.exports.postgres.definitions import Place, complete, connect, create, describe
from harvester.exports.relational import RECORDS, Table

SUFFIX = "_being_built"


def create_all(connection: psycopg.Connection[Any], place: Place, tables: Collection[Table]) -> None:
    """Make the tables, empty and without indexes."""
    connection.execute(_at_once(create(place, table) for table in tables))


def complete_all(
    connection: psycopg.Connection[Any], place: Place, tables: Collection[Table], there: Collection[str]
) -> None:
    """Give the tables, now that their rows are there, all else; then let them take the place of those before them."""
    for table in tables:
        connection.execute(_at_once((*complete(place, table), *describe(place, table))))
    connection.execute(_at_once(connect(place)))
    if there:
        _replace(connection, place, tables, there)


def _at_once(statements: Iterable[sql.Composed]) -> sql.Composed:
    """Return statements as one: some hundred answers need not be waited for."""
    return sql.SQL("; ").join(statements)


def credit(connection: psycopg.Connection[Any], schema: str, attribution: str) -> None:
    """Say whose the records are in the comment on their table, where it does not say so yet."""
    table = Place(schema).table(RECORDS.head.name)
    told = f"{RECORDS.head.description}. {attribution}"
    found = connection.execute(
        sql.SQL("SELECT obj_description({}::regclass, 'pg_class')").format(sql.Literal(table.as_string()))
    )
    if found.fetchall() != [(told,)]:
        connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(told)))


def _replace(
    connection: psycopg.Connection[Any], place: Place, tables: Collection[Table], there: Collection[str]
) -> None:
    """Drop the old tables and give the new ones their names; only from here on readers have to wait, for the commit."""
    before = Place(place.schema)
    granted = list(_granted(connection, place.schema, there))
    gone = sql.SQL(", ").join(before.table(name) for name in sorted(there))
    connection.execute(sql.SQL("DROP TABLE {}").format(gone))
    _rename_all(connection, place, tables)
    names = {table.name for table in tables}
    for table, privilege, grantee in granted:
        if table in names:
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(privilege), before.table(table), grantee)
            )  # fmt: skip


def _granted(
    connection: psycopg.Connection[Any], schema: str, there: Collection[str]
) -> Iterator[tuple[str, str, sql.Composable]]:
    """Yield who may do what with the tables, beside their owner: a reader keeps the right to read."""
    rows = connection.execute(
        "SELECT c.relname, a.privilege_type, r.rolname FROM pg_class c, aclexplode(c.relacl) a "
        "LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE c.relnamespace = to_regnamespace(quote_ident(%s)) "
        "AND c.relname = ANY(%s) AND a.grantee <> c.relowner ORDER BY 1, 2, 3",
        (schema, sorted(there)),
    )
    for table, privilege, role in rows:
        yield table, privilege, sql.SQL("PUBLIC") if role is None else sql.Identifier(role)


def _rename_all(connection: psycopg.Connection[Any], place: Place, tables: Collection[Table]) -> None:
    """Take the suffix from the names of tables, then of constraints, then of the indexes that are left."""
    before = Place(place.schema)
    for table in tables:
        new = sql.Identifier(table.name)
        connection.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(place.table(table.name), new))
    for of, name in _suffixed(connection, place, "pg_constraint k ON k.conrelid = c.oid", "k.conname"):
        old, new = sql.Identifier(name), sql.Identifier(name.replace(SUFFIX, ""))
        named = before.table(of)
        connection.execute(sql.SQL("ALTER TABLE {} RENAME CONSTRAINT {} TO {}").format(named, old, new))
    for _, name in _suffixed(connection, place, "pg_index k ON k.indexrelid = c.oid", "c.relname"):
        old, new = sql.Identifier(place.schema, name), sql.Identifier(name.replace(SUFFIX, ""))
        connection.execute(sql.SQL("ALTER INDEX {} RENAME TO {}").format(old, new))


def _suffixed(connection: psycopg.Connection[Any], place: Place, joined: str, name: str) -> list[tuple[str, str]]:
    """Return relation and name of what still has the suffix; PostgreSQL 18 names even what is NOT NULL."""
    found = connection.execute(
        f"SELECT c.relname, {name} FROM pg_class c JOIN {joined} "
        f"WHERE c.relnamespace = to_regnamespace(quote_ident(%s)) AND position(%s in {name}) > 0 ORDER BY 1, 2",
        (place.schema, SUFFIX),
    )
    return found.fetchall()
