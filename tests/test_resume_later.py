"""A walk that is gone on with on another day: what moved across the gap meanwhile is seen, at the price of a page."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import read_json, read_lines

from harvester.dataset.update import Manner
from harvester.dataset.verify import verify
from harvester.sample import Answer, Request, Server
from harvester.sample.record import Record
from tests.soak.engine import Clock, crawl, run

MANNERS = {"crawl": None, "update": Manner(full=True)}


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0)


def asked(server: Server) -> list[int]:
    """Return the numbers of the pages that were asked for, from 0, and forget them."""
    pages = [numbered(request) for request in server.pages()]
    server.log.clear()
    return pages


def told(folder: Path) -> dict:
    (listing,) = read_json(folder / "coverage.json")["listings"]
    return listing


def saw(folder: Path, record: Record) -> bool:
    """Return whether the last walk saw a record."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        found = db.execute(
            "SELECT count(*) FROM content JOIN sight ON sight.content = content.id JOIN page ON page.id = sight.page"
            " WHERE page.walk = (SELECT max(walk) FROM page) AND content.url LIKE ?",
            (f"%{record.path}",),
        )
        return bool(found.fetchone()[0])


class Harvests:
    """A dataset whose second harvest breaks off at the sixth page, and the clock between."""

    def __init__(self, server: Server, folder: Path, manner: Manner | None) -> None:
        self.server, self.folder, self.manner, self.clock = server, folder, manner, Clock()

    def again(self, **times: float) -> int:
        self.clock.time += timedelta(**times)
        return int(
            run(crawl([f"{self.server.url}/search"], self.folder, self.clock, page_size=10, manner=self.manner)).code
        )

    def break_off(self) -> None:
        self.server.intercept = lambda request: (
            Answer(404, {}, "<h1>Page not found</h1>") if request.path == "/search" and numbered(request) == 5 else None
        )
        assert self.again(days=1) == 6
        self.server.intercept = None
        asked(self.server)


@pytest.fixture(params=MANNERS.values(), ids=MANNERS)
def harvests(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Harvests:
    return Harvests(server, tmp_path / "d", request.param)


def test_what_was_put_back_among_the_old_ones_hides_nothing(harvests: Harvests) -> None:
    archive = harvests.server.archive
    taken_down = archive.remove(archive.records[20].node)
    assert harvests.again() == 0
    harvests.break_off()
    first_unread = archive.records[-51]
    archive.remove(archive.records[-20].node)
    archive.restore(taken_down)  # the total is as before, and this record stands on a page that was read already
    assert harvests.again(days=1) == 0
    assert asked(harvests.server) == [4, *range(11)]
    assert (told(harvests.folder)["verdict"], told(harvests.folder)["passes"]) == ("complete", 2)
    assert saw(harvests.folder, first_unread) and saw(harvests.folder, taken_down)
    assert verify(harvests.folder)[0].faults == []


def test_where_nothing_moved_it_costs_one_page(harvests: Harvests) -> None:
    assert harvests.again() == 0
    harvests.break_off()
    harvests.server.archive.change(harvests.server.archive.records[3].node, title="Mended by day")
    assert harvests.again(days=1) == 0
    assert asked(harvests.server) == [4, 5, 6, 7, 8, 9, 10]
    assert (told(harvests.folder)["verdict"], told(harvests.folder)["passes"]) == ("complete", 1)


def test_what_was_left_a_moment_ago_is_gone_on_with_at_once(harvests: Harvests) -> None:
    assert harvests.again() == 0
    harvests.break_off()
    assert harvests.again(minutes=5) == 0
    assert asked(harvests.server) == [5, 6, 7, 8, 9, 10]


def test_where_the_clock_was_set_back_nobody_knows_how_long_it_was_left(harvests: Harvests) -> None:
    assert harvests.again() == 0
    harvests.break_off()
    assert harvests.again(days=-3) == 0
    assert asked(harvests.server) == [4, 5, 6, 7, 8, 9, 10]


def test_the_first_page_too_is_looked_at_again(harvests: Harvests) -> None:
    archive = harvests.server.archive
    assert harvests.again() == 0
    harvests.server.intercept = lambda request: Answer(404, {}, "<h1>No</h1>") if numbered(request) == 1 else None
    assert harvests.again(days=1) == 6
    harvests.server.intercept = None
    asked(harvests.server)
    archive.remove(archive.records[-3].node)
    archive.add("Came by day", "1960", created=archive.records[30].created)
    assert harvests.again(days=1) == 0
    assert asked(harvests.server) == [0, *range(11)]


def test_it_is_asked_for_again_where_it_fails(harvests: Harvests) -> None:
    assert harvests.again() == 0
    harvests.break_off()
    failed: list[Request] = []

    def fail_once(request: Request) -> Answer | None:
        if request.path == "/search" and not failed:
            failed.append(request)
            return Answer(503, {}, "<h1>Service Unavailable</h1>")
        return None

    harvests.server.intercept = fail_once
    assert harvests.again(days=1) == 0
    assert asked(harvests.server) == [4, 4, 5, 6, 7, 8, 9, 10]


def test_another_total_begins_it_anew(harvests: Harvests) -> None:
    assert harvests.again() == 0
    harvests.break_off()
    harvests.server.archive.add("Came by day", "1960")
    assert harvests.again(days=1) == 0
    assert told(harvests.folder)["verdict"] == "complete" and told(harvests.folder)["total"] == 104
    pages = asked(harvests.server)
    assert pages[0] == 4 and pages[-11:] == list(range(11))


@pytest.mark.parametrize(("days", "pages"), [(1, [*range(11)]), (0, [])])
def test_what_was_read_to_its_end_is_read_anew_where_it_was_left_for_long(
    harvests: Harvests, monkeypatch: pytest.MonkeyPatch, days: int, pages: list[int]
) -> None:
    """Killed before it could publish: the next night would ask for nothing, and say that nothing is new."""
    assert harvests.again() == 0
    with monkeypatch.context() as killing:
        killing.setattr("harvester.dataset.run.publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            harvests.again(days=1)
    asked(harvests.server)
    came = harvests.server.archive.change(harvests.server.archive.records[-1].node, title="Mended by day")
    assert harvests.again(days=days) == 0
    assert asked(harvests.server) == pages
    titles = {record["title"] for record in read_lines(harvests.folder / "records.jsonl")}
    assert (came.title in titles) == bool(days)
    assert verify(harvests.folder)[0].faults == []
