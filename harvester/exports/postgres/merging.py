"""Puts rows into tables: by COPY where none are; else through a table beside, so that only what differs is written."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

from harvester.exports.postgres.definitions import Place, listed
from harvester.exports.relational import Row, Table


def copy(connection: psycopg.Connection[Any], into: sql.Composable, table: Table, rows: Iterable[Row]) -> None:
    """Add rows to a table, or to one that has the same columns."""
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(into, listed(table.names))
    with connection.cursor() as cursor, cursor.copy(command) as copied:
        for row in rows:
            copied.write_row(row)


def merge(
    connection: psycopg.Connection[Any], place: Place, table: Table, rows: Iterable[Row], ids: frozenset[str] | None
) -> None:
    """Bring the rows of a table that belong to these ids, or all of them, to what is told."""
    staged, kept = sql.Identifier("pg_temp", f"harvest_{table.name}"), place.table(table.name)
    connection.execute(sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {}) ON COMMIT DROP").format(staged, kept))
    copy(connection, staged, table, rows)
    connection.execute(_deletion(table, kept, staged, ids))
    connection.execute(_upsert(table, kept, staged))
    connection.execute(sql.SQL("DROP TABLE {}").format(staged))


def _deletion(table: Table, kept: sql.Composable, staged: sql.Composable, ids: frozenset[str] | None) -> sql.Composed:
    same = sql.SQL(" AND ").join(sql.SQL("told.{0} = kept.{0}").format(sql.Identifier(name)) for name in table.key)
    gone = sql.SQL("DELETE FROM {} AS kept WHERE NOT EXISTS (SELECT FROM {} AS told WHERE {})").format(
        kept, staged, same
    )
    if ids is None:
        return gone
    return gone + sql.SQL(" AND kept.{} = ANY({})").format(sql.Identifier(table.of or "id"), sql.Literal(sorted(ids)))


def _upsert(table: Table, kept: sql.Composable, staged: sql.Composable) -> sql.Composed:
    names = listed(table.names)
    updates = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in table.names)
    old, new = (sql.SQL(", ").join(sql.Identifier(row, name) for name in table.names) for row in ("kept", "excluded"))
    return sql.SQL(
        "INSERT INTO {} AS kept ({}) SELECT {} FROM {} ON CONFLICT ({}) DO UPDATE SET {} "
        "WHERE ({}) IS DISTINCT FROM ({})"
    ).format(kept, names, names, staged, listed(table.key), updates, old, new)
