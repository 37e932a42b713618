"""`--fresh` builds aside: the dataset that stands is replaced by a whole one only, in one step."""

import os
from pathlib import Path

import pytest
from conftest import Harvest, Ran, read_json, read_lines

from harvester.sample import Answer, Request, Server
from tests.soak.engine import Clock, crawl, run


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def crawl_command(harvest: Harvest, server: Server, folder: Path, *more: object) -> Ran:
    return harvest("crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 10, "-o", folder, *more)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.json*")}


def fail_from(server: Server, page: int) -> None:
    server.intercept = lambda request: Answer(404, {}, "<h1>Page not found</h1>") if numbered(request) >= page else None


def test_what_is_gone_from_the_site_is_gone_from_a_fresh_dataset(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl_command(harvest, server, tmp_path / "d")
    server.archive.remove(server.archive.records[5].node)
    crawl_command(harvest, server, tmp_path / "d")
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103  # nothing held is lost by an ordinary run
    ran = crawl_command(harvest, server, tmp_path / "d", "--fresh")
    assert ran.code == 0, ran.err
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 102
    assert harvest("verify", tmp_path / "d").code == 0
    assert not list((tmp_path / "d").glob(".*"))


def test_a_fresh_build_that_fails_leaves_the_dataset_and_is_gone_on_with(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl_command(harvest, server, tmp_path / "d")
    before = files(tmp_path / "d")
    fail_from(server, 6)
    ran = crawl_command(harvest, server, tmp_path / "d", "--fresh")
    assert ran.code == 6
    assert "stays as it was" in ran.out
    assert files(tmp_path / "d") == before
    assert harvest("verify", tmp_path / "d").code == 0
    server.intercept = None
    server.log.clear()
    assert crawl_command(harvest, server, tmp_path / "d", "--fresh").code == 0
    assert [numbered(request) for request in server.pages()] == [6, 7, 8, 9, 10]
    assert read_json(tmp_path / "d" / "coverage.json")["listings"][0]["last_run"]["run"] == 3  # the second rebuild


def test_a_fresh_build_that_reads_nothing_leaves_nothing_aside(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl_command(harvest, server, tmp_path / "d")
    before = files(tmp_path / "d")
    fail_from(server, 0)
    assert crawl_command(harvest, server, tmp_path / "d", "--fresh").code == 6
    assert files(tmp_path / "d") == before
    assert not list((tmp_path / "d").glob(".*"))


@pytest.mark.parametrize("harm", ["overwritten", "cut", "lost"])
def test_a_fresh_build_mends_a_dataset_whose_ledger_is(
    harvest: Harvest, server: Server, tmp_path: Path, harm: str
) -> None:
    crawl_command(harvest, server, tmp_path / "d")
    whole = (tmp_path / "d" / "records.jsonl").read_bytes()
    ledger = tmp_path / "d" / "ledger.sqlite"
    if harm == "overwritten":
        ledger.write_bytes(os.urandom(50_000))
    elif harm == "cut":
        ledger.write_bytes(ledger.read_bytes()[:30_000])
    else:
        ledger.unlink()
    ran = crawl_command(harvest, server, tmp_path / "d")
    assert ran.code == 7, ran.out
    assert "crawl --fresh" in ran.err
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == whole
    ran = crawl_command(harvest, server, tmp_path / "d", "--fresh")
    assert ran.code == 0, ran.err
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == whole
    assert harvest("verify", tmp_path / "d").code == 0


def test_a_damaged_fresh_build_is_begun_again(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl_command(harvest, server, tmp_path / "d")
    (tmp_path / "d" / ".fresh.sqlite").write_bytes(b"no database at all, " * 1000)
    assert crawl_command(harvest, server, tmp_path / "d", "--fresh").code == 0


def test_fresh_where_nothing_stands_is_an_ordinary_harvest(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert crawl_command(harvest, server, tmp_path / "d", "--fresh").code == 0
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103


def rebuild(server: Server, folder: Path, clock: Clock, *paths: str):
    return run(crawl([server.url + path for path in paths], folder, clock, page_size=10, anew=True))


def test_a_fresh_build_that_would_drop_a_listing_is_refused(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    facet = sorted({f for record in server.archive.records for f in record.facets})[0]
    crawl_both = ("crawl", f"{server.url}/search", f"{server.url}/search?f[0]={facet}", "--site", "wilson")
    assert harvest(*crawl_both, "-o", tmp_path / "d").code == 0
    before = files(tmp_path / "d")
    server.log.clear()
    ran = crawl_command(harvest, server, tmp_path / "d", "--fresh")
    assert ran.code == 2
    assert f"would drop /search?f={facet}" in ran.err
    assert server.log == []
    assert files(tmp_path / "d") == before
    assert not list((tmp_path / "d").glob(".*"))
    assert harvest(*crawl_both, "-o", tmp_path / "d", "--fresh").code == 0


def test_a_fresh_build_of_one_listing_takes_no_half_of_another_along(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    facet = sorted({f for record in server.archive.records for f in record.facets})[0]
    one = f"/search?f%5B0%5D={facet}"
    run(crawl([server.url + one], tmp_path / "d", clock))
    before = files(tmp_path / "d")
    fail_from(server, 3)
    assert rebuild(server, tmp_path / "d", clock, "/search", one).code == 6
    server.intercept = None
    assert rebuild(server, tmp_path / "d", clock, one).code == 3
    assert files(tmp_path / "d") == before


def test_a_fresh_run_that_ended_before_it_began_replaces_nothing(server: Server, tmp_path: Path) -> None:
    from harvester.dataset.crawl import CrawlRun
    from harvester.sites import find_site

    clock = Clock()
    run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10))
    before = files(tmp_path / "d")
    fail_from(server, 3)
    assert rebuild(server, tmp_path / "d", clock, "/search").code == 6
    assert CrawlRun(tmp_path / "d", find_site("wilson"), clock.now, anew=True).end().code == 3
    assert CrawlRun(tmp_path / "d", find_site("wilson"), clock.now, anew=True).end(finished=False).code == 3
    assert files(tmp_path / "d") == before
