"""Loads into PostgreSQL, beside plain COPY of the same rows and inserting them one by one; commits are synced to disk.

Plain COPY and inserts get rows that lie ready in memory, and the tables of a load, empty, with keys and indexes there.
The load reads the dataset's files, checks their digests, and works out rows and digests. All of them commit once.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from many_records import Many, records
from postgres_server import Database, Postgres, running_postgres
from psycopg import sql

from harvester.exports.destination import Options, find_destination
from harvester.exports.exported import Exported
from harvester.exports.postgres import building
from harvester.exports.postgres.database import ALL
from harvester.exports.postgres.definitions import Place, listed
from harvester.exports.relational import RECORDS, Row, Table
from harvester.exports.source import Source
from tests.bench.timing import Timings

COPY, LATER = "plain COPY", "COPY, indexes built after"
ROWS = "inserts one by one"
FIRST, SAME, FEW, MANY = "first load", "nothing changed", "1 % changed", "edited by hand, reconciled"
PROMISED = {(FIRST, COPY): 2.0, (FIRST, ROWS): 0.2}
Ready = list[tuple[Table, list[Row]]]


def measure(count: int, repeat: int) -> Timings:
    """Time everything so many times, each time in databases of their own."""
    timings = Timings(PROMISED)
    with TemporaryDirectory() as folder, running_postgres() as server:
        before, after = Many(Path(folder) / "before" / "d"), Many(Path(folder) / "after" / "d")
        _publish(before, after, count)
        with Source(before.folder) as source:
            ready = [(table, list(RECORDS.rows(table, source))) for table in RECORDS.tables]
        for _ in range(repeat):
            _plain(timings, server, ready)
            with server.database() as database:
                _loads(timings, database, before.folder, after.folder, count)
    return timings


def _publish(before: Many, after: Many, count: int) -> None:
    for many in (before, after):
        many.folder.parent.mkdir()
        many.publish(records(count))
    changed = {**after.held}
    for one in sorted(changed)[::100]:
        changed[one] = {**changed[one], "title": f"{changed[one]['title']}, revised"}
    after.publish(changed.values())


def _plain(timings: Timings, server: Postgres, ready: Ready) -> None:
    for name, work, later in ((COPY, _copy, False), (LATER, _copy, True), (ROWS, _insert, False)):
        with server.database() as database, psycopg.connect(database.dsn) as connection:
            place = Place("plain")
            connection.execute("CREATE SCHEMA plain")
            building.create_all(connection, place, ALL)
            if not later:
                building.complete_all(connection, place, ALL, ())
                connection.commit()
            timings.time(name, lambda: _run(connection, place, work, ready, later=later))  # noqa: B023 - done at once


def _run(connection: psycopg.Connection[Any], place: Place, work: Any, ready: Ready, *, later: bool) -> None:
    for table, rows in ready:
        work(connection, place, table, rows)
    if later:
        building.complete_all(connection, place, ALL, ())
    connection.commit()


def _copy(connection: psycopg.Connection[Any], place: Place, table: Table, rows: list[Row]) -> None:
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(place.table(table.name), listed(table.names))
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: psycopg.Connection[Any], place: Place, table: Table, rows: list[Row]) -> None:
    values = sql.SQL(", ").join([sql.Placeholder()] * len(table.names))
    command = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(place.table(table.name), listed(table.names), values)
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(command, row)


def _loads(timings: Timings, database: Database, before: Path, after: Path, count: int) -> None:
    for name, folder, put in ((FIRST, before, count), (SAME, before, 0), (FEW, after, -(-count // 100))):
        timings.time(name, lambda: _load(database, folder, put))  # noqa: B023 - done at once
    database.run("DELETE FROM d.records WHERE id = (SELECT min(id) FROM d.records)")
    timings.time(MANY, lambda: _load(database, after, count))


def _load(database: Database, folder: Path, put: int) -> Exported:
    with Source(folder) as source:
        exported = find_destination(database.dsn).export(source, Options())
    if exported.put != put:
        raise AssertionError(f"{exported.put} were written, not {put}")
    return exported
