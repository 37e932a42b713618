"""Updates ask only for pages that changed, and what a server confirms is as good as a page that came."""

import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, read_json, read_lines
from scrapy import Request as Asked
from scrapy.http import TextResponse

from harvester.dataset.run import Result
from harvester.dataset.update import Manner
from harvester.dataset.verify import verify
from harvester.harvest.confirmed import is_plain
from harvester.items import Counter, Entry, Reading, Reject
from harvester.sample import Answer, Archive, Request, Server, running
from harvester.sample.habits import Habits
from harvester.sites import find_site
from harvester.spiders.conditions import validators_of
from tests.soak.engine import Clock, crawl, run

FULL = Manner(full=True)
CONDITIONS = ("If-None-Match", "If-Modified-Since")


def update(server: Server, folder: Path, clock: Clock, manner: Manner = FULL, **arguments: Any) -> Result:
    clock.time += timedelta(days=1)
    server.log.clear()
    server.sent.clear()
    return run(crawl([f"{server.url}/search"], folder, clock, manner=manner, **{"page_size": 25, **arguments}))


def answers(server: Server) -> list[int]:
    """Return the status of each listing page that was answered."""
    return [sent.status for asked, sent in zip(server.log, server.sent, strict=True) if asked.path == "/search"]


def conditions(server: Server) -> int:
    return sum(any(name in request.headers for name in CONDITIONS) for request in server.pages())


def verdict(folder: Path) -> str:
    (listing,) = read_json(folder / "coverage.json")["listings"]
    return str(listing["verdict"])


def sound(folder: Path) -> bool:
    findings, _ = verify(folder)
    assert findings.faults == []
    return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(server: Server, tmp_path: Path, clock: Clock) -> Path:
    """Return a folder in which the archive was crawled whole, 25 rows a page."""
    assert run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=25)).code == 0
    assert conditions(server) == 0
    return tmp_path / "d"


def test_an_unchanged_archive_is_confirmed_page_by_page(server: Server, folder: Path, clock: Clock) -> None:
    before = (folder / "records.jsonl").read_bytes()
    for night in (2, 3, 4):
        assert update(server, folder, clock).code == 0
        assert answers(server) == [304] * 5
        assert sum(sent.size for sent in server.sent if sent.status == 304) == 0
        assert verdict(folder) == "complete"
        assert (folder / "records.jsonl").read_bytes() == before
        assert sound(folder)
        captures = [line["captures"] for line in read_lines(folder / "provenance.jsonl")]
        assert {told[-1]["captured_at"][:10] for told in captures} == {f"2026-03-0{night}"}
        assert all(len({capture["digest"] for capture in told}) == 1 for told in captures)
    assert {line["change"] for line in read_lines(folder / "changes.jsonl")} == {"added"}


def test_a_look_at_what_did_not_change_costs_no_page_at_all(server: Server, folder: Path, clock: Clock) -> None:
    for _ in range(3):
        assert update(server, folder, clock, Manner()).code == 0
        assert answers(server) == [304]


def test_only_the_page_that_changed_comes(server: Server, folder: Path, clock: Clock) -> None:
    server.archive.change(server.archive.records[40].node, summary=["Another summary."])
    assert update(server, folder, clock).code == 0
    assert sorted(answers(server)) == [200, 304, 304, 304, 304]
    assert "Another summary." in {record["summary"] for record in read_lines(folder / "records.jsonl")}
    assert verdict(folder) == "complete"
    assert update(server, folder, clock).code == 0
    assert answers(server) == [304] * 5
    assert sound(folder)


def test_a_new_record_changes_every_page(server: Server, folder: Path, clock: Clock) -> None:
    server.archive.add("Came last night", "June 1, 1960")
    assert update(server, folder, clock).code == 0
    assert answers(server) == [200] * 5
    assert "Came last night" in {record["title"] for record in read_lines(folder / "records.jsonl")}


@pytest.mark.parametrize(("kind", "asked"), [("none", 0), ("changing", 5), ("both", 5), ("modified", 0)])
def test_servers_of_all_kinds_are_updated(tmp_path: Path, clock: Clock, kind: Any, asked: int) -> None:
    with running(Archive()) as server:
        server.archive.habits = Habits(validators=kind)
        assert update(server, tmp_path / "d", clock).code == 0
        assert update(server, tmp_path / "d", clock).code == 0
        assert (conditions(server), verdict(tmp_path / "d")) == (asked, "complete")
        assert set(answers(server)) == ({304} if kind == "both" else {200})


def test_a_last_modified_of_long_ago_is_asked_by(tmp_path: Path, clock: Clock) -> None:
    with running(Archive(), now=clock.now) as server:
        server.archive.habits = Habits(validators="modified")
        for status in (200, 304):
            assert update(server, tmp_path / "d", clock).code == 0
            assert answers(server) == [status] * 5
        server.archive.change(server.archive.records[-1].node, title="Another title than before")
        assert update(server, tmp_path / "d", clock).code == 0
        assert sorted(answers(server)) == [200, 304, 304, 304, 304]
        assert "Another title than before" in {record["title"] for record in read_lines(tmp_path / "d/records.jsonl")}


def unasked(request: Request) -> Answer | None:
    return Answer(304) if request.path == "/search" else None


def test_a_page_that_nobody_asked_about_is_asked_for_again(server: Server, folder: Path, clock: Clock) -> None:
    once = iter([Answer(304)])
    server.intercept = lambda request: next(once, None) if "&page=2" in request.path_qs else None
    assert update(server, folder, clock, replace(FULL, whole_pages=True)).code == 0
    assert (answers(server), verdict(folder)) == ([200, 200, 304, 200, 200, 200], "complete")


def test_a_server_that_has_no_page_to_give_is_told_of(server: Server, folder: Path, clock: Clock) -> None:
    before = (folder / "records.jsonl").read_bytes()
    server.intercept = unasked
    result = update(server, folder, clock, replace(FULL, whole_pages=True))
    assert result.code != 0
    assert any("was not asked that" in line for line in result.lines), result.lines
    assert (folder / "records.jsonl").read_bytes() == before
    assert len(answers(server)) == 3
    assert conditions(server) == 0


def test_a_confirmation_that_contradicts_the_total_is_not_believed(server: Server, folder: Path, clock: Clock) -> None:
    """A cache before the site holds an old page: it says that nothing changed, though a record came."""
    server.archive.add("Came last night", "June 1, 1960")
    stale = ("page=1", "page=3")
    server.intercept = lambda request: (
        Answer(304) if "If-None-Match" in request.headers and request.path_qs.endswith(stale) else None
    )
    assert update(server, folder, clock).code == 0
    assert (answers(server), verdict(folder)) == ([200, 304, 200, 200, 304, 200, 200], "complete")
    assert "Came last night" in {record["title"] for record in read_lines(folder / "records.jsonl")}


def test_a_redirect_to_another_page_confirms_nothing(server: Server, folder: Path, clock: Clock) -> None:
    def intercept(request: Request) -> Answer | None:
        if "&page=1" in request.path_qs and "If-None-Match" in request.headers:
            if request.path_qs.endswith("&again=1"):
                return Answer(304)
            return Answer(302, {"Location": request.path_qs + "&again=1"})
        return None

    server.intercept = intercept
    assert update(server, folder, clock).code == 0
    assert answers(server) == [304, 302, 304, 200, 304, 304, 304]


PAGER = re.compile(r'<nav class="pager".*?</nav>', re.S)


def cut_off(server: Server, request: Request) -> Answer:
    """Return a page as a script leaves it that died in its last row: half a summary, and no pager."""
    answer = server.answer(request)
    return replace(answer, body=PAGER.sub("", answer.data.decode()))


def test_a_confirmed_page_tells_of_its_pager_too(server: Server, folder: Path, clock: Clock) -> None:
    """One page comes without a pager: that it lacks one is known by those that did not come."""
    server.archive.change(server.archive.records[40].node, summary=["Another summary."])
    cut = cut_off(server, Request("GET", "/search?sort_bef_combine=created_DESC&items_per_page=25&page=2", {}))
    assert (
        cut.data
        != server.answer(Request("GET", "/search?sort_bef_combine=created_DESC&items_per_page=25&page=2", {})).data
    )
    server.intercept = lambda request: cut_off(server, request) if "&page=2" in request.path_qs else None
    assert update(server, folder, clock).code == 3
    assert verdict(folder) == "incomplete"
    assert "cut-off" in {reject["reason"] for reject in read_lines(folder / "rejects.jsonl")}


def test_a_page_without_a_pager_is_not_asked_about(tmp_path: Path, clock: Clock) -> None:
    with running(Archive()) as server:
        server.intercept = lambda request: cut_off(server, request) if request.path == "/search" else None
        assert update(server, tmp_path / "d", clock).code == 0
        assert update(server, tmp_path / "d", clock).code == 0
        assert conditions(server) == 1  # the last page leads nowhere anyway


def test_each_snapshot_holds_all_its_pages(server: Server, folder: Path, clock: Clock) -> None:
    assert update(server, folder, clock, snapshot=True).code == 0
    assert (answers(server), conditions(server)) == ([200] * 5, 0)


def test_a_crawl_asks_for_whole_pages(server: Server, folder: Path, clock: Clock) -> None:
    server.log.clear()
    assert run(crawl([f"{server.url}/search"], folder, clock, page_size=25)).code == 0
    assert (len(server.pages()), conditions(server)) == (5, 0)


def test_what_another_version_read_is_read_anew(
    server: Server, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.dataset.update.readers", lambda: "another version")
    monkeypatch.setattr("harvester.dataset.holding.readers", lambda: "another version")
    for asked in (0, 5):
        assert update(server, folder, clock).code == 0
        assert conditions(server) == asked


def test_what_one_host_says_means_nothing_to_another(server: Server, folder: Path, clock: Clock) -> None:
    with running(Archive()) as other:
        assert update(other, folder, clock).code == 0
        assert conditions(other) == 0
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        kept = [url for (url,) in db.execute("SELECT url FROM validator")]
    assert len(kept) == 5
    assert not any("127.0.0.1" in url or server.url.rpartition(":")[2] in url for url in kept)


def test_a_listing_of_one_page_is_looked_at_whole_once(tmp_path: Path, clock: Clock) -> None:
    with running(Archive(7)) as server:
        for statuses in ([200, 200], [304, 200]):
            assert update(server, tmp_path / "d", clock).code == 0
            assert answers(server) == statuses


@pytest.mark.parametrize("seed", range(6))
def test_confirmations_change_nothing_that_is_published(tmp_path: Path, seed: int) -> None:
    """Two datasets of one history, one of a server with validators and one of a server without, say the same."""
    told = []
    for kind in ("etag", "none"):
        rng, clock, folder = random.Random(seed), Clock(), tmp_path / kind
        with running(Archive(60, seed=seed)) as server:
            server.archive.habits = Habits(validators=kind)  # type: ignore[arg-type]
            for night in range(7):
                for _ in range(rng.choice([0, 0, 1, 2])):
                    record = rng.choice(server.archive.records)
                    match rng.randrange(3):
                        case 0:
                            server.archive.change(record.node, title=f"Title {rng.randrange(3)}")
                        case 1:
                            server.archive.remove(record.node)
                        case 2:
                            server.archive.add(f"New {night} {rng.random()}", "June 1, 1960")
                update(server, folder, clock, rng.choice([FULL, Manner()]), page_size=10)
            assert sound(folder)
        files = [(folder / name).read_text(encoding="utf-8") for name in ("records.jsonl", "changes.jsonl")]
        told.append(([re.sub(r'"(at|begun)":"[^"]*"', "", text) for text in files], verdict(folder)))
    assert told[0] == told[1]


def response(**headers: str) -> TextResponse:
    url = "http://127.0.0.1:1/search"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return TextResponse(url, headers=named, request=Asked(url))


DAY = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"ETag": 'W/"a"'}, ('W/"a"', None)),
        ({"ETag": '"a"', "Last_Modified": DAY, "Date": "Sun, 06 Nov 1994 08:49:38 GMT"}, ('"a"', DAY)),
        ({"Last_Modified": DAY, "Date": DAY}, None),
        ({"Last_Modified": DAY}, None),
        ({"Last_Modified": "yesterday", "Date": DAY}, None),
        ({"ETag": "a"}, None),
        ({"ETag": '"a", "b"'}, None),
        ({"ETag": '"' + "a" * 501 + '"'}, None),
        ({"ETag": '"\u00e9"'}, None),
        ({}, None),
    ],
)
def test_what_is_kept_of_what_a_server_says(
    headers: dict[str, str], kept: tuple[str | None, str | None] | None
) -> None:
    validators = validators_of(response(**headers), find_site("wilson"))
    assert (None if validators is None else (validators.etag, validators.modified)) == kept


def test_the_command_asks_for_whole_pages_if_told_to(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", "d").code == 0
    server.log.clear()
    assert harvest("update", "./d", "--origin", server.url).code == 0
    assert (len(server.pages()), conditions(server)) == (1, 1)
    server.log.clear()
    assert harvest("update", "./d", "--origin", server.url, "--full").code == 0
    assert (len(server.pages()), conditions(server)) == (2, 2)
    server.log.clear()
    assert harvest("update", "./d", "--origin", server.url, "--full", "--whole-pages").code == 0
    assert (len(server.pages()), conditions(server)) == (2, 0)


ROW = Entry("June 1, 1960", "A title", None, "https://example.org/document/a", "row 1")
PLAIN = Reading(Counter(1, 2, 4), (ROW, ROW), "https://example.org/search?page=1", "layout")


@pytest.mark.parametrize(
    ("reading", "remarks", "plain"),
    [
        (PLAIN, [], True),
        (replace(PLAIN, counter=Counter(3, 4, 4), next_url=None), [], True),
        (PLAIN, ["the pager leads to page 2, the counter to page 1"], False),
        (replace(PLAIN, rows=(ROW, Reject("no-title", "a row without a title", "", "row 2"))), [], False),
        (replace(PLAIN, rows=(ROW,)), [], False),
        (replace(PLAIN, next_url=None), [], False),
        (replace(PLAIN, counter=None), [], False),
        (replace(PLAIN, counter=Counter(0, 0, 0), rows=(), next_url=None), [], False),
    ],
)
def test_only_a_page_about_which_nothing_is_odd_is_asked_about(
    reading: Reading, remarks: list[str], plain: bool
) -> None:
    assert is_plain(reading, remarks) is plain


def test_a_page_of_which_rows_were_forgotten_comes_whole(server: Server, folder: Path, clock: Clock) -> None:
    """The last page shows again what it showed once; of its rows only one that was new then is held with it."""
    server.archive.add("A draft that lay long", "June 1, 1960", created=server.archive.records[1].created)
    assert update(server, folder, clock).code == 0
    gone = [server.archive.remove(record.node) for record in server.archive.records[-5:]]
    for _ in range(2):
        assert update(server, folder, clock).code == 0
    for record in gone:
        server.archive.restore(record)
    assert update(server, folder, clock).code == 0
    assert answers(server) == [200] * 5
    assert conditions(server) == 4
