"""Night after night into one dataset: what is forgotten changes nothing that is told, and no run gets stuck."""

import random
import re
import shutil
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import read_json, read_lines

from harvester.dataset.verify import verify
from harvester.sample import Answer, Archive, Request, Server, running
from tests.soak.engine import Clock, crawl, run


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def facets_of(archive: Archive) -> list[str]:
    return sorted({facet for record in archive.records for facet in record.facets})


def listing_url(server: Server, facet: str) -> str:
    return f"{server.url}/search?f%5B0%5D={facet}"


def verdicts(folder: Path) -> dict[str, str]:
    return {listing["listing"]: listing["verdict"] for listing in read_json(folder / "coverage.json")["listings"]}


def sound(folder: Path) -> bool:
    findings, _ = verify(folder)
    return findings.faults == []


@contextmanager
def forgetting(monkeypatch: pytest.MonkeyPatch, *, really: bool):
    with monkeypatch.context() as patched:
        if not really:
            patched.setattr("harvester.ledger.chronicle.forget", lambda db, spent: None)
        yield


def change_something(archive: Archive, rng: random.Random, night: int, facets: list[str], gone: list[Any]) -> None:
    record = rng.choice(archive.records)
    match rng.choice(["title", "summary", "facets", "add", "remove", "return"]):
        case "title":
            archive.change(record.node, title=rng.choice(["One title", "Another title", record.title]))
        case "summary":
            archive.change(record.node, summary=[f"Summary {rng.randrange(2)}."])
        case "facets":
            archive.change(record.node, facets=rng.sample(facets, rng.randrange(1, 3)))
        case "add":
            archive.add(f"New in night {night}: {rng.random()}", "June 1, 1960", facets=facets[:1])
        case "remove":
            gone.append(archive.remove(record.node))
        case "return" if gone:
            archive.restore(gone.pop())


def nights(folder: Path, seed: int, count: int = 7) -> dict[str, str]:
    """Harvest for some nights, each with its changes, some with drift or a fault; return what is published."""
    rng, clock, gone = random.Random(seed), Clock(), list[Any]()
    with running(Archive(45)) as server:
        facets = facets_of(server.archive)[:3]
        for night in range(count):
            clock.time = clock.time.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
            for _ in range(rng.randrange(4)):
                change_something(server.archive, rng, night, facets, gone)
            wanted = [f"{server.url}/search", *(listing_url(server, facet) for facet in facets[:2])]
            urls = [url for url in wanted if rng.random() < 0.7] or wanted[:1]
            server.intercept = disturb(server, rng, night)
            run(crawl(urls, folder, clock, page_size=10))
    files = ("records.jsonl", "provenance.jsonl", "rejects.jsonl", "coverage.json")
    return {name: (folder / name).read_text(encoding="utf-8") for name in files}


def disturb(server: Server, rng: random.Random, night: int):
    begun, drift, fails_after = (
        len(server.pages()),
        rng.random() < 0.3,
        rng.randrange(1, 5) if rng.random() < 0.3 else 999,
    )

    def intercept(request: Request) -> Answer | None:
        asked = len(server.pages()) - begun
        if request.path == "/search" and drift and asked == 2:
            server.archive.add(f"Came in night {night}", "June 1, 1960")
        return Answer(404, {}, "<h1>Page not found</h1>") if request.path == "/search" and asked > fails_after else None

    return intercept


def told(text: str) -> str:
    """Return a file without times of the day and numbers of pages, which differ by as much as a look at the clock."""
    return re.sub(r'"page":\d+|"pages(?:_before)?": \[[^"]*\]|\d\d:\d\d:\d\d(?:\.\d+)?Z?', "", text)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_forgotten_changes_nothing_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    published = []
    for really in (True, False):
        with forgetting(monkeypatch, really=really):
            published.append(nights(tmp_path / str(really), seed))
        assert sound(tmp_path / str(really))
    for name, text in published[0].items():
        assert told(text) == told(published[1][name]), name


def test_nights_of_drift_do_not_add_up_either(server: Server, tmp_path: Path) -> None:
    clock, pages = Clock(), []
    for _ in range(6):
        begun = len(server.pages())
        server.intercept = lambda request, begun=begun: (
            server.archive.add(f"Late, {len(server.archive.records)}", "June 1, 1960") and None
            if request.path == "/search" and len(server.pages()) == begun + 6
            else None
        )
        run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10))
        with sqlite3.connect(tmp_path / "d" / "ledger.sqlite") as db:
            pages.append(db.execute("SELECT count(*) FROM page").fetchone()[0])
        db.close()
    assert pages[-1] <= pages[1] + 6


def test_a_listing_that_could_not_be_tried_keeps_its_certificate(server: Server, tmp_path: Path) -> None:
    clock, facets = Clock(), facets_of(server.archive)
    one, other = (listing_url(server, facet) for facet in facets[:2])
    for _ in range(2):
        run(crawl([one], tmp_path / "d", clock))
        clock.time += timedelta(days=1)
    server.intercept = lambda request: (
        Answer(404, {}, "<h1>Page not found</h1>") if facets[0].replace(":", "%3A") in request.path_qs else None
    )
    run(crawl([one, other], tmp_path / "d", clock))
    assert verdicts(tmp_path / "d")[f"/search?f={facets[0]}"] == "not walked"
    server.intercept = None
    run(crawl([other], tmp_path / "d", clock))
    assert set(verdicts(tmp_path / "d").values()) == {"complete"}
    assert sound(tmp_path / "d")


def test_the_newest_pass_gives_the_record(server: Server, tmp_path: Path) -> None:
    changed = server.archive.records[-3]

    def intercept(request: Request) -> None:
        if request.path == "/search" and len(server.pages()) == 6:
            server.archive.change(changed.node, title="A title mended meanwhile")
            server.archive.add("A note that came late", "June 1, 1960")

    server.intercept = intercept
    assert run(crawl([f"{server.url}/search"], tmp_path / "d", Clock(), page_size=10)).code == 0
    titles = {record["url"]: record["title"] for record in read_lines(tmp_path / "d" / "records.jsonl")}
    assert next(title for url, title in titles.items() if url.endswith(changed.path)) == "A title mended meanwhile"


def test_a_site_that_gives_smaller_pages_now_is_walked_anew(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.intercept = lambda request: (
        Answer(500, {}, "oops") if request.path == "/search" and len(server.pages()) > 2 else None
    )
    assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=25)).code == 5
    server.intercept = None
    server.archive.honoured_sizes = (10,)
    assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=25)).code == 0
    assert verdicts(tmp_path / "d") == {"/search": "complete"}


def test_a_run_that_used_up_its_passes_does_not_use_up_the_next_ones(tmp_path: Path) -> None:
    clock, done = Clock(), set[int]()
    with running(Archive(103)) as server:

        def intercept(request: Request) -> None:
            last = (len(server.archive.records) - 1) // 10
            if numbered(request) == last and last not in done and len(done) < 5:  # it vanishes as it is asked for
                done.add(last)
                while len(server.archive.records) > last * 10:
                    server.archive.remove(server.archive.records[-1].node)

        server.intercept = intercept
        assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10)).code == 3
        assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10)).code == 0
    assert verdicts(tmp_path / "d") == {"/search": "complete"}


def test_a_walk_of_last_month_is_not_gone_on_with(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.intercept = lambda request: Answer(500, {}, "oops") if numbered(request) >= 5 else None
    run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10))
    server.intercept = None
    server.log.clear()
    clock.time += timedelta(days=30)
    assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10)).code == 0
    assert [numbered(request) for request in server.pages()] == list(range(11))
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert listing["captured"]["first"] > "2026-03-30"


def test_an_honest_account_of_an_empty_look_verifies(server: Server, tmp_path: Path) -> None:
    facet = facets_of(server.archive)[0]
    none = server.answer(Request("GET", "/search?search_api_fulltext=nosuchword", {}))
    looks = [none, None, Answer(404, {}, "<h1>Page not found</h1>"), *[Answer(404, {}, "<h1>Page not found</h1>")] * 9]
    server.intercept = lambda request: looks.pop(0) if "f%5B" in request.path_qs else None
    assert run(crawl([listing_url(server, facet)], tmp_path / "d", Clock())).code == 6
    assert verdicts(tmp_path / "d") == {f"/search?f={facet}": "drifted"}
    assert sound(tmp_path / "d")


@pytest.mark.parametrize("between", ["killed", "nothing-came"])
def test_a_row_that_could_not_be_read_is_told_of_whatever_was_tried_in_vain_since(
    server: Server, tmp_path: Path, between: str
) -> None:
    folder, clock = tmp_path / "d", Clock()
    facets = facets_of(server.archive)

    def broken_off(request: Request) -> Answer | None:
        text = server.answer(request).data.decode()
        return Answer(200, {}, text[: text.rindex("</td>")]) if request.path == "/search" else None

    server.intercept = broken_off
    assert run(crawl([listing_url(server, facets[0])], folder, clock, page_size=100)).code == 3
    told = (folder / "rejects.jsonl").read_bytes()
    assert told.count(b"\n") == 1

    def none_came(request: Request) -> Answer | None:
        if between == "killed" and request.path == "/search":
            shutil.copytree(folder, tmp_path / "killed", dirs_exist_ok=True)
        return Answer(404, {}, "Page not found") if request.path == "/search" else None

    server.intercept = none_came
    run(crawl([listing_url(server, facets[0])], folder, clock, page_size=100))
    if between == "killed":
        folder = tmp_path / "killed"
    server.intercept = None
    assert run(crawl([listing_url(server, facets[1])], folder, clock, page_size=100)).code == 0
    assert sound(folder)
    assert told in (folder / "rejects.jsonl").read_bytes()
