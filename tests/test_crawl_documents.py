"""`crawl --documents` follows each record once, politely and patiently, and goes on where it was killed."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from conftest import Harvest, Ran, read_lines

from harvester.dataset.run import Result
from harvester.errors import Exit
from harvester.sample import Answer, Archive, Request, Server, running
from tests.soak.engine import Clock, crawl, run

CHALLENGE = Answer(200, {}, "<html><title>Just a moment...</title><body>cf-chl</body></html>")


@pytest.fixture
def few() -> Iterator[Server]:
    """Serve an archive of twelve records."""
    with running(Archive(12)) as server:
        yield server


def asked(server: Server) -> list[str]:
    """Return the documents that were asked for, in order."""
    return [request.path for request in list(server.log) if request.path.startswith("/document/")]


def shown(server: Server) -> list[str]:
    """Return the addresses of all records, in the order of the listing."""
    return [record.path for record in sorted(server.archive.records, key=lambda r: -r.created)]


def follow(server: Server, folder: Path, clock: Clock | None = None, **more: Any) -> Result:
    urls = [f"{server.url}/search"]
    return run(crawl(urls, folder, clock or Clock(), wanted="documents", **more))


def documents(folder: Path) -> list[dict[str, Any]]:
    return read_lines(folder / "documents.jsonl")


def answers_at(server: Server, number: int, answer: Callable[[Request], Answer | None]) -> None:
    """Put an answer in the place of the n-th document that is asked for, counted from 0, and all after it."""
    seen: list[str] = []

    def intercept(request: Request) -> Answer | None:
        if not request.path.startswith("/document/"):
            return None
        seen.append(request.path)
        return answer(request) if len(seen) > number else None

    server.intercept = intercept


def failures(folder: Path) -> list[tuple[str, str, str]]:
    """Return what the ledger keeps of what could not be had: what was wanted, where, why."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        return db.execute("SELECT wanted, url, reason FROM reject WHERE wanted IS NOT NULL ORDER BY 1, 2, 3").fetchall()


def test_each_record_is_followed_once_in_the_order_of_the_listing(server: Server, tmp_path: Path) -> None:
    result = follow(server, tmp_path / "d")
    assert result.code == Exit.COMPLETE, result.lines
    assert asked(server) == shown(server)
    assert [request.path for request in server.log if request.path != "/robots.txt"][:2] == ["/search"] * 2
    assert {line["id"] for line in documents(tmp_path / "d")} == {
        line["id"] for line in read_lines(tmp_path / "d" / "records.jsonl")
    }


def test_what_is_held_is_not_asked_for_again(few: Server, tmp_path: Path) -> None:
    follow(few, tmp_path / "d")
    first = (tmp_path / "d" / "documents.jsonl").read_bytes()
    few.log.clear()
    assert follow(few, tmp_path / "d").code == Exit.COMPLETE
    assert asked(few) == []
    assert (tmp_path / "d" / "documents.jsonl").read_bytes() == first


def test_a_record_of_which_the_listing_says_something_new_is_followed_again(few: Server, tmp_path: Path) -> None:
    clock = Clock()
    follow(few, tmp_path / "d", clock)
    edited = few.archive.records[4]
    few.archive.change(edited.node, summary=("It was written anew.",))
    few.log.clear()
    clock.time += timedelta(days=1)
    assert follow(few, tmp_path / "d", clock).code == Exit.COMPLETE
    assert asked(few) == [edited.path]
    clock.time += timedelta(days=1)
    few.log.clear()
    follow(few, tmp_path / "d", clock)
    assert asked(few) == []


def test_a_record_of_which_the_listing_says_again_what_it_said_once_is_followed_again(
    few: Server, tmp_path: Path
) -> None:
    clock, edited = Clock(), few.archive.records[4]
    followed = []
    for said in (edited.summary, ("For a night only.",), *[edited.summary] * 4):
        few.archive.change(edited.node, summary=said)
        few.log.clear()
        follow(few, tmp_path / "d", clock)
        followed.append(asked(few))
        clock.time += timedelta(days=1)
    assert followed[1:] == [[edited.path], [edited.path], [], [], []]
    (told,) = (line["summary"] for line in documents(tmp_path / "d") if line["url"].endswith(edited.path))
    assert told == edited.summary[0]


def test_without_being_told_to_a_crawl_follows_nothing(few: Server, tmp_path: Path) -> None:
    run(crawl([f"{few.url}/search"], tmp_path / "d", Clock()))
    assert asked(few) == []


def test_two_listings_share_their_documents(few: Server, tmp_path: Path) -> None:
    urls = [f"{few.url}/search", f"{few.url}/search?search_api_fulltext=telegram"]
    result = run(crawl(urls, tmp_path / "d", Clock(), wanted="documents"))
    assert result.code == Exit.COMPLETE, result.lines
    assert asked(few) == shown(few)


def test_requests_keep_the_gap_of_the_listings(few: Server, tmp_path: Path) -> None:
    few.robots = "User-agent: *\nCrawl-delay: 7\n"
    clock = Clock()
    times: list[float] = []
    few.intercept = lambda request: times.append(sum(clock.slept)) if request.path != "/robots.txt" else None  # type: ignore[func-returns-value]
    follow(few, tmp_path / "d", clock)
    assert len(times) == 14
    assert all(after - before > 6.9 for before, after in pairwise(times))


def test_a_document_that_is_gone_is_told_and_the_next_is_asked_for(few: Server, tmp_path: Path) -> None:
    gone = shown(few)[3]
    few.intercept = lambda request: Answer(404, {}, "<h1>Page not found</h1>") if request.path == gone else None
    result = follow(few, tmp_path / "d")
    assert result.code == Exit.INCOMPLETE
    assert asked(few) == shown(few)
    assert len(documents(tmp_path / "d")) == 11
    assert failures(tmp_path / "d") == [("document", f"https://digitalarchive.wilsoncenter.org{gone}", "not-found")]
    few.intercept = None
    few.log.clear()
    assert follow(few, tmp_path / "d").code == Exit.COMPLETE
    assert asked(few) == [gone]
    assert len(documents(tmp_path / "d")) == 12


def halved(page: bytes) -> bytes:
    """Return a page that breaks off amid what it says of its document."""
    return page[: page.index(b"</h1>") + (len(page) - page.index(b"</h1>")) // 4]


FAULTS = {
    "other-document": lambda server, path: replace(
        server.answer(Request("GET", shown(server)[5 if path == shown(server)[2] else 2], {})), delay=0
    ),
    "cut-document": lambda server, path: Answer(200, {}, halved(server.answer(Request("GET", path, {})).data)),
    "not-a-document": lambda server, path: Answer(200, {}, "<html><body><p>Nothing of the kind.</p></body></html>"),
    "server-error": lambda server, path: Answer(503, {}, "<h1>Service Unavailable</h1>"),
    "cut-off": lambda server, path: replace(server.answer(Request("GET", path, {})), cut=200),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_comes_wrong_twice_and_then_right_leaves_no_trace(few: Server, tmp_path: Path, kind: str) -> None:
    bad, met = shown(few)[2], Counter[str]()

    def intercept(request: Request) -> Answer | None:
        met[request.path] += 1
        return FAULTS[kind](few, request.path) if request.path == bad and met[bad] < 3 else None

    few.intercept = intercept
    result = follow(few, tmp_path / "d")
    assert result.code == Exit.COMPLETE, result.lines
    assert met[bad] == 3
    assert failures(tmp_path / "d") == []
    assert len(documents(tmp_path / "d")) == 12


@pytest.mark.parametrize("kind", FAULTS)
def test_what_never_comes_right_is_told_and_the_others_are_had(few: Server, tmp_path: Path, kind: str) -> None:
    bad = shown(few)[2]
    few.intercept = lambda request: FAULTS[kind](few, request.path) if request.path == bad else None
    assert follow(few, tmp_path / "d").code == Exit.INCOMPLETE
    assert [(wanted, reason) for wanted, _, reason in failures(tmp_path / "d")] == [("document", kind)]
    assert len(documents(tmp_path / "d")) == 11


def test_an_address_that_leads_on_is_one_of_the_documents(few: Server, tmp_path: Path) -> None:
    record = few.archive.records[6]
    old = f"{record.path}-0"
    few.intercept = lambda request: _moved(few, request, old, record.path)
    assert follow(few, tmp_path / "d").code == Exit.COMPLETE
    (line,) = [line for line in documents(tmp_path / "d") if line["url"].endswith((old, record.path))]
    with closing(sqlite3.connect(tmp_path / "d" / "ledger.sqlite")) as db:
        held = {url for (url,) in db.execute("SELECT url FROM address")}
    assert f"https://digitalarchive.wilsoncenter.org{old}" in held
    few.log.clear()
    follow(few, tmp_path / "d")
    assert asked(few) == []
    assert line["title"] == record.title.replace("\n", " ")


def _moved(server: Server, request: Request, old: str, new: str) -> Answer | None:
    """Show a record in the listing by an address that leads to another one."""
    if request.path == old:
        return Answer(301, {"Location": new}, b"")
    if request.path == "/search":
        answer = server.answer(request)
        return replace(answer, body=re.sub(rf'{new}(?=["?#])', old, answer.data.decode()))
    return None


def test_a_record_that_leads_to_another_of_its_listing_stays_a_record(few: Server, tmp_path: Path) -> None:
    gone, other = few.archive.records[6], few.archive.records[3]
    few.intercept = lambda request: Answer(301, {"Location": other.path}, b"") if request.path == gone.path else None
    result = follow(few, tmp_path / "d")
    assert result.code == Exit.INCOMPLETE and any("12 of 12 - complete" in line for line in result.lines)
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 12 and len(documents(tmp_path / "d")) == 11
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert reject["reason"] == "addresses-contradict" and gone.path in reject["message"]


def test_an_address_that_leads_over_another_id_is_not_followed_there(few: Server, tmp_path: Path) -> None:
    gone, other = few.archive.records[6], few.archive.records[3]
    ways = {gone.path: "/document/999999", "/document/999999": other.path}
    few.intercept = lambda request: Answer(302, {"Location": w}, b"") if (w := ways.get(request.path)) else None
    assert follow(few, tmp_path / "d").code == Exit.INCOMPLETE
    assert [(wanted, reason) for wanted, _, reason in failures(tmp_path / "d")] == [("document", "other-document")]
    assert len(documents(tmp_path / "d")) == 11


def test_three_challenges_end_the_crawl_and_the_next_goes_on(few: Server, tmp_path: Path) -> None:
    answers_at(few, 4, lambda request: CHALLENGE)
    result = follow(few, tmp_path / "d")
    assert result.code == Exit.REFUSED
    assert asked(few) == [*shown(few)[:4], *[shown(few)[4]] * 3]
    few.intercept = None
    few.log.clear()
    assert follow(few, tmp_path / "d").code == Exit.COMPLETE
    assert asked(few) == shown(few)[4:]


def test_a_crawl_that_was_refused_at_its_listing_follows_nothing(few: Server, tmp_path: Path) -> None:
    follow(few, tmp_path / "d")
    few.archive.add("A new one", "May 1, 1950")
    few.log.clear()
    few.intercept = lambda request: CHALLENGE if request.path == "/search" else None
    assert follow(few, tmp_path / "d").code == Exit.REFUSED
    assert asked(few) == []


def test_a_listing_that_is_down_keeps_no_document_back(few: Server, tmp_path: Path) -> None:
    run(crawl([f"{few.url}/search"], tmp_path / "d", Clock()))
    few.intercept = lambda request: Answer(404, {}, "<h1>Page not found</h1>") if request.path == "/search" else None
    follow(few, tmp_path / "d")
    assert asked(few) == shown(few)


@pytest.mark.parametrize(("seconds", "code"), [(120, Exit.COMPLETE), (3600, Exit.UNREACHABLE)])
def test_a_retry_after_amid_documents_is_kept_to(few: Server, tmp_path: Path, seconds: int, code: Exit) -> None:
    clock, bad = Clock(), shown(few)[5]
    times: list[float] = []

    def intercept(request: Request) -> Answer | None:
        if request.path != bad:
            return None
        times.append(clock.time.timestamp())
        return Answer(429, {"Retry-After": str(seconds)}, "") if len(times) == 1 else None

    few.intercept = intercept
    assert follow(few, tmp_path / "d", clock).code == code
    if code == Exit.COMPLETE:
        assert times[1] - times[0] >= seconds
    else:
        assert asked(few) == shown(few)[:6]
        few.log.clear()
        follow(few, tmp_path / "d", clock)
        assert few.log == []  # within the pause nothing is asked at all
        clock.time += timedelta(hours=1)
        assert follow(few, tmp_path / "d", clock).code == Exit.COMPLETE
        assert asked(few) == shown(few)[5:]


def test_three_documents_out_of_reach_in_a_row_end_the_crawl(few: Server, tmp_path: Path) -> None:
    answers_at(few, 2, lambda request: Answer(503, {}, "<h1>Service Unavailable</h1>"))
    assert follow(few, tmp_path / "d").code == Exit.UNREACHABLE
    assert asked(few) == shown(few)[:2] + [path for path in shown(few)[2:5] for _ in range(3)]
    assert len(documents(tmp_path / "d")) == 2


def test_documents_that_robots_txt_forbids_are_not_asked_for(few: Server, tmp_path: Path) -> None:
    few.robots = "User-agent: *\nDisallow: /document/\n"
    result = follow(few, tmp_path / "d")
    assert result.code == Exit.REFUSED
    assert "documents: 0 of 12 read, 12 missing, 12 failures (12 robots) - incomplete" in result.lines
    assert asked(few) == []
    assert {reason for _, _, reason in failures(tmp_path / "d")} == {"robots"}
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 12


def test_a_fresh_build_fetches_its_documents_anew(few: Server, tmp_path: Path) -> None:
    follow(few, tmp_path / "d")
    few.log.clear()
    assert follow(few, tmp_path / "d", anew=True).code == Exit.COMPLETE
    assert asked(few) == shown(few)
    assert len(documents(tmp_path / "d")) == 12


def command(server: Server, folder: Path, *more: str) -> list[str]:
    crawled = ["crawl", f"{server.url}/search", "--site", "wilson", "--page-size", "25", "-o", str(folder)]
    return [sys.executable, "-m", "harvester", *crawled, *more]


def begin(server: Server, folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PYTHONWARNINGS": "error"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command(server, folder, *more), stdout=pipe, stderr=pipe, cwd=folder.parent, env=clean)


def end_at(server: Server, number: int, crawler: "subprocess.Popen[bytes]", with_signal: signal.Signals) -> Ran:
    """Send a signal when the n-th document is asked for."""
    until = monotonic() + 60
    while len(asked(server)) < number and crawler.poll() is None and monotonic() < until:
        sleep(0.002)
    crawler.send_signal(with_signal)
    out, err = crawler.communicate(timeout=60)
    return Ran(crawler.returncode, out.decode(), err.decode())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what an undisturbed crawl of the 103 records publishes of records and documents."""
    folder = tmp_path_factory.mktemp("undisturbed") / "d"
    with running(Archive()) as server:
        assert follow(server, folder).code == Exit.COMPLETE
    return published(folder)


def published(folder: Path) -> dict[str, bytes]:
    """Return records, documents and texts as they are published."""
    paths = [folder / "records.jsonl", folder / "documents.jsonl", *folder.glob("texts/*")]
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("seed", range(4))
def test_killed_anywhere_it_goes_on_and_asks_for_nothing_that_it_kept(
    server: Server, tmp_path: Path, undisturbed: dict[str, bytes], seed: int
) -> None:
    chance, kills = random.Random(seed), 0
    server.intercept = lambda request: replace(server.answer(request), delay=chance.random() / 100)
    for _ in range(3):
        crawler = begin(server, tmp_path / "d", "--documents")
        kills += end_at(server, len(asked(server)) + chance.randint(1, 40), crawler, signal.SIGKILL).code < 0
    crawler = begin(server, tmp_path / "d", "--documents")
    out, err = crawler.communicate(timeout=60)
    assert crawler.returncode == 0, (seed, out, err)
    assert published(tmp_path / "d") == undisturbed
    assert len(asked(server)) <= 103 + kills, (seed, Counter(asked(server)).most_common(5))
    assert set(asked(server)) == set(shown(server))
    assert len([request for request in server.log if request.path == "/search"]) <= 5 + kills


def test_ctrl_c_ends_it_amid_documents_and_publishes_what_it_has(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: replace(server.answer(request), delay=0.02)
    ran = end_at(server, 10, begin(server, tmp_path / "d", "--documents"), signal.SIGINT)
    assert ran.code == 130, ran.err
    assert 8 <= len(documents(tmp_path / "d")) <= len(asked(server)) < 20
    held = len(documents(tmp_path / "d"))
    server.intercept = None
    server.log.clear()
    crawler = begin(server, tmp_path / "d", "--documents")
    out, err = crawler.communicate(timeout=60)
    assert crawler.returncode == 0, (out, err)
    assert f"documents: going on after {held} of 103" in err.decode()
    assert len(asked(server)) == 103 - held


def test_the_command_says_what_documents_would_cost_and_how_far_it_is(
    harvest: Harvest, few: Server, tmp_path: Path
) -> None:
    url = f"{few.url}/search"
    ran = harvest("crawl", url, "--site", "wilson", "--documents", "--dry-run")
    assert "12 documents: at most 12 requests more, about 0 minutes" in ran.out
    assert asked(few) == []
    ran = harvest("crawl", url, "--site", "wilson", "--documents", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err
    assert "documents: 12 of 12" in ran.err


def test_under_scrapy_itself_nothing_is_followed(few: Server, tmp_path: Path) -> None:
    crawl_by = ["crawl", "listing", "-a", f"url={few.url}/search", "-a", "site=wilson", "-O", "records.jsonl"]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *crawl_by],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "SCRAPY_SETTINGS_MODULE": "harvester.settings", "HOME": str(tmp_path)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert len(read_lines(tmp_path / "records.jsonl")) == 12
    assert asked(few) == []


def test_an_error_nobody_foresaw_in_a_listing_ends_the_crawl(
    few: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harvester.harvest.walk import ListingWalk

    def fail(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    run(crawl([f"{few.url}/search"], tmp_path / "d", Clock()))
    monkeypatch.setattr(ListingWalk, "check", fail)
    follow(few, tmp_path / "d")
    assert asked(few) == []
