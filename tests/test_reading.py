"""A ledger that is written all the while is read as of one moment, or not at all; nothing is left beside it."""

import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harvester.errors import DatasetBusy
from harvester.ledger import Ledger, explain_fault
from harvester.ledger.reading import read_ledger

# Writes pairs, a few hundred pages each; the log is played into the file every so often, and closed now and then.
WRITER = """
import sys, time
from pathlib import Path
from harvester.ledger import Ledger
for life in range(10**6):
    ledger = Ledger(Path(sys.argv[1]), "wilson")
    ledger.db.execute(f"PRAGMA wal_autocheckpoint = {sys.argv[2]}")
    ledger.db.execute("CREATE TABLE IF NOT EXISTS one (n INTEGER PRIMARY KEY, text)")
    ledger.db.execute("CREATE TABLE IF NOT EXISTS other (n INTEGER PRIMARY KEY, text)")
    for n in range(60):
        ledger.db.execute("BEGIN IMMEDIATE")
        for table in ("one", "other"):
            ledger.db.execute(f"DELETE FROM {table} WHERE n % 7 = ?", (n % 7,))
            ledger.db.executemany(f"INSERT INTO {table} (text) VALUES (?)", [(str(life) * 3000,)] * 20)
        ledger.db.execute("COMMIT")
        print(flush=True)
        time.sleep(0.1 * (n % 4 == 3))
    ledger.close()
"""
SAME = "SELECT (SELECT sum(length(text)) FROM one) = (SELECT sum(length(text)) FROM other), (SELECT count(*) FROM one)"


def ask(db: sqlite3.Connection) -> tuple[int, int, str]:
    return (*db.execute(SAME).fetchone(), db.execute("PRAGMA quick_check(1)").fetchone()[0])


@pytest.mark.parametrize("pages", [8, 1000], ids=["played-in-often", "played-in-seldom"])
def test_what_is_read_is_of_one_moment(tmp_path: Path, pages: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "d"), str(pages)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        for _ in range(3):
            writer.stdout.readline()
        read, end = 0, time.monotonic() + 60
        try:
            while read < 5 and time.monotonic() < end:
                writer.stdout.read(1)
                try:
                    same, count, sound = read_ledger(tmp_path / "d", ask)
                except DatasetBusy:
                    continue
                read += 1
                assert (same, sound) == (1, "ok") and count > 0
        finally:
            writer.kill()
        assert read == 5
    assert {path.name for path in (tmp_path / "d").iterdir()} <= {"ledger.sqlite", "ledger.sqlite-wal"}


def test_a_ledger_that_is_never_at_rest_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(tmp_path / "d", "wilson").close()
    monkeypatch.setattr("harvester.ledger.reading.sleep", lambda seconds: None)
    with pytest.raises(DatasetBusy, match="written all the time"):
        read_ledger(tmp_path / "d", lambda db: (tmp_path / "d" / "ledger.sqlite").touch())


def test_a_log_without_writes_is_none(tmp_path: Path) -> None:
    Ledger(tmp_path / "d", "wilson").close()
    (tmp_path / "d" / "ledger.sqlite-wal").touch()
    assert read_ledger(tmp_path / "d", lambda db: db.execute("SELECT count(*) FROM run").fetchone()) == (0,)


def test_a_folder_whose_name_means_something_in_an_address(tmp_path: Path) -> None:
    Ledger(tmp_path / "a?b#c%20", "wilson").close()
    assert read_ledger(tmp_path / "a?b#c%20", lambda db: db.execute("SELECT count(*) FROM run").fetchone()) == (0,)


def test_without_room_for_a_copy_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harvester.errors import DatasetError

    Ledger(tmp_path / "d", "wilson").close()
    (tmp_path / "d" / "ledger.sqlite-wal").write_bytes(b"x" * 100)

    def full(*paths: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DatasetError, match="no copy of it could be made: No space left"):
        read_ledger(tmp_path / "d", lambda db: None)


@pytest.mark.parametrize(("later", "read"), [(0, False), (10**6, False), (10**9, True), (-(10**9), True)])
def test_a_file_that_was_written_this_very_moment_may_be_written_again_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: int, read: bool
) -> None:
    Ledger(tmp_path / "d", "wilson").close()
    written = (tmp_path / "d" / "ledger.sqlite").stat().st_mtime_ns
    monkeypatch.setattr("harvester.ledger.reading.time_ns", lambda: written + later)  # before: of another clock
    monkeypatch.setattr("harvester.ledger.reading.sleep", lambda seconds: None)
    if read:
        assert read_ledger(tmp_path / "d", lambda db: 1) == 1
    else:
        with pytest.raises(DatasetBusy):
            read_ledger(tmp_path / "d", lambda db: 1)


def test_a_ledger_that_may_not_be_read_is_not_called_unwritable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    path.touch()
    fault = sqlite3.OperationalError("unable to open database file")
    assert "cannot be written" in str(explain_fault(fault, path))
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may read anything
    assert str(explain_fault(fault, path)) == f"{path} cannot be read"
