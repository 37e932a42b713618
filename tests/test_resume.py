"""A crawl that was killed goes on where it was, to the same bytes as an undisturbed one."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Harvest, read_json

from harvester.sample import Answer, Archive, Request, Server, running


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def crawl(harvest: Harvest, server: Server, folder: Path):
    return harvest("crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 10, "-o", folder)


def listing_of(folder: Path) -> dict:
    (listing,) = read_json(folder / "coverage.json")["listings"]
    return listing


@pytest.mark.parametrize("pages", [1, 4, 10])
def test_a_killed_crawl_goes_on_where_it_was(harvest: Harvest, server: Server, tmp_path: Path, pages: int) -> None:
    assert crawl(harvest, server, tmp_path / "undisturbed").code == 0
    server.log.clear()
    server.intercept = lambda request: (
        replace(server.answer(request), delay=0.3) if numbered(request) >= pages - 1 else None
    )
    command = [sys.executable, "-m", "harvester", "crawl", f"{server.url}/search", "--site", "wilson"]
    with subprocess.Popen([*command, "--page-size", "10", "-o", str(tmp_path / "d")]) as crawler:
        while len(server.pages()) <= pages:
            time.sleep(0.02)
        crawler.kill()
    server.intercept = None
    ran = crawl(harvest, server, tmp_path / "d")
    assert ran.code == 0, ran.out + ran.err
    assert "going on after" in ran.err
    assert len(server.pages()) <= 11 + 1
    assert listing_of(tmp_path / "d")["verdict"] == "complete"
    undisturbed = (tmp_path / "undisturbed" / "records.jsonl").read_bytes()
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == undisturbed
    assert harvest("verify", tmp_path / "d").code == 0


def test_a_crawl_that_met_an_error_goes_on_where_it_was(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: Answer(404, {}, "<title>Not found</title>") if numbered(request) == 6 else None
    assert crawl(harvest, server, tmp_path / "d").code == 6
    server.intercept = None
    server.log.clear()
    assert crawl(harvest, server, tmp_path / "d").code == 0
    assert [numbered(request) for request in server.pages()] == [6, 7, 8, 9, 10]
    assert listing_of(tmp_path / "d")["rejects"] == 0


def test_a_finished_dataset_is_harvested_anew(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    crawl(harvest, server, tmp_path / "d")
    assert [numbered(request) for request in server.pages()] == [*range(11), *range(11)]


def test_a_total_that_moved_between_two_runs_is_walked_again(harvest: Harvest, tmp_path: Path) -> None:
    with running(Archive()) as server:
        server.intercept = lambda request: (
            Answer(404, {}, "<title>Not found</title>") if numbered(request) == 6 else None
        )
        crawl(harvest, server, tmp_path / "d")
        server.intercept = None
        server.log.clear()
        server.archive.remove(server.archive.records[0].node)
        ran = crawl(harvest, server, tmp_path / "d")
        assert ran.code == 0
        assert "it changed while it was read; walking it again, pass 2" in ran.err
        assert [numbered(request) for request in server.pages()] == [6, 7, 8, 9, 10, *range(11)]
    listing = listing_of(tmp_path / "d")
    assert (listing["total"], listing["verdict"], listing["passes"]) == (102, "complete", 2)
    assert harvest("verify", tmp_path / "d").code == 0
