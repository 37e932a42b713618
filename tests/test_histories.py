"""Histories of every kind: whatever an archive does, however nights end, and whatever is set otherwise between them."""

import random
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import read_json, read_lines

from harvester.dataset.changes import apply, replay_changes
from harvester.dataset.retention import Retention
from harvester.dataset.update import Manner
from harvester.dataset.verify import verify
from harvester.identity import linked_id
from harvester.sample import Answer, Archive, Request, Server, running
from harvester.sample.record import Record
from tests.soak.engine import Clock, crawl, run

HOST = "https://digitalarchive.wilsoncenter.org"
NIGHTS = 12
# A clock that goes wrong for a night, and right again: days from one harvest to the next.
STEPS = (1, 1, 1, 1, 1, 0.0001, 9, -3, 400, -400)
KILLS = ("harvester.dataset.run.publish", "harvester.dataset.writing.Publication.commit")


class Killed(BaseException):
    """The program is gone from one moment to the next."""


class History:
    """An archive, its dataset, and what a consumer of the feed holds; all that happens is drawn from a seed."""

    def __init__(self, server: Server, folder: Path, seed: int) -> None:
        self.server, self.folder, self.chance = server, folder, random.Random(seed)
        self.clock = Clock()
        self.began = ""
        self.archive = server.archive
        self.facets = sorted({facet for record in self.archive.records for facet in record.facets})[:2]
        self.gone: list[Record] = []
        self.held: dict[str, dict[str, Any]] = {}
        self.last = 0
        self.shown: dict[int, dict[str, set[str]]] = {}  # what each listing showed in the night of a run

    def by_day(self) -> None:
        """Let the archive do something."""
        record, archive = self.chance.choice(self.archive.records), self.archive
        match self.chance.choice(["title", "facets", "add", "remove", "remove", "return", "slug", "swap", "top"]):
            case "title":
                archive.change(record.node, title=self.chance.choice(["One title", "Another title"]))
            case "facets":
                archive.change(record.node, facets=self.chance.sample(self.facets, self.chance.randrange(3)))
            case "add":
                archive.add(f"New, {self.chance.random()}", "June 1, 1960", facets=self.facets[:1])
            case "remove":
                self.gone.append(archive.remove(record.node))
            case "return" if self.gone:
                archive.restore(self.gone.pop())
            case "slug":
                archive.remove(record.node)
                archive.restore(replace(record, slug=f"other-{self.chance.randrange(10**9)}"))
            case "swap":
                other = archive.remove(self.chance.choice([r for r in archive.records if r != record]).node)
                archive.remove(record.node)
                archive.restore(replace(record, slug=other.slug))
                archive.restore(replace(other, slug=record.slug))
            case "top":
                archive.move(record.node, max(other.created for other in archive.records) + 1)

    def by_night(self) -> bool:
        """Harvest; return whether something was published, as it is not where the night was cut short."""
        chance = self.chance
        self.clock.time += timedelta(days=chance.choice(STEPS))
        self.began = f"{self.clock.time:%Y-%m-%dT%H:%M:%SZ}"
        queries = [q for q in ("", *(f"?f%5B0%5D={f}" for f in self.facets)) if chance.random() < 0.75] or [""]
        keep = Retention(versions=chance.choice([None, timedelta(days=3)]))
        every, withdraw_after = timedelta(days=chance.choice([0, 7, 30])), chance.choice([None, None, 1, 2, 3])
        manner = Manner(full_every=every, withdraw_after=withdraw_after, retention=keep)
        begun, fails = len(self.server.pages()), chance.choice([999, 999, chance.randrange(8)])
        self.server.intercept = lambda request: self._fail(request, begun + fails)
        kill = chance.choice([None, None, None, *KILLS])
        urls = [f"{self.server.url}/search{query}" for query in queries]
        options: dict[str, Any] = {"page_size": chance.choice([10, 25]), "twice": chance.random() < 0.15}
        with ExitStack() as stack:
            if kill is not None:
                stack.enter_context(pytest.MonkeyPatch.context()).setattr(kill, _kill)
            try:
                run(crawl(urls, self.folder, self.clock, manner=manner if self.folder.exists() else None, **options))
            except Killed:
                return False
        return (self.folder / "changes.jsonl").exists()

    def _fail(self, request: Request, after: int) -> Answer | None:
        asked = len(self.server.pages())
        return Answer(404, {}, "<h1>Page not found</h1>") if request.path == "/search" and asked > after else None

    def ids(self, query: str) -> set[str]:
        records, _ = self.archive.listing(query).selection
        return {linked_id("wilson", f"{HOST}{record.path}") for record in records}

    def check(self) -> None:
        """Ask whether all that is told is so."""
        assert verify(self.folder)[0].faults == []
        records = {record["id"]: record for record in read_lines(self.folder / "records.jsonl")}
        changes = read_lines(self.folder / "changes.jsonl")
        assert replay_changes(changes) == records
        new = [change for change in changes if change["seq"] > self.last]
        for change in new:
            apply(self.held, change)
            self.last = change["seq"]
        assert self.held == records
        assert not [change for change in new if change["change"] in {"dropped", "merged"}]
        for listing in read_json(self.folder / "coverage.json")["listings"]:
            self._check_listing(listing, records)
        with closing(sqlite3.connect(self.folder / "ledger.sqlite")) as db:
            runs = dict(db.execute("SELECT id, started FROM run").fetchall())
        queries = {"/search": "", **{f"/search?f={facet}": f"f[0]={facet}" for facet in self.facets}}
        self.shown[max(runs)] = {listing: self.ids(query) for listing, query in queries.items()}
        for change in (change for change in new if change["change"] == "withdrawn"):
            told = [walk for walk in change["walks"] if runs[walk["run"]] == walk["begun"]]  # of one night
            assert not [w for w in told if change["id"] in self.shown.get(w["run"], {}).get(w["listing"], ())]

    def _check_listing(self, told: dict[str, Any], records: dict[str, Any]) -> None:
        """A walk that began and ended this night shows all that stands there; a look shows what stands on top."""
        query = told["listing"].partition("?f=")[2]
        there = self.ids(f"f[0]={query}" if query else "")
        tonight = self.began <= (told["captured"]["first"] or "") <= f"{self.clock.time:%Y-%m-%dT%XZ}"
        if told["verdict"] == "complete" and tonight:
            assert {record for record in there if record not in records or records[record]["withdrawn"]} == set()
        if told["looked"] and told["looked"]["at"] >= max(self.began, told["captured"]["last"]):
            top, *_ = sorted((r for r in self.archive.records if query in r.facets or not query), key=_newest_first)
            record = records[linked_id("wilson", f"{HOST}{top.path}")]
            assert not record["withdrawn"] and record["title"] == " ".join(top.title.split())


def _newest_first(record: Record) -> int:
    return -record.created


def _kill(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_all_that_is_told_is_so(tmp_path: Path, seed: int) -> None:
    with running(Archive(30, seed=seed)) as server:
        history = History(server, tmp_path / "d", seed)
        for _ in range(NIGHTS):
            for _ in range(history.chance.randrange(4)):
                history.by_day()
            if history.by_night():
                history.check()
