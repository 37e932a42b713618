"""Which file an SQLite destination names, what may lie there already, and what is said where it cannot be written."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest
from published import document, publish, record
from sqlite_exports import held, load

from harvester.errors import DestinationError
from harvester.exports.exported import Exported
from harvester.exports.sqlite import file, refusals
from harvester.exports.sqlite.refusals import require_features


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "d", [record(1), record(2), record(3)], [document(1), document(2)])
    return tmp_path / "d"


@pytest.mark.parametrize("form", ["sqlite:///a/b.db", "SQLite:////{}/a/b.db", "{}/a/b.db", "a/b.sqlite"])
def test_a_file_is_named_by_an_address_or_a_path(harvest: Harvest, folder: Path, tmp_path: Path, form: str) -> None:
    assert harvest("export", "d", form.format(str(tmp_path).lstrip("/") if "////" in form else tmp_path)).code == 0
    (path,) = (tmp_path / "a").iterdir()
    assert len(held(path)["records"]) == 3


def test_an_address_is_not_decoded(harvest: Harvest, folder: Path, tmp_path: Path) -> None:
    assert harvest("export", "d", "sqlite:///50%25 é.db").code == 0
    assert (tmp_path / "50%25 é.db").exists()


@pytest.mark.parametrize(
    "form", ["sqlite://", "sqlite:///", "sqlite:////", "sqlite:///:memory:", "sqlite://o.db", "sqlite:///o.db?mode=ro"]
)
def test_an_address_that_names_no_file_is_refused(harvest: Harvest, folder: Path, tmp_path: Path, form: str) -> None:
    ran = harvest("export", "d", form)
    assert ran.code == 2 and "sqlite:///relative/path.sqlite" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d"]


OWN = """
CREATE TABLE note (record TEXT REFERENCES records (id) ON DELETE CASCADE, said TEXT);
CREATE TABLE strict_note (record TEXT REFERENCES records (id) ON DELETE RESTRICT);
CREATE TABLE other (x); INSERT INTO other VALUES (1);
CREATE VIEW mine AS SELECT said, title FROM note LEFT JOIN records ON records.id = note.record;
PRAGMA user_version = 77; PRAGMA application_id = 5;
"""


@pytest.mark.parametrize("replace", [False, True], ids=["brought up to date", "replaced"])
def test_the_users_own_tables_survive(folder: Path, tmp_path: Path, replace: bool) -> None:
    """Also those that refer to a record, which goes; and the numbers by which another program knows its file."""
    path = tmp_path / "o.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OWN)
    load(folder, path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO note SELECT id, 'look again' FROM records")
        db.execute("INSERT INTO strict_note SELECT id FROM records")
    publish(folder, [record(2), record(4)], [document(4)], run=2)
    load(folder, path, replace=replace)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*), count(title) FROM mine").fetchone() == (3, 1)
        assert db.execute("SELECT count(*) FROM strict_note").fetchone() == (3,)
        assert db.execute("SELECT x FROM other").fetchall() == [(1,)]
        assert db.execute("PRAGMA user_version").fetchone() == (77,)
        assert db.execute("PRAGMA application_id").fetchone() == (5,)
        db.executescript("DROP TABLE note; DROP TABLE strict_note; DROP VIEW mine")
    load(folder, fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


@pytest.mark.parametrize("name", ["records", "Documents", "records_search", "harvest_load", "HARVEST_LOAD"])
def test_a_table_that_somebody_else_made_is_not_touched(
    harvest: Harvest, folder: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "o.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"CREATE TABLE {name} (x)")
    before = path.read_bytes()
    ran = harvest("export", "d", path)
    assert ran.code == 8 and f"{path}: " in ran.err and name.lower() in ran.err
    with pytest.raises(DestinationError):
        load(folder, path, replace=True)
    assert path.read_bytes() == before


def test_of_two_that_make_a_file_at_once_neither_takes_the_others_place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "other", [record(7)])
    path, load_into = tmp_path / "o.db", file._load_into

    def late(*told: Any) -> Exported:
        monkeypatch.undo()
        load(tmp_path / "other", path)
        return load_into(*told)

    monkeypatch.setattr(file, "_load_into", late)
    with pytest.raises(DestinationError, match="made by another program meanwhile"):
        load(folder, path)
    assert load(tmp_path / "other", path).put == 0


def test_an_empty_file_is_a_database_without_tables(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "o.db").touch()
    load(folder, tmp_path / "o.db")
    load(folder, tmp_path / "new.db")
    assert held(tmp_path / "o.db") == held(tmp_path / "new.db")


def page_of(path: Path) -> None:
    """Put rubbish where the first table stands."""
    body = bytearray(path.read_bytes())
    body[100:4096] = b"rubbish " * 500
    path.write_bytes(body[: 4096 * 40])


SPOILT = {
    "a text": (lambda path: path.write_text("No database at all, and long enough to be told.\n" * 100), "no SQLite"),
    "damaged": (page_of, "is damaged"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "is a folder"),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_is_no_database_is_left_as_it_is(harvest: Harvest, folder: Path, tmp_path: Path, spoil: str) -> None:
    load(folder, path := tmp_path / "o.db")
    do, said = SPOILT[spoil]
    do(path)
    before = None if path.is_dir() else path.read_bytes()
    ran = harvest("export", "d", path)
    assert ran.code == 8 and said in ran.err and str(path) in ran.err
    assert "Traceback" not in ran.err and (path.is_dir() or path.read_bytes() == before)


def test_a_folder_that_cannot_be_written_to(harvest: Harvest, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = harvest("export", "d", "file/o.db")
    assert ran.code == 8 and "file/o.db cannot be written: " in ran.err


@pytest.mark.parametrize("first", [True, False], ids=["a new file", "an older one"])
@pytest.mark.parametrize("limit", ["file size", "database size"])
def test_a_full_disk_leaves_what_was_there(folder: Path, tmp_path: Path, limit: str, first: bool) -> None:
    path = tmp_path / "o.db"
    if not first:
        load(folder, path)
        publish(folder, (record(number) for number in range(2000)), [document(1)], run=2)
    before = held(path) if path.exists() else None
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), str(path), limit, str(0 if first else path.stat().st_size)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.stdout.startswith(f"8 {path} cannot be written"), ran.stdout + ran.stderr
    assert [one.name for one in tmp_path.glob("*o.db*")] == ([] if first else ["o.db"])
    assert before is None or held(path) == before
    load(folder, path)
    load(folder, fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


FULL = """
import resource, sqlite3, sys
from pathlib import Path
from harvester.errors import HarvestError
from harvester.exports.destination import Options
from harvester.exports.source import Source
from harvester.exports.sqlite import export
folder, path, limit, size = sys.argv[1:]
room = int(size) + 40000
if limit == "file size":
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
else:
    connect = sqlite3.connect
    def limited(*args, **kwargs):
        db = connect(*args, **kwargs)
        db.execute(f"PRAGMA max_page_count = {room // 4096}")
        return db
    sqlite3.connect = limited
with Source(Path(folder)) as source:
    try:
        export(source, path, Options())
    except HarvestError as error:
        print(int(error.code), error, error.advice)
"""


def test_python_without_full_text_search_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Without(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> Any:
            return super().execute(statement.replace("'fts5'", "'fts99'"), *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name: connect(name, factory=Without))
    with pytest.raises(DestinationError, match="built without FTS5"):
        require_features()


def test_an_sqlite_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 26, 0))
    with pytest.raises(DestinationError, match=r"3\.27 is the oldest"):
        refusals.require_features()
