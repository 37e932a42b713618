"""Whole paths through the real engine, over real HTTP, against the sample archive."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.sample import Answer, Archive, Request, Server, running

CHALLENGE = "<html><head><title>Just a moment...</title></head><body>triggerInterstitialChallenge</body></html>"


def crawl(harvest: Harvest, server: Server, folder: Path, *args: object, path: str = "/search"):
    return harvest("crawl", server.url + path, "--site", "wilson", "-o", folder, *args)


def test_all_records_of_the_sample_in_two_requests(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    ran = crawl(harvest, server, tmp_path / "d")
    assert (ran.code, len(server.pages())) == (0, 2)
    records = read_lines(tmp_path / "d" / "records.jsonl")
    titles = {(record["title"], record["date_text"] or "") for record in records}
    assert titles == {(record.title, record.date) for record in server.archive.records}
    assert [record["id"] for record in records] == sorted(record["id"] for record in records)
    assert "103 of 103 - complete" in ran.out
    assert harvest("verify", tmp_path / "d").code == 0


def test_every_link_is_on_the_sites_own_host(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    for file in (tmp_path / "d").glob("*.json*"):
        assert "127.0.0.1" not in file.read_text(encoding="utf-8")
    own = "https://digitalarchive.wilsoncenter.org/document/"
    assert all(record["url"].startswith(own) for record in read_lines(tmp_path / "d" / "records.jsonl"))


def test_ten_a_page_walks_eleven_pages_in_order(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    pages = [request.path_qs.partition("page=")[2] for request in server.pages()]
    assert pages == ["", *map(str, range(1, 11))]
    assert all("sort_bef_combine=created_DESC" in request.path_qs for request in server.pages())


@pytest.mark.parametrize("honoured", [(10,), (10, 25)], ids=["ignores-all-sizes", "ignores-100"])
def test_a_server_that_ignores_the_size_asked_for(harvest: Harvest, tmp_path: Path, honoured: tuple[int, ...]) -> None:
    with running(Archive(honoured_sizes=honoured)) as server:
        ran = crawl(harvest, server, tmp_path / "d")
        assert ran.code == 0
        assert len(server.pages()) == 11


def test_16756_records_cost_168_requests(harvest: Harvest, tmp_path: Path) -> None:
    with running(Archive(16_756)) as server:
        ran = crawl(harvest, server, tmp_path / "d")
        assert (ran.code, len(server.pages())) == (0, 168)
    assert "16756 of 16756 - complete" in ran.out


def test_the_same_record_in_two_listings_is_one_line(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    facet = next(f for record in server.archive.records for f in record.facets)
    ran = harvest(
        "crawl", f"{server.url}/search", f"{server.url}/search?f[0]={facet}", "--site", "wilson", "-o", tmp_path / "d"
    )
    assert ran.code == 0
    records = read_lines(tmp_path / "d" / "records.jsonl")
    assert len(records) == 103
    both = [record for record in records if record["listings"] == ["/search", f"/search?f={facet}"]]
    assert len(both) == sum(facet in record.facets for record in server.archive.records) > 0


def test_two_spellings_of_one_listing_are_walked_once(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    urls = (f"{server.url}/search?page=4", f"{server.url}/search?items_per_page=25&&search_api_fulltext=")
    assert harvest("crawl", *urls, "--site", "wilson", "-o", tmp_path / "d").code == 0
    assert len(server.pages()) == 2


def test_the_bytes_do_not_depend_on_hash_seed_zone_locale_or_order(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    facets = sorted({f for record in server.archive.records for f in record.facets})[:3]
    urls = [f"{server.url}/search", *(f"{server.url}/search?f[0]={facet}" for facet in facets)]
    published = set()
    for i, env in enumerate(
        (
            {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C.utf8"},
        )
    ):
        size = (10, 100)[i]
        ran = harvest(
            "crawl", *urls[:: 1 - 2 * i], "--site", "wilson", "--page-size", size, "-o", tmp_path / str(i), env=env
        )
        assert ran.code == 0, ran.err
        published.add((tmp_path / str(i) / "records.jsonl").read_bytes())
    assert len(published) == 1


def test_a_dry_run_asks_for_one_page_and_writes_nothing(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    ran = crawl(harvest, server, tmp_path / "d", "--dry-run")
    assert ran.code == 0
    assert "103 records, 2 requests" in ran.out
    assert len(server.pages()) == 1
    assert not (tmp_path / "d").exists()
    assert "103 records, 4 requests" in crawl(harvest, server, tmp_path / "d", "--dry-run", "--twice").out


def test_urls_come_from_a_file_and_from_standard_input(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text(f"# all of it\n{server.url}/search\n\n")
    assert harvest("crawl", tmp_path / "urls.txt", "--site", "wilson", "-o", tmp_path / "a").code == 0
    assert harvest("crawl", "-", "--site", "wilson", "-o", tmp_path / "b", stdin=f"{server.url}/search\n").code == 0


def test_without_a_folder_the_listing_names_one(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert harvest("crawl", f"{server.url}/search", "--site", "wilson").code == 0
    (folder,) = (tmp_path / "output").iterdir()
    assert folder.name.startswith("wilson-")
    assert harvest("crawl", f"{server.url}/search?page=3", "--site", "wilson").code == 0
    assert list((tmp_path / "output").iterdir()) == [folder]


def test_a_second_run_keeps_what_is_gone_and_takes_what_is_new(harvest: Harvest, tmp_path: Path) -> None:
    with running(Archive()) as server:
        crawl(harvest, server, tmp_path / "d")
        gone = server.archive.records[5]
        server.archive.remove(gone.node)
        server.archive.add("A telegram that came late", "June 1, 1960", ["Short."])
        changed = server.archive.change(server.archive.records[50].node, summary=["Written anew."])
        ran = crawl(harvest, server, tmp_path / "d")
    assert ran.code == 0
    records = {
        record["title"] + str(record["date_text"]): record for record in read_lines(tmp_path / "d" / "records.jsonl")
    }
    assert len(records) == 104
    assert records[changed.title + (changed.date or "None")]["summary"] == "Written anew."
    assert gone.title + (gone.date or "None") in records
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["verdict"], listing["last_run"]["run"], listing["last_complete"]["run"]) == ("complete", 2, 2)


def numbered(path_qs: str) -> int:
    return int(path_qs.partition("&page=")[2] or 0) if path_qs.startswith("/search") else -1


FAULTS = {
    "challenge": (Answer(403, {"cf-mitigated": "challenge"}, CHALLENGE), 4),
    "challenge-with-status-200": (Answer(200, {}, CHALLENGE), 4),
    "block-with-status-403": (Answer(403, {}, "<html><body><h1>Sorry, you have been blocked</h1></body></html>"), 4),
    "login": (Answer(200, {}, "<html><body><h1>Log in</h1><form><input type=password></form></body></html>"), 4),
    "not-found": (Answer(404, {}, "<html><body><h1>Page not found</h1></body></html>"), 6),
    "soft-404": (Answer(200, {}, "<html><body><h1>Page not found</h1></body></html>"), 6),
    "empty": (Answer(200, {}, ""), 6),
    "pdf": (Answer(200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 ..."), 6),
    "server-error": (Answer(500, {}, "oops"), 5),
    "reset": (Answer(200, {}, "x" * 100, cut=0, reset=True), 5),
    "cut-off": (Answer(200, {}, "<html>" + "x" * 5000, cut=20), 5),
    "off-site-redirect": (Answer(302, {"Location": "https://example.org/search"}, ""), 4),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_first_page_that_cannot_be_had_leaves_no_folder(
    harvest: Harvest, server: Server, tmp_path: Path, fault: str
) -> None:
    answer, code = FAULTS[fault]
    server.intercept = lambda request: answer if request.path == "/search" else None
    ran = crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    assert ran.code == code, ran.err
    assert "Next: " in ran.out and "Traceback" not in ran.err + ran.out
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_later_page_that_cannot_be_had_stops_the_walk_and_keeps_the_rest(
    harvest: Harvest, server: Server, tmp_path: Path, fault: str
) -> None:
    answer, code = FAULTS[fault]
    server.intercept = lambda request: answer if numbered(request.path_qs) >= 4 else None
    ran = crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    assert ran.code == code, ran.err
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 40
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["verdict"], listing["missing"]) == ("incomplete", [[41, 103]])
    assert "40 of 103, missing 41-103" in ran.out and len(ran.out.splitlines()) <= 10
    assert max(numbered(request.path_qs) for request in server.pages()) == 4
    assert len(read_lines(tmp_path / "d" / "rejects.jsonl")) == 1


def test_a_redirect_in_a_circle_is_said_and_not_lost(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: (
        Answer(302, {"Location": request.path_qs}) if numbered(request.path_qs) == 4 else None
    )
    ran = crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    assert (ran.code, len(read_lines(tmp_path / "d" / "records.jsonl"))) == (5, 40)
    assert "redirects in a circle" in ran.out


def test_a_page_whose_rows_were_cut_off_is_asked_again_then_counted_as_short(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    def intercept(request: Request) -> Answer | None:
        if numbered(request.path_qs) != 4:
            return None
        body = server.answer(request).body
        text = body if isinstance(body, str) else body.decode()
        return Answer(200, {}, text[: text.rindex("<tr")])

    server.intercept = intercept
    ran = crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    assert ran.code == 3
    assert [numbered(r.path_qs) for r in server.pages()].count(4) == 3
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["short"], listing["verdict"]) == ([[41, 50]], "incomplete")
    assert listing["rows"] + listing["rejects"] == 102
    assert harvest("verify", tmp_path / "d").code == 3


def test_ctrl_c_keeps_what_was_read_and_exits_with_130(server: Server, tmp_path: Path) -> None:
    import signal
    import subprocess
    import sys
    import time

    server.intercept = lambda request: (
        replace(server.answer(request), delay=0.3) if numbered(request.path_qs) >= 2 else None
    )
    command = [
        sys.executable,
        "-m",
        "harvester",
        "crawl",
        f"{server.url}/search",
        "--site",
        "wilson",
        "--page-size",
        "10",
    ]
    with subprocess.Popen(
        [*command, "-o", str(tmp_path / "d")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as crawler:
        while len(server.pages()) < 4:
            time.sleep(0.05)
        crawler.send_signal(signal.SIGINT)
        out, err = crawler.communicate(timeout=30)
    assert crawler.returncode == 130, err
    assert 20 <= len(read_lines(tmp_path / "d" / "records.jsonl")) < 103
    assert b"incomplete" in out


def test_a_challenge_on_every_page_leaves_the_earlier_dataset_as_it_was(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl(harvest, server, tmp_path / "d")
    before = {path.name: path.read_bytes() for path in (tmp_path / "d").glob("*.json*")}
    server.log.clear()
    server.intercept = lambda request: Answer(403, {"cf-mitigated": "challenge"}, CHALLENGE)
    server.robots = None
    ran = crawl(harvest, server, tmp_path / "d")
    assert ran.code == 4
    assert {path.name: path.read_bytes() for path in (tmp_path / "d").glob("*.json*")} == before
    assert len(server.pages()) <= 1


def test_a_challenge_that_passes_is_asked_again(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    left = [Answer(200, {}, CHALLENGE)] * 2
    server.intercept = lambda request: left.pop() if numbered(request.path_qs) == 4 and left else None
    assert crawl(harvest, server, tmp_path / "d", "--page-size", 10).code == 0
    assert read_lines(tmp_path / "d" / "rejects.jsonl") == []


def test_a_page_of_another_range_is_not_taken(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    wrong = Request("GET", "/search?sort_bef_combine=created_DESC&page=2", {})
    server.intercept = lambda request: server.answer(wrong) if numbered(request.path_qs) == 4 else None
    ran = crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    assert ran.code == 3
    assert "rows from 41 on were asked for" in ran.out


def test_a_failed_run_after_a_good_one_keeps_the_last_complete_one(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl(harvest, server, tmp_path / "d", "--page-size", 10)
    server.intercept = lambda request: FAULTS["server-error"][0] if numbered(request.path_qs) >= 4 else None
    assert crawl(harvest, server, tmp_path / "d", "--page-size", 10).code == 5
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert (listing["verdict"], listing["last_complete"]["run"]) == ("incomplete", 1)
    assert harvest("verify", tmp_path / "d").code == 3


def test_robots_that_disallow_stop_the_crawl(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    server.robots = "User-agent: *\nDisallow: /search\n"
    ran = crawl(harvest, server, tmp_path / "d")
    assert ran.code == 4
    assert server.pages() == []
    assert "robots.txt disallows" in ran.out


@pytest.mark.parametrize(("status", "code"), [(404, 0), (403, 0), (500, 4), (503, 4)])
def test_robots_by_status(harvest: Harvest, server: Server, tmp_path: Path, status: int, code: int) -> None:
    server.intercept = lambda request: Answer(status, {}, "") if request.path == "/robots.txt" else None
    assert crawl(harvest, server, tmp_path / "d").code == code


def test_the_agent_says_who_asks(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d", "--contact", "me@example.org")
    agents = {request.headers["User-Agent"] for request in server.log}
    (agent,) = agents
    assert agent.startswith("archive-harvester/") and agent.endswith("(+me@example.org)")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["https://digitalarchive.wilsoncenter.org/search"], "a contact is missing"),
        (["https://example.org/search"], "no site is known"),
        (["https://digitalarchive.wilsoncenter.org/document/x", "--contact", "a@b.org"], "a document"),
        (["https://digitalarchive.wilsoncenter.org/about", "--contact", "a@b.org"], "no listing"),
        (["https://digitalarchive.wilsoncenter.org/search?page=two", "--contact", "a@b.org"], "no number"),
        (["ftp://digitalarchive.wilsoncenter.org/search"], "no http"),
        (["https://digitalarchive.wilsoncenter.org/search-results/1/%7B%7D", "--contact", "a@b.org"], "present layout"),
        (["http://127.0.0.1:9/search", "--site", "nosuch"], "no site named"),
        (["http://127.0.0.1:9/search", "--site", "wilson", "--contact", "me"], "no mail address"),
        (
            ["http://127.0.0.1:9/search", "--site", "wilson", "--contact", "https://me:pw@b.org"],
            "a contact with a user",
        ),
        (["http://127.0.0.1:9/search", "--site", "wilson", "--page-size", "0"], "page-size"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_usage_is_answered_before_anything_is_asked(harvest: Harvest, args: list[str], said: str) -> None:
    ran = harvest("crawl", *args)
    assert ran.code == 2
    assert said in ran.err and "Traceback" not in ran.err


def test_a_server_that_is_not_there(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("crawl", "http://127.0.0.1:9/search", "--site", "wilson", "-o", tmp_path / "d")
    assert ran.code == 5
    assert "refused" in ran.out
    assert not (tmp_path / "d").exists()


def test_a_dataset_in_use_is_left_alone(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    from harvester.ledger import Ledger

    crawl(harvest, server, tmp_path / "d")
    ledger = Ledger(tmp_path / "d", "wilson")
    try:
        ran = crawl(harvest, server, tmp_path / "d")
    finally:
        ledger.close()
    assert ran.code == 7
    assert "in use" in ran.err


def test_a_listing_that_has_none_is_complete_with_none(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    ran = crawl(harvest, server, tmp_path / "d", path="/search?search_api_fulltext=nosuchword")
    assert ran.code == 0
    assert [bool("nosuchword" in request.query) for request in server.pages()] == [True, False, True]
    assert "0 of 0 - complete" in ran.out


def test_a_search_that_is_down_is_not_a_listing_of_none(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    none = server.answer(Request("GET", "/search?search_api_fulltext=nosuchword", {}))
    server.intercept = lambda request: none if request.path == "/search" else None
    ran = crawl(harvest, server, tmp_path / "d", path="/search?f[0]=topics:1")
    assert ran.code == 5
    assert "for the whole archive either: it is down" in ran.out
    assert read_json(tmp_path / "d" / "coverage.json")["listings"][0]["verdict"] == "unverifiable"


def test_no_results_that_pass_are_not_believed(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    none = server.answer(Request("GET", "/search?search_api_fulltext=nosuchword", {}))
    server.intercept = lambda request: none if len(server.pages()) == 1 else None
    ran = crawl(harvest, server, tmp_path / "d")
    assert ran.code == 0
    assert "103 of 103 - complete" in ran.out


def test_plain_scrapy_yields_records_once_and_writes_no_dataset(server: Server, tmp_path: Path) -> None:
    import subprocess
    import sys

    from conftest import ROOT

    facet = next(f for record in server.archive.records for f in record.facets)
    urls = f"url={server.url}/search {server.url}/search?f[0]={facet}"
    command = [sys.executable, "-m", "scrapy", "crawl", "listing", "-a", urls, "-a", "site=wilson", "-O"]
    done = subprocess.run([*command, str(tmp_path / "r.jsonl")], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
    records = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert len(records) == len({record["id"] for record in records}) == 103
    assert [path.name for path in tmp_path.iterdir()] == ["r.jsonl"]


@pytest.mark.parametrize(
    "arguments", [["-a", "url=https://digitalarchive.wilsoncenter.org/search"], []], ids=["contact", "url"]
)
def test_plain_scrapy_refuses_with_2(tmp_path: Path, arguments: list[str]) -> None:
    import subprocess
    import sys

    from conftest import ROOT

    command = [sys.executable, "-m", "scrapy", "crawl", "listing", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
