"""`harvest update` rings the bells that harvest.toml names, along the whole path."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bells import SECRET, taking
from conftest import Harvest, read_lines

from harvester.sample import Answer, Request, Server
from harvester.standing import load
from harvester.standing.timers import plan_jobs


def down(request: Request) -> Answer | None:
    return Answer(503, {}, "down") if request.path == "/search" else None


@pytest.fixture
def declared(server: Server, tmp_path: Path) -> Path:
    """Declare a harvest of the sample archive whose bell appends to a file."""
    return declare(server, tmp_path, f'command = ["sh", "-c", "cat >> {tmp_path}/rung"]')


def declare(server: Server, folder: Path, bell: str, more: str = "") -> Path:
    path = folder / "harvest.toml"
    path.write_text(
        f'[harvest.sample]\nsite = "wilson"\nlistings = ["{server.url}/search"]\n{more}\n'
        f"[harvest.sample.notify]\n{bell}\n"
    )
    return path


def rung(folder: Path) -> list[dict[str, Any]]:
    lines = read_lines(folder / "rung") if (folder / "rung").exists() else []
    (folder / "rung").unlink(missing_ok=True)
    return lines


def test_an_update_rings_once_when_the_site_goes_down_and_once_when_it_is_back(
    harvest: Harvest, server: Server, declared: Path, tmp_path: Path
) -> None:
    assert harvest("update", "sample").code == 0
    assert rung(tmp_path) == []
    server.intercept = down
    codes = [harvest("update", "sample").code for _ in range(2)]
    (notice,) = rung(tmp_path)
    assert (codes, notice["kind"], notice["run"], notice["code"]) == ([5, 5], "unreachable", 2, 5)
    assert notice["dataset"] == str(tmp_path / "output" / "sample")
    server.intercept = None
    assert harvest("update", "sample").code == 0
    assert [notice["kind"] for notice in rung(tmp_path)] == ["well"]


def test_a_first_update_that_reads_nothing_rings_without_a_number(
    harvest: Harvest, server: Server, declared: Path, tmp_path: Path
) -> None:
    server.intercept = down
    assert harvest("update", "sample").code == 5
    (notice,) = rung(tmp_path)
    assert (notice["kind"], notice["run"], notice["code"]) == ("unreachable", None, 5)
    assert not (tmp_path / "output" / "sample").exists()


def test_a_bell_that_fails_is_told_on_standard_error_and_the_dataset_stands(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    declare(server, tmp_path, 'command = ["false"]\napprise = ["BELL", "NONE"]')
    harvest("update", "sample")
    server.intercept = down
    with taking(status=401) as taker:
        ran = harvest("--debug", "update", "sample", env={"BELL": taker.address})
    assert ran.code == 5
    assert "harvest: the bell false failed with exit code 1\n" in ran.err
    assert "harvest: apprise could not deliver to BELL (status 401)" in ran.err
    assert "harvest: the variable NONE is not set" in ran.err
    assert SECRET not in ran.out + ran.err
    assert harvest("verify", tmp_path / "output" / "sample").code == 0


def test_a_run_that_is_whole_but_has_a_bell_that_fails_is_not(
    harvest: Harvest, server: Server, declared: Path, tmp_path: Path
) -> None:
    harvest("update", "sample")
    server.intercept = down
    harvest("update", "sample")
    server.intercept = None
    declare(server, tmp_path, 'command = ["false"]')
    assert harvest("update", "sample").code == 3


def test_a_command_that_failed_after_the_run_rings(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    declare(server, tmp_path, f'command = ["sh", "-c", "cat >> {tmp_path}/rung"]', 'exports = ["false"]')
    assert harvest("update", "sample").code == 3
    (notice,) = rung(tmp_path)
    assert (notice["kind"], notice["title"]) == ("incomplete", "sample: a command that follows the harvest failed")
    assert "Why: the export false ended with 1\n" in notice["body"]
    assert "coverage.json" not in notice["body"]


def test_the_first_run_tells_why_the_site_is_out_of_reach(
    harvest: Harvest, server: Server, declared: Path, tmp_path: Path
) -> None:
    server.intercept = down
    assert harvest("update", "sample").code == 5
    (notice,) = rung(tmp_path)
    assert "Why: /search: the server answered 503\n" in notice["body"]


def test_a_dataset_that_is_in_use_or_a_site_that_is_none_rings(
    harvest: Harvest, server: Server, declared: Path, tmp_path: Path
) -> None:
    harvest("update", "sample")
    with closing(sqlite3.connect(tmp_path / "output" / "sample" / "ledger.sqlite")) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN IMMEDIATE")
        ran = harvest("update", "sample")
    (notice,) = rung(tmp_path)
    assert (ran.code, notice["kind"], notice["run"], notice["code"]) == (7, "failed", None, 7)
    assert "is in use by another harvest" in notice["body"]
    assert len(notice["facts"]["troubles"]) == 1
    declared.write_text(declared.read_text().replace("wilson", "nosuch"))
    assert harvest("update", "sample").code == 2
    (notice,) = rung(tmp_path)
    assert (notice["kind"], notice["code"]) == ("failed", 2)
    assert "nosuch" in json.dumps(notice["facts"]["troubles"])


def test_the_second_timer_rings_once_for_a_harvest_that_is_silent(
    harvest: Harvest, server: Server, declared: Path, tmp_path: Path
) -> None:
    declared.write_text(declared.read_text() + 'max_age = "3 days"\n[harvest.sample.schedule]\nat = "02:30"\n')
    harvest("update", "sample")
    jobs = plan_jobs(load(declared).named("sample"), declared, ["harvest"])
    (_, *words), *_ = [job.words for job in jobs if "status" in job.words]
    assert harvest(*words).code == 0
    past = "2026-03-01T02:30:00Z"
    with closing(sqlite3.connect(tmp_path / "output" / "sample" / "ledger.sqlite")) as db, db:
        db.execute("UPDATE run SET started = ?, finished = ?, ended = ?", (past, past, past))
    assert rung(tmp_path) == []
    assert [harvest(*words).code for _ in range(2)] == [3, 3]
    (notice,) = rung(tmp_path)
    assert (notice["kind"], notice["facts"]["heard"]) == ("silent", "2026-03-01T02:30:00+00:00")
    assert harvest("update", "sample").code == 0
    assert [notice["kind"] for notice in rung(tmp_path)] == ["well"]
