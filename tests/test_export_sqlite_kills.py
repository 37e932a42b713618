"""A load that is killed anywhere leaves the state before; who reads meanwhile sees one state or the other."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from published import document, publish, record
from sqlite_exports import held, load

from harvester.errors import DestinationError
from harvester.exports.sqlite import file
from harvester.exports.sqlite.database import SqliteDatabase

CHILD = Path(__file__).parent / "loading_child.py"
STEPS = ("put 1", "put 5", "note 1", "finish 1", "replace 1", "sync 1")
CHANGES = ("remove 1", "put 1", "put 2", "put 4", "rewrite 2", "note 1", "finish 1")


def states(tmp_path: Path, count: int = 60) -> tuple[Path, Path]:
    """Publish a state, and another of the same dataset in which something of everything changed."""
    before, after = tmp_path / "before" / "d", tmp_path / "after" / "d"
    records = [record(number) for number in range(count)]
    publish(before, records, [document(number) for number in range(0, count, 2)])
    changed = [{**one, "title": f"B {one['title']}"} for one in records[3:]]
    publish(
        after, [*changed, record(count)], [document(number, "Other body\n") for number in range(4, count, 2)], run=2
    )
    return before, after


def killed(folder: Path, path: Path, place: str) -> int:
    ran = subprocess.run(
        [sys.executable, str(CHILD), str(folder), str(path), *place.split()],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ran.stderr == b""
    return ran.returncode


@pytest.mark.parametrize("place", [*STEPS, "size 80000"])
def test_a_first_load_that_is_killed_leaves_nothing_and_is_done_by_the_next(tmp_path: Path, place: str) -> None:
    before, _ = states(tmp_path)
    path = tmp_path / "o.db"
    assert -killed(before, path, place) in {signal.SIGKILL, signal.SIGXFSZ}
    assert path.exists() == (place == "sync 1")
    (running := tmp_path / f".o.db.{os.getppid()}.part").touch()
    path.unlink(missing_ok=True)
    load(before, path)
    assert list(tmp_path.glob(".*")) == [running]  # what the killed one left is gone, what a living one writes is not
    load(before, fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)
    assert path.read_bytes() == fresh.read_bytes()


@pytest.mark.parametrize("place", CHANGES)
def test_a_load_that_is_killed_leaves_the_state_before(tmp_path: Path, place: str) -> None:
    before, after = states(tmp_path)
    load(before, path := tmp_path / "o.db")
    expected = held(path)
    assert -killed(after, path, place) == signal.SIGKILL
    assert held(path) == expected
    load(after, path)
    load(after, fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


def test_a_load_that_is_killed_in_its_commit_leaves_the_state_before(tmp_path: Path) -> None:
    """Wherever in the file: the journal that it leaves brings back what was written over."""
    before, after = states(tmp_path)
    load(before, first := tmp_path / "first.db")
    load(after, fresh := tmp_path / "fresh.db")
    shutil.copy(first, grown := tmp_path / "grown.db")
    load(after, grown)
    hot, size = 0, first.stat().st_size
    assert grown.stat().st_size > size
    limits = [*range(size // 4, size, size // 6), size]
    for number, limit in enumerate(limits):
        shutil.copy(first, path := tmp_path / f"{number}.db")
        assert -killed(after, path, f"size {limit}") == signal.SIGXFSZ
        hot += path.read_bytes() != first.read_bytes() and Path(f"{path}-journal").exists()
        assert held(path) == held(first)
        load(after, path)
        assert held(path) == held(fresh)
    assert hot > 1  # it was in the commit indeed, and half of it stood in the file


def read_states(path: Path, stop: threading.Event, seen: list[Any]) -> None:
    """Read again and again what a reader in another program sees, each time in a connection of its own."""
    while not stop.is_set():
        with closing(sqlite3.connect(path, timeout=20)) as db:
            begun = time.monotonic()
            db.execute("BEGIN")
            titles = {title[0] for (title,) in db.execute("SELECT title FROM records")}
            bodies = {body[0] for (body,) in db.execute("SELECT body FROM document_texts")}
            (count,) = db.execute("SELECT count(*) FROM records_search WHERE records_search MATCH 'B'").fetchone()
            (rows,) = db.execute("SELECT json_extract(rows, '$.records') FROM harvest_load").fetchone()
            there = db.execute("SELECT count(*) FROM records").fetchone()[0]
            seen.append((titles, bodies, count > 0, rows == there, time.monotonic() - begun))


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_reader_sees_one_state_or_the_other(tmp_path: Path, mode: str) -> None:
    before, after = states(tmp_path, 800)
    records = [{**record(number), "title": "B"} for number in range(1, 800)]
    publish(after, records, [document(number, "Other\n") for number in range(2, 800, 2)], run=2)
    load(before, path := tmp_path / "o.db")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
    stop, seen = threading.Event(), list[Any]()
    reader = threading.Thread(target=read_states, args=(path, stop, seen))
    reader.start()
    try:
        load(after, path)
        met = len(seen)
        while len(seen) < met + 3:
            time.sleep(0.01)
    finally:
        stop.set()
        reader.join()
    told = {(frozenset(titles), frozenset(bodies), found, same) for titles, bodies, found, same, _ in seen}
    assert told == {(frozenset("L"), frozenset("C"), False, True), (frozenset("B"), frozenset("O"), True, True)}
    assert [p.name for p in tmp_path.glob("o.db*")] == ["o.db"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == (mode,)


def test_who_reads_is_not_kept_waiting_until_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than SQLite's own cache of 2 MB changes: it would be written to the file early, and the file be locked."""
    before, after = states(tmp_path)
    big = [{**record(number), "summary": f"{number} " * 20_000} for number in range(60)]
    publish(after, big, run=2)
    load(before, path := tmp_path / "o.db")
    seen: list[Any] = []
    note = SqliteDatabase.note

    def read_then_note(self: SqliteDatabase, *args: Any) -> None:
        with closing(sqlite3.connect(path, timeout=0)) as db:
            seen.append(db.execute("SELECT max(length(summary)) < 1000 FROM records").fetchone())
        note(self, *args)

    monkeypatch.setattr(SqliteDatabase, "note", read_then_note)
    load(after, path)
    assert seen == [(1,)]


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "BEGIN; SELECT * FROM records"])
def test_a_database_that_another_program_holds_is_waited_for_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    """Another writer is met at the beginning; a reader that never ends at the commit."""
    before, after = states(tmp_path)
    load(before, path := tmp_path / "o.db")
    monkeypatch.setattr(file, "PATIENCE", 0.2)
    expected = held(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        *begin, last = lock.split("; ")
        for statement in begin:
            db.execute(statement)
        reading = db.execute(last)
        reading.fetchone()
        begun = time.monotonic()
        with pytest.raises(
            DestinationError, match=re.escape(f"{path} is in use by another program, and was for 0.2 s")
        ):
            load(after, path)
        assert time.monotonic() - begun >= 0.2
        db.rollback() if db.in_transaction else None
        reading.close()
    assert held(path) == expected
    assert load(after, path).put
