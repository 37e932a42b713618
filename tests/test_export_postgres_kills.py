"""100,000 records into PostgreSQL, killed on the way: the same rows in the end, and never half a load to be seen."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from exporting import export as load
from many_records import Many, records
from postgres_exports import held
from postgres_server import Database

COUNT = 100_000
STATE = "SELECT (SELECT count(*) FROM d.records), (SELECT digest FROM d.harvest_load)"
COPIED = "SELECT coalesce(max(tuples_processed), 0) FROM pg_stat_progress_copy"
LOADERS = "application_name = 'harvest export' AND pid <> pg_backend_pid()"
WAITING = f"SELECT count(*) FROM pg_stat_activity WHERE {LOADERS} AND wait_event_type = 'Lock' AND query LIKE 'INSERT%'"
LOADING = f"SELECT count(*) FROM pg_stat_activity WHERE {LOADERS}"


@contextmanager
def loader(folder: Path, database: Database) -> Iterator[subprocess.Popen[str]]:
    """Run `harvest export` in a process of its own."""
    command = [sys.executable, "-m", "harvester", "export", str(folder), database.dsn]
    env = {**os.environ, "PYTHONWARNINGS": "error"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def polling(database: Database) -> Iterator[set[tuple[int, str]]]:
    """Read the tables again and again; give the states that were seen."""
    seen: set[tuple[int, str]] = set()
    over = threading.Event()

    def poll() -> None:
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '5s'")  # a reader that had to wait would fail
            last = False
            while not last:
                last = over.wait(0.1)
                try:
                    seen.update(connection.execute(STATE).fetchall())
                except psycopg.errors.UndefinedTable:
                    seen.add((0, "nothing"))

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def until(database: Database, query: str, least: int = 1) -> None:
    """Wait until a count is reached."""
    end = time.monotonic() + 60
    while database.command(query)[0][0] < least:
        assert time.monotonic() < end, query
        time.sleep(0.01)


@contextmanager
def row_held(database: Database, record: str) -> Iterator[None]:
    """Hold a row, so that whoever writes it has to wait."""
    with psycopg.connect(database.dsn) as connection:
        connection.execute("SELECT 1 FROM d.records WHERE id = %s FOR UPDATE", (record,))
        yield


def test_killed_anywhere_it_ends_with_the_same_rows_and_no_reader_sees_half_of_it(
    tmp_path: Path, database: Database
) -> None:
    folder = tmp_path / "d"
    many = Many(folder)
    many.publish(records(COUNT))
    with polling(database) as seen:
        with loader(folder, database) as process:
            until(database, COPIED, COUNT // 4)
        assert process.returncode == -9
        assert load(folder, database.dsn).put == COUNT
    assert {count for count, _ in seen} == {0, COUNT} and len(seen) == 2

    changed = sorted(many.held)[::50]
    new = {one: {**many.held[one], "title": "Changed", "listings": ["another"]} for one in changed}
    many.publish({**many.held, **new}.values())
    with polling(database) as seen:
        with row_held(database, changed[1000]):
            with loader(folder, database) as process:
                until(database, WAITING)
            assert process.returncode == -9
            with loader(folder, database) as process:
                until(database, LOADING, 2)
                database.command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {LOADERS}")
                _, told = process.communicate(timeout=60)
            assert process.returncode == 8 and "Nothing was changed there" in told and "Traceback" not in told
        load(folder, database.dsn)
    assert {count for count, _ in seen} == {COUNT} and len(seen) == 2
    assert held(database.dsn) == [many.held[one] for one in sorted(many.held)]
