"""Ways in which a dataset might claim more than it holds, each of them tried."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines
from test_dataset import publish_by_hand

from harvester.sample import Answer, Archive, Request, Server, render_listing, render_text

OWN = "https://digitalarchive.wilsoncenter.org"


def save(folder: Path, pages: range, archive: Archive | None = None) -> Path:
    folder.mkdir(parents=True)
    for page in pages:
        text = render_listing(archive or Archive(), f"page={page}")
        (folder / f"{page}.html").write_text(text, encoding="utf-8")
    return folder


def test_a_run_that_read_nothing_and_knows_no_reason_is_never_a_success(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from harvester.dataset.crawl import CrawlRun
    from harvester.sites import find_site

    run = CrawlRun(tmp_path / "d", find_site("wilson"), lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert run.end().code == 3
    assert not (tmp_path / "d").exists()


def test_a_redirect_that_drops_the_order_is_out_of_step(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: (
        Answer(302, {"Location": request.path_qs.replace("created_DESC", "field_document_date_unix_ASC")})
        if "created_DESC" in request.path_qs
        else None
    )
    ran = harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", tmp_path / "d")
    assert ran.code == 3
    assert "another page" in ran.out


CHAINED = """
from harvester.sites.wilson import Wilson

class Chained(Wilson):
    paging = "chained"
"""


@pytest.mark.parametrize("query", ["?sort_bef_combine=field_document_date_unix_ASC", ""], ids=["other", "unknown"])
def test_a_chain_claims_only_the_order_that_was_asked_for(
    harvest: Harvest, server: Server, tmp_path: Path, query: str
) -> None:
    (tmp_path / "chained.py").write_text(CHAINED)
    ran = harvest("crawl", f"{server.url}/search{query}", "--site", tmp_path / "chained.py", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert listing["verdict"] == "complete as captured, order unproven"


def test_two_folders_of_one_name_and_total_hide_nothing_from_each_other(harvest: Harvest, tmp_path: Path) -> None:
    part, whole = save(tmp_path / "b" / "pages", range(1)), save(tmp_path / "a" / "pages", range(11))
    for paths in ((part, whole), (whole, part)):
        ran = harvest("replay", *paths, "-o", tmp_path / paths[0].parent.name / "d")
        assert ran.code == 3
        assert "10 of 103" in ran.out and "103 of 103" in ran.out


def test_an_empty_ledger_beside_records_is_refused(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", save(tmp_path / "pages", range(2)), "-o", tmp_path / "d")
    before = (tmp_path / "d" / "records.jsonl").read_bytes()
    (tmp_path / "d" / "ledger.sqlite").write_bytes(b"")
    ran = harvest("replay", tmp_path / "pages" / "0.html", "-o", tmp_path / "d")
    assert ran.code == 7
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == before


@pytest.mark.parametrize("page", [2, 3, 5, 8])
def test_a_ledger_with_a_broken_page_is_refused(harvest: Harvest, tmp_path: Path, page: int) -> None:
    harvest("replay", save(tmp_path / "pages", range(3)), "-o", tmp_path / "d")
    body = bytearray((tmp_path / "d" / "ledger.sqlite").read_bytes())
    body[(page - 1) * 4096 : page * 4096] = os.urandom(4096)
    (tmp_path / "d" / "ledger.sqlite").write_bytes(body)
    before = (tmp_path / "d" / "records.jsonl").read_bytes()
    ran = harvest("replay", save(tmp_path / "more", range(3, 5)), "-o", tmp_path / "d")
    assert ran.code == 7, ran.err
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == before


def forge(dataset: Path, **changes: object) -> None:
    coverage = read_json(dataset / "coverage.json")
    coverage["listings"][0].update(changes)
    publish_by_hand(dataset, "coverage.json", json.dumps(coverage))


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "complete"},
        {"total": 10, "totals": [10], "missing": [], "verdict": "complete as captured, order unproven"},
        {"seen": [[1, 103]], "missing": [], "rows": 103, "verdict": "complete as captured, order unproven"},
        {"rejects": 3},
    ],
    ids=["verdict", "total", "ranges", "rejects"],
)
def test_a_forged_certificate_is_found(harvest: Harvest, tmp_path: Path, changes: dict[str, object]) -> None:
    harvest("replay", save(tmp_path / "pages", range(1)), "-o", tmp_path / "d")
    forge(tmp_path / "d", **changes)
    ran = harvest("verify", tmp_path / "d")
    assert ran.code == 7
    assert "provenance" in ran.err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"passes": 2}, "cannot follow"),
        ({"passes": 2, "walk_before": 1, "verdict": "complete"}, "cannot follow"),
        ({"proving": True}, "is no proof"),
        ({"pages": []}, "not as provenance tells"),
        ({"pages": [[1, 1, 103, 103]]}, "not as provenance tells"),
    ],
    ids=["a-pass-of-nothing", "a-walk-that-vouches-for-itself", "another-order", "no-pages", "other-counters"],
)
def test_a_certificate_that_leans_on_what_is_not_there_is_found(
    harvest: Harvest, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    harvest("replay", save(tmp_path / "pages", range(1)), "-o", tmp_path / "d")
    forge(tmp_path / "d", **changes)
    ran = harvest("verify", tmp_path / "d")
    assert ran.code == 7
    assert said in ran.err


def test_a_listing_that_is_left_out_of_the_certificate_is_missed(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", save(tmp_path / "pages", range(1)), "-o", tmp_path / "d")
    publish_by_hand(tmp_path / "d", "coverage.json", '{"site": "wilson", "listings": []}')
    assert harvest("verify", tmp_path / "d").code == 7


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title"},
        {"date": "not edtf"},
        {"date_latest": "2030-02-30"},
        {"date": "1958", "date_precision": "year"},
    ],
    ids=["title", "edtf", "calendar", "precision"],
)
def test_a_record_that_says_what_no_capture_said_is_found(harvest: Harvest, tmp_path: Path, change: dict) -> None:
    harvest("replay", save(tmp_path / "pages", range(7, 8)), "-o", tmp_path / "d")
    records = read_lines(tmp_path / "d" / "records.jsonl")
    records[0].update(change)
    publish_by_hand(tmp_path / "d", "records.jsonl", "".join(json.dumps(record) + "\n" for record in records))
    assert harvest("verify", tmp_path / "d").code == 7


@pytest.mark.parametrize("text", ["[]", "null", '{"resources": [{}]}', "{"])
@pytest.mark.parametrize("name", ["datapackage.json", "coverage.json"])
def test_what_is_no_dataset_any_more_is_damage_and_no_crash(
    harvest: Harvest, tmp_path: Path, name: str, text: str
) -> None:
    harvest("replay", save(tmp_path / "pages", range(1)), "-o", tmp_path / "d")
    (tmp_path / "d" / name).write_text(text)
    ran = harvest("verify", tmp_path / "d")
    assert ran.code == 7
    assert "unexpected:" not in ran.err


FAULTS = {
    "robots": lambda request, server: (
        Answer(200, {}, "User-agent: *\nDisallow: /search") if request.path == "/robots.txt" else None
    ),
    "other-page": lambda request, server: (
        Answer(302, {"Location": "/search?f[0]=topics:1"}) if request.path_qs.endswith("page=2") else None
    ),
    "other-host": lambda request, server: (
        Answer(302, {"Location": server.url.replace("127.0.0.1", "localhost") + "/x"})
        if request.path_qs.endswith("page=2")
        else None
    ),
    "body": lambda request, server: (
        Answer(404, {}, f"<html><title>404 Not found</title><a href='{server.url}/'>{server.url}</a></html>")
        if request.path_qs.endswith("page=2")
        else None
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_address_of_this_machine_is_kept(harvest: Harvest, server: Server, tmp_path: Path, fault: str) -> None:
    crawl = ("crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 10, "-o", tmp_path / "d")
    harvest(*crawl)
    server.intercept = lambda request: FAULTS[fault](request, server)
    ran = harvest(*crawl)
    assert ran.code in {3, 4, 6}
    for path in (tmp_path / "d").iterdir():
        assert b"127.0.0.1" not in path.read_bytes(), path.name
        assert b"localhost" not in path.read_bytes(), path.name


def test_a_web_archives_copy_is_not_crawled(harvest: Harvest) -> None:
    ran = harvest("crawl", f"https://web.archive.org/web/2025/{OWN}/search", "--contact", "a@b.org")
    assert ran.code == 2
    assert "web archive" in ran.err


def test_a_copy_that_was_served_from_this_machine_is_the_named_sites(harvest: Harvest, tmp_path: Path) -> None:
    page = render_listing(Archive(), "page=7")
    page = page.replace("<html", "<!-- saved from url=(0036)http://127.0.0.1:8000/search?page=7 -->\n<html", 1)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert harvest("replay", tmp_path / "page.html", "--site", "wilson", "-o", tmp_path / "d").code == 3
    assert {tuple(r["listings"]) for r in read_lines(tmp_path / "d" / "records.jsonl")} == {("/search",)}
    told = harvest("explain", "http://127.0.0.1:8000/search?page=7", "--site", "wilson").lines[0]
    assert (told["kind"], told["page"]) == ("listing", 7)


def start(server: Server, tmp_path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "harvester", "crawl", f"{server.url}/search", "--site", "wilson"]
    command += ["--page-size", "10", "-o", str(tmp_path / "d")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_what_a_killed_first_run_read_is_published_by_the_next_even_if_it_reads_nothing(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    slow = lambda request: replace(server.answer(request), delay=0.2)  # noqa: E731
    server.intercept = lambda request: slow(request) if request.path == "/search" else None
    with start(server, tmp_path) as crawler:
        while len(server.pages()) < 5:
            time.sleep(0.05)
        crawler.kill()
        crawler.communicate(timeout=30)
    assert not (tmp_path / "d" / "records.jsonl").exists()
    server.intercept = lambda request: (
        Answer(404, {}, "<title>Not found</title>") if request.path == "/search" else None
    )
    ran = harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", tmp_path / "d")
    assert ran.code == 6
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) >= 30
    assert harvest("verify", tmp_path / "d").code == 3


def test_ctrl_c_twice_is_an_interruption_too(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: replace(server.answer(request), delay=1.0) if request.path == "/search" else None
    with start(server, tmp_path) as crawler:
        while len(server.pages()) < 2:
            time.sleep(0.05)
        crawler.send_signal(signal.SIGINT)
        time.sleep(0.2)
        crawler.send_signal(signal.SIGINT)
        _, err = crawler.communicate(timeout=30)
    assert crawler.returncode == 130, err


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(render_text(Archive(), "page=7"), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "harvester", "parse", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as parser:
        assert parser.stdout is not None and parser.stderr is not None
        parser.stdout.close()
        err = parser.stderr.read()
        parser.wait(timeout=30)
    assert (parser.returncode, err) == (0, b"")


@pytest.mark.parametrize(
    "url",
    [
        OWN + "/search-results/1/" + "[" * 100_000,
        OWN + "/search-results/99999999999999999999/{}",
        OWN + '/search-results/1/{"q":NaN}',
        OWN + "/search?page=" + "9" * 5000,
    ],
    ids=["deep", "far", "not-a-number", "long"],
)
def test_one_odd_line_does_not_lose_the_others(harvest: Harvest, url: str) -> None:
    ran = harvest("explain", "-", stdin=f"{url}\n{OWN}/search\n")
    assert ran.code == 0
    assert [line["kind"] for line in ran.lines][1] == "listing"
    assert ran.lines[0]["listing"] is None


def test_numbered_facets_replace_and_unnumbered_ones_add_up(harvest: Harvest) -> None:
    told = harvest(
        "explain", "-", stdin=f"{OWN}/search?f[]=topics:1&f[]=topics:2\n{OWN}/search?f[1]=topics:2&f[0]=topics:1"
    )
    assert told.lines[0] == told.lines[1]


def test_lists_of_addresses_as_windows_saves_them(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_bytes(b"\xef\xbb\xbf" + f"{server.url}/search\r\n".encode())
    assert harvest("crawl", tmp_path / "urls.txt", "--site", "wilson", "-o", tmp_path / "d").code == 0
    (tmp_path / "urls.txt").write_bytes(f"{server.url}/search\r\n".encode("utf-16"))
    assert harvest("crawl", tmp_path / "urls.txt", "--site", "wilson", "-o", tmp_path / "e").code == 2


def test_a_listing_that_shows_none_where_it_had_some_is_not_called_complete(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl = ("crawl", f"{server.url}/search", "--site", "wilson", "-o", tmp_path / "d")
    assert harvest(*crawl).code == 0
    none = server.answer(Request("GET", "/search?search_api_fulltext=nosuchword", {}))
    server.intercept = lambda request: none if request.path == "/search" else None
    ran = harvest(*crawl)
    assert ran.code == 3
    assert "unverifiable" in ran.out
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103
    assert harvest("verify", tmp_path / "d").code == 3


def test_remarks_are_on_the_last_screen(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    def intercept(request: Request) -> Answer | None:
        body = server.answer(request).body if request.path == "/search" else None
        text = body if isinstance(body, str) or body is None else body.decode()
        return None if text is None else Answer(200, {}, text.replace("page=1", "page=5"))

    server.intercept = intercept
    ran = harvest("crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 100, "-o", tmp_path / "d")
    assert "Note: the pager leads to page 5" in ran.out
