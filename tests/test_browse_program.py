"""`harvest browse` as a program: how it begins and ends, what it needs, whom it answers."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browsing import browsing, publish_for_browsing
from conftest import ROOT, Harvest
from holding import begin, document, entry


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("browse") / "d"
    publish_for_browsing(made)
    return made


@pytest.fixture
def small(tmp_path: Path) -> Path:
    run = begin(tmp_path / "small")
    run.list_them(entry(1), entry(2))
    run.end()
    return tmp_path / "small"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_nothing_is_left(small: Path, tmp_path: Path, number: int) -> None:
    (tmp_path / "t").mkdir()
    with browsing(small, TMPDIR=str(tmp_path / "t")) as server:
        assert server.page("").status == 200
        assert [path.name for path in (tmp_path / "t").glob("*/*")] == ["archive.sqlite"]
        with closing(socket.create_connection(("127.0.0.1", server.port))):  # a browser that holds on
            assert server.stop(number) == (0, "")
    assert list((tmp_path / "t").iterdir()) == []


def test_a_reader_who_stands_still_holds_nothing_up(folder: Path, tmp_path: Path) -> None:
    with browsing(folder, TMPDIR=str(tmp_path)) as server:
        url = server.record("A summary of ten megabytes").url
        with closing(socket.create_connection(("127.0.0.1", server.port))) as reader:
            reader.sendall(f"GET {urlsplit(url).path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert reader.recv(12) == b"HTTP/1.1 200"  # and of ten megabytes no more
            code, said = server.stop(signal.SIGTERM)
            assert code == 0 and "Traceback" not in said, said
    assert list(tmp_path.iterdir()) == []


def test_a_signal_while_the_database_is_made_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "harvester", "browse", str(folder), "--port", "0"]
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "PYTHONWARNINGS": "error"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not list(tmp_path.glob("*/.archive*")):
            assert process.poll() is None
            time.sleep(0.002)
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"\nharvest: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_told_of(small: Path, harvest: Harvest) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ran = harvest("browse", small, "--port", port)
    assert ran.code == 2 and f"nothing can listen on port {port} of 127.0.0.1" in ran.err
    assert "Address already in use" in ran.err and "--port 0" in ran.err and "Traceback" not in ran.err


def test_a_folder_that_is_no_dataset_is_told_of(tmp_path: Path, harvest: Harvest) -> None:
    ran = harvest("browse", tmp_path, "--port", "0")
    assert ran.code == 7 and "Traceback" not in ran.err


def test_without_its_library_it_says_what_to_install(small: Path, tmp_path: Path, harvest: Harvest) -> None:
    (tmp_path / "without").mkdir()
    absent = "raise ModuleNotFoundError(\"No module named 'datasette'\", name='datasette')\n"
    (tmp_path / "without" / "datasette.py").write_text(absent)
    ran = harvest("browse", small, "--port", "0", env={"PYTHONPATH": str(tmp_path / "without")})
    assert ran.code == 2 and "pip install 'archive-harvester[browse]'" in ran.err


def test_a_database_that_is_kept_is_brought_up_to_date(small: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite"
    with browsing(small, "--database", kept) as server:
        assert server.page().texts("//p[@class='count']")[0].startswith("2 records")
        assert server.stop(signal.SIGTERM) == (0, "")
    run = begin(small, "documents")
    run.add(document(3))
    run.end()
    with browsing(small, "--database", kept) as server:
        assert server.page("archive/catalogue?_search=Document+3").titles == ["Document 3"]
    with browsing(small, "--database", kept) as server, closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT count(*) FROM catalogue").fetchone() == (3,)
        assert server.page().texts("//p[@class='count']")[0].startswith("3 records")


def test_a_table_that_somebody_else_made_is_left_alone(small: Path, tmp_path: Path, harvest: Harvest) -> None:
    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as db:
        db.execute("CREATE TABLE catalogue (theirs)")
    ran = harvest("browse", small, "--port", "0", "--database", tmp_path / "theirs.sqlite")
    assert ran.code == 8 and "a table catalogue that this program did not make" in ran.err
    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("catalogue",)]


@pytest.mark.parametrize("name, code", [("small/ledger.sqlite", 2), ("notes.txt", 8), (".", 2)])
def test_a_file_that_is_no_place_for_it_is_left_alone(small: Path, harvest: Harvest, name: str, code: int) -> None:
    path = small.parent / name
    (small.parent / "notes.txt").write_text("These are notes, and no database at all. " * 100)
    before = path.read_bytes() if path.is_file() else b""
    ran = harvest("browse", small, "--port", "0", "--database", path)
    assert ran.code == code and "Traceback" not in ran.err and "disk is full" not in ran.err, ran.err
    assert not before or path.read_bytes() == before


def test_sql_is_there_where_it_was_asked_for_and_only_reads(small: Path) -> None:
    with browsing(small, "--sql") as server:
        asked = "archive.json?_shape=array&sql="
        assert '"n": 2' in server.page(asked + quote("select count(*) as n from records")).text
        for sql in ("delete from records", "attach 'x' as y", "pragma writable_schema = 1", "create table x (y)"):
            assert server.get(asked + quote(sql)).status == 400
        begun = time.monotonic()
        endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
        assert server.get(asked + quote(endless)).status == 400
        assert time.monotonic() - begun < 10
        assert server.get("archive.db").status == 404 and server.get("-/databases").status == 404
        assert server.page("archive").texts("//h1") and server.page("archive/records").texts("//h1")


def test_another_host_is_warned_of_and_gets_no_sql(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from harvester.cli import main
    from harvester.exports.browse import serving

    class Elsewhere(socket.socket):
        def getsockname(self) -> tuple[str, int]:
            return "192.0.2.1", 8001

    apps = []
    monkeypatch.setattr(serving, "listen", lambda host, port: Elsewhere())
    monkeypatch.setattr(serving, "serve", lambda app, listening, *, show: apps.append(app))
    with pytest.raises(SystemExit) as ended:
        main(["browse", str(small), "--host", "192.0.2.1"])
    assert ended.value.code == 0 and "anyone who can reach this machine can read small now" in capsys.readouterr().err
    assert [app.only_loopback for app in apps] == [False]
    with pytest.raises(SystemExit) as ended:
        main(["browse", str(small), "--host", "192.0.2.1", "--sql"])
    assert ended.value.code == 2 and "--sql is for this machine only" in capsys.readouterr().err


def test_the_document_tells_each_option_and_its_commands_run(tmp_path: Path) -> None:
    from harvester.cli.browse import command

    told = (ROOT / "docs" / "browse.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `(--[a-z]+)", told, re.M))
    assert table == {one.opts[0] for one in command.params if one.opts[0].startswith("--")}
    run = begin(tmp_path / "output" / "sample")
    run.list_them(entry(1))
    run.end()
    shown = [line.split() for line in re.findall(r"^ {4}(harvest browse .*)", told, re.M)]
    assert len(shown) == 2
    for words in shown:
        given = [word for word in words[3:] if word not in {"--port", "8002"}]
        with browsing(Path(words[2]), *given, cwd=tmp_path) as server:
            assert server.page("").texts("//p[@class='count']")[0].startswith("1 record ")
