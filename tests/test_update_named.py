"""Updates of the harvests that harvest.toml declares: by name, all of them, and what is run after them."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.sample import Answer, Server


def declare(folder: Path, *harvests: str) -> None:
    (folder / "harvest.toml").write_text("\n".join(harvests), encoding="utf-8")


def declared(name: str, url: str, *lines: str) -> str:
    return "\n".join((f"[harvest.{name}]", 'site = "wilson"', f'listings = ["{url}/search"]', *lines))


@contextmanager
def ledger(folder: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(folder / "ledger.sqlite")
    try:
        yield db
    finally:
        db.close()


def export(tmp_path: Path, name: str, code: int = 0) -> str:
    """Return a command that notes which dataset it was given, and ends with a code."""
    script = tmp_path / f"{name}.py"
    script.write_text(f"import sys\nopen({str(tmp_path / name)!r}, 'a').write(sys.argv[1])\nraise SystemExit({code})")
    return f"{sys.executable} {script} {{dataset}}"


def test_the_first_update_of_a_harvest_is_its_first_crawl(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    declare(tmp_path, declared("wilson", server.url, "page_size = 25", "withdraw_after = 3"))
    ran = harvest("update", "wilson")
    assert ran.code == 0, ran.err
    folder = tmp_path / "output" / "wilson"
    assert len(read_lines(folder / "records.jsonl")) == 103
    assert len(server.pages()) == 5
    with ledger(folder) as db:
        meta = dict(db.execute("SELECT name, value FROM meta"))
    assert meta["withdraw_after"] == "3"
    assert json.loads(meta["made_from"])["page_size"] == 25


def test_a_listing_that_is_taken_out_is_no_longer_asked_for(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    facet = sorted({facet for record in server.archive.records for facet in record.facets})[0]
    url = f"{server.url}/search?f%5B0%5D={facet}"
    declare(tmp_path, f'[harvest.x]\nsite = "wilson"\nlistings = ["{server.url}/search", "{url}"]')
    assert harvest("update", "x").code == 0
    declare(tmp_path, declared("x", server.url))
    asked = len(server.pages())
    assert harvest("update", "x").code == 0
    assert not any(facet in request.path_qs for request in server.pages()[asked:])
    with ledger(tmp_path / "output" / "x") as db:
        (made,) = db.execute("SELECT value FROM meta WHERE name = 'made_from'").fetchone()
    assert [one["listing"] for one in json.loads(made)["listings"]] == ["/search"]


def test_one_that_fails_does_not_keep_the_others_from_running(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    lost = declared("lost", "http://127.0.0.1:9")
    declare(tmp_path, lost, declared("kept", server.url))
    ran = harvest("update")
    assert ran.code == 5
    assert ran.out.splitlines()[0] == "lost:"
    assert len(read_lines(tmp_path / "output" / "kept" / "records.jsonl")) == 103
    assert not (tmp_path / "output" / "lost").exists()


def test_one_that_cannot_be_asked_for_is_told_by_the_code_too(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    declare(tmp_path, '[harvest.far]\nlistings = ["https://digitalarchive.wilsoncenter.org/search"]')
    (tmp_path / "x").mkdir()
    other = tmp_path / "other.toml"
    other.write_text(declared("near", server.url) + "\n" + (tmp_path / "harvest.toml").read_text())
    ran = harvest("update", "--config", other)
    assert ran.code == 2
    assert "contact" in ran.err
    assert len(read_lines(tmp_path / "output" / "near" / "records.jsonl")) == 103


def test_a_name_that_stands_for_nothing_is_told_before_anything_is_asked(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    declare(tmp_path, declared("wilson", server.url))
    ran = harvest("update", "wilson", "wilsom")
    assert ran.code == 2
    assert "Did you mean wilson?" in ran.err
    assert not server.log


def test_without_names_and_without_a_file_there_is_nothing_to_update(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("update")
    assert ran.code == 2
    assert "--config" in ran.err


def test_a_name_without_the_file_that_declares_it_is_told_of_as_such(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("update", "wilson")
    assert ran.code == 2
    assert "there is no harvest.toml here, and no folder wilson" in ran.err
    assert "--config" in ran.err


def test_the_whole_trace_of_an_error_changes_no_exit_code(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    far = '[harvest.far]\nlistings = ["https://digitalarchive.wilsoncenter.org/search"]\n[harvest.near]\n'
    declare(tmp_path, far + declared("near", server.url).split("\n", 1)[1])
    for ran in (harvest("--debug", "update", "far"), harvest("--debug", "update")):
        assert ran.code == 2
        assert "Traceback" in ran.err and "harvest: a contact is missing" in ran.err


def test_exports_are_run_once_the_dataset_is_published(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    exports = f"exports = {json.dumps([export(tmp_path, 'one'), export(tmp_path, 'two')])}"
    declare(tmp_path, declared("wilson", server.url, exports))
    ran = harvest("update", "wilson")
    assert ran.code == 0, ran.err
    for name in ("one", "two"):
        assert (tmp_path / name).read_text() == str(tmp_path / "output" / "wilson")


@pytest.mark.parametrize(
    ("command", "told"), [(None, "ended with 9"), ("no-such-program-anywhere {dataset}", "could not be run")]
)
def test_an_export_that_fails_is_told_and_the_next_is_run(
    harvest: Harvest, server: Server, tmp_path: Path, command: str | None, told: str
) -> None:
    commands = [command or export(tmp_path, "one", 9), export(tmp_path, "two")]
    declare(tmp_path, declared("wilson", server.url, f"exports = {json.dumps(commands)}"))
    ran = harvest("update", "wilson")
    assert ran.code == 3
    assert told in ran.err
    assert (tmp_path / "two").exists()
    assert read_json(tmp_path / "output" / "wilson" / "coverage.json")["listings"][0]["verdict"] == "complete"
    status = json.loads(harvest("status", "wilson", "--json").out)
    assert (status["code"], status["last_run"]["code"], status["verdict"]) == (3, 3, "complete")
    (trouble,) = status["last_run"]["troubles"]
    assert trouble["kind"] == "export" and told in trouble["message"]
    assert "{dataset}" not in trouble["message"]
    assert status["next"] == "put the command right that failed; it is run again after the next run"


def test_no_export_is_run_after_a_run_that_could_not_ask(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    declare(tmp_path, declared("wilson", server.url))
    assert harvest("update", "wilson").code == 0
    declare(tmp_path, declared("wilson", "http://127.0.0.1:9", f"exports = {json.dumps([export(tmp_path, 'one')])}"))
    assert harvest("update", "wilson").code == 5
    assert not (tmp_path / "one").exists()


def test_a_folder_goes_by_its_path_where_a_harvest_has_its_name(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    declare(tmp_path, declared("wilson", "http://127.0.0.1:9"))
    assert harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", "wilson").code == 0
    assert harvest("update", "./wilson", "--origin", server.url).code == 0
    assert harvest("update", "wilson").code == 5


def test_a_wish_to_end_ends_all_of_it(server: Server, tmp_path: Path) -> None:
    declare(tmp_path, declared("first", server.url, "page_size = 10"), declared("second", server.url))
    held = Answer(200, {}, "", delay=4)
    server.intercept = lambda request: held if "&page=3" in request.path_qs else None
    command = [sys.executable, "-m", "harvester", "update"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        while not any("&page=3" in request.path_qs for request in server.pages()):
            assert started.poll() is None
            time.sleep(0.05)
        started.send_signal(signal.SIGTERM)
        out, err = started.communicate(timeout=60)
    assert started.returncode == 130, err
    assert b"second" not in out
    assert not (tmp_path / "output" / "second").exists()
    assert len(read_lines(tmp_path / "output" / "first" / "records.jsonl")) == 30
