"""Every run that comes to its end says in the ledger how; one that was killed says nothing, and nothing is made up."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from conftest import FIXTURES, Harvest
from test_holding import command, under_way
from warcio import ArchiveIterator

from harvester.dataset.replay import ReplayRun
from harvester.errors import UsageProblem
from harvester.sample import Answer, Archive, Server
from harvester.sample.running import serving
from harvester.sample.visits import HOST
from harvester.sample.wayback import Wayback, shoot
from harvester.sites import find_site


def runs(folder: Path) -> list[dict[str, Any]]:
    """Return the run table; the ledger is opened as any program may."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        db.row_factory = sqlite3.Row
        told = [dict(row) for row in db.execute("SELECT * FROM run ORDER BY id")]
    return [{**run, "troubles": json.loads(run["troubles"] or "null")} for run in told]


def crawl(harvest: Harvest, server: Server, folder: Path, *more: str) -> int:
    return harvest(*command(server, folder, *more)[3:]).code


def test_a_run_says_how_it_ended_and_what_it_cost(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert crawl(harvest, server, tmp_path / "d") == 0
    (run,) = runs(tmp_path / "d")
    assert (run["command"], run["code"], run["troubles"]) == ("crawl", 0, [])
    assert run["started"] <= run["finished"] <= run["ended"]
    assert run["requests"] == len(server.log) == 12  # eleven pages, and robots.txt


def test_bytes_are_those_of_the_wire(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert crawl(harvest, server, tmp_path / "d", "--snapshot") == 0
    (run,) = runs(tmp_path / "d")
    (wacz,) = (tmp_path / "d" / "snapshot").iterdir()
    with ZipFile(wacz) as package, package.open("archive/data.warc.gz") as warc:
        answers = [record.length for record in ArchiveIterator(warc) if record.rec_type == "response"]
    assert len(answers) == run["requests"]
    assert run["bytes"] == pytest.approx(sum(answers), abs=20 * len(answers))  # Scrapy counts heads anew


def test_a_second_night_adds_a_row(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        crawl(harvest, server, tmp_path / "d")
    assert [(run["id"], run["code"], run["requests"]) for run in runs(tmp_path / "d")] == [(1, 0, 12), (2, 0, 12)]


def test_a_run_that_read_nothing_ended_but_left_nothing_to_publish(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl(harvest, server, tmp_path / "d")
    server.intercept = lambda request: Answer(503, {}, "down") if request.path == "/search" else None
    assert crawl(harvest, server, tmp_path / "d") == 5
    run = runs(tmp_path / "d")[-1]
    assert (run["finished"], run["code"]) == (None, 5) and run["ended"] is not None
    assert [(trouble["kind"], trouble["listing"]) for trouble in run["troubles"]] == [("server-error", "/search")]
    assert run["troubles"][0]["message"] == "/search: the server answered 503"


def test_nobody_listens_and_no_address_of_this_machine_is_told(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl(harvest, server, tmp_path / "d")
    ran = harvest("crawl", "http://127.0.0.1:9/search", "--site", "wilson", "-o", tmp_path / "d")
    run = runs(tmp_path / "d")[-1]
    assert ran.code == run["code"] == 5
    assert "127.0.0.1" not in json.dumps(run) and "digitalarchive.wilsoncenter.org/" in run["troubles"][0]["message"]


def test_a_first_run_in_vain_leaves_no_folder(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("crawl", "http://127.0.0.1:9/search", "--site", "wilson", "-o", tmp_path / "d")
    assert ran.code == 5 and not (tmp_path / "d").exists()


def test_an_interrupted_run(server: Server, tmp_path: Path) -> None:
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        crawler.send_signal(signal.SIGINT)
        crawler.communicate(timeout=30)
    (run,) = runs(tmp_path / "d")
    assert crawler.returncode == run["code"] == 130
    assert run["ended"] and run["finished"] and run["requests"] >= 3
    assert [trouble["kind"] for trouble in run["troubles"]] == ["interrupted"]


def test_a_killed_run_has_no_end(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        crawler.kill()
    crawl(harvest, server, tmp_path / "d")
    killed, after = runs(tmp_path / "d")
    assert (killed["ended"], killed["code"], killed["finished"], killed["troubles"]) == (None, None, None, None)
    assert killed["command"] == "crawl" and after["code"] == 0


SPOILED = """
import os, sys
from harvester.cli import main
from harvester.dataset import run
from harvester.dataset.crawl import CrawlRun
from harvester.ledger import Ledger
{}
main(sys.argv[1:])
"""
KILLED_AFTER_PUBLISHING = """
publish = run.publish
run.publish = lambda *given: (publish(*given), os.kill(os.getpid(), 9))
"""
UNFORESEEN = """
def due_documents(self):
    raise ValueError("http://127.0.0.1:8080/search?page=2 is odd")
CrawlRun.due_documents = due_documents
"""
DISK_FULL = """
def add_page(*given, **more):
    raise OSError(28, "No space left on device")
Ledger.add_page = add_page
"""


def spoiled(how: str, server: Server, folder: Path, *more: str) -> int:
    """Crawl with a program that has something wrong with it."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SPOILED.format(how), *command(server, folder, *more)[3:]],
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode


def test_a_run_killed_between_publication_and_its_end_has_no_code(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    assert spoiled(KILLED_AFTER_PUBLISHING, server, tmp_path / "d") == -9
    assert harvest("verify", tmp_path / "d").code == 0
    crawl(harvest, server, tmp_path / "d")
    (run, _) = runs(tmp_path / "d")
    assert (run["ended"], run["code"]) == (None, None)
    assert run["finished"] and run["requests"] == 12 and run["bytes"] > 0 and run["troubles"] == []


def test_a_fault_of_the_program_is_an_end_too(server: Server, tmp_path: Path) -> None:
    assert spoiled(UNFORESEEN, server, tmp_path / "d", "--documents") == 1
    (run,) = runs(tmp_path / "d")
    assert run["code"] == 1 and run["ended"] and run["finished"]  # what was read is published
    message = "ValueError: https://digitalarchive.wilsoncenter.org/search?page=2 is odd"
    assert run["troubles"][-1] == {"kind": "unexpected", "message": message, "listing": None}


def test_a_full_disk_is_told_of_as_far_as_it_can_be(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    assert spoiled(DISK_FULL, server, tmp_path / "d") == 7
    run = runs(tmp_path / "d")[-1]
    assert (run["code"], run["finished"]) == (7, None) and run["ended"]
    assert run["troubles"][-1] == {"kind": "dataset", "message": "the disk is full at the dataset", "listing": None}


def test_a_replay_asks_nobody(harvest: Harvest, tmp_path: Path) -> None:
    assert harvest("replay", FIXTURES / "pages", "-o", tmp_path / "d", "--site", "wilson").code != 1
    (run,) = runs(tmp_path / "d")
    assert (run["command"], run["requests"], run["bytes"]) == ("replay", 0, 0)


def test_of_many_troubles_of_one_kind_the_first_is_told_and_how_many_there_were(
    harvest: Harvest, tmp_path: Path
) -> None:
    assert harvest("replay", FIXTURES / "pages" / "bad", "-o", tmp_path / "d", "--site", "wilson").code == 6
    (run,) = runs(tmp_path / "d")
    kinds = [trouble["kind"] for trouble in run["troubles"]]
    assert run["code"] == 6 and len(kinds) == len(set(kinds)) > 5
    assert any(trouble["message"].endswith(" - and 9 more of this kind") for trouble in run["troubles"])


def test_a_crawl_of_a_web_archive_is_a_crawl(harvest: Harvest, tmp_path: Path) -> None:
    shots = [shoot(Archive(), f"2025031600{page:02}00", f"https://{HOST}/search?page={page}") for page in range(11)]
    with serving(Wayback(shots)) as archive:
        asked = ("--via", "wayback", "--wayback", archive.url, "-o", tmp_path / "d")
        assert harvest("crawl", f"https://{HOST}/search", *asked).code == 0
        (run,) = runs(tmp_path / "d")
        assert (run["kind"], run["command"], run["code"]) == ("replay", "crawl", 0)
        assert run["requests"] == len(archive.log) > 11


def test_a_replay_that_is_given_up_says_why(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    ReplayRun(tmp_path / "d", find_site("wilson"), lambda: datetime.now(UTC)).abandon(UsageProblem("several sites"))
    run = runs(tmp_path / "d")[-1]
    assert (run["command"], run["code"], run["finished"], run["troubles"][0]["kind"]) == ("replay", 2, None, "usage")
