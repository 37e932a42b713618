"""Withdrawn is claimed by complete walks of the listings that showed a record, and by nothing else."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import read_json, read_lines
from holding import HOST, begin, document, entry
from snapshots import replayed, waczs

from harvester.captures import Capture
from harvester.dataset.changes import replay_changes
from harvester.dataset.verify import verify
from harvester.items import Address, Entry, Reading
from harvester.items import Counter as Count
from harvester.ledger import Ledger, WalkKey
from harvester.sample import Answer, Archive, Record, Request, Server, running
from tests.soak.engine import Clock, crawl, run

NIGHT = timedelta(days=1)


class Nights:
    """A dataset that is harvested night after night."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.archive = server.archive
        self.folder = folder
        self.clock = Clock()

    def harvest(self, *paths: str, after: timedelta = NIGHT, **arguments: Any) -> None:
        self.clock.time += after
        urls = [f"{self.server.url}{path}" for path in paths or ["/search"]]
        run(crawl(urls, self.folder, self.clock, **{"page_size": 10, **arguments}))
        assert verify(self.folder)[0].faults == []
        state = replay_changes(read_lines(self.folder / "changes.jsonl"))
        assert sorted(state.values(), key=lambda record: record["id"]) == self.records()

    def records(self) -> list[dict[str, Any]]:
        return read_lines(self.folder / "records.jsonl")

    def withdrawn(self) -> list[str]:
        """Return the addresses of the records that are withdrawn, without their host."""
        return [record["url"].removeprefix(HOST) for record in self.records() if record["withdrawn"]]

    def changes(self) -> list[tuple[int, str]]:
        """Return the run and the kind of each change after the first run."""
        lines = read_lines(self.folder / "changes.jsonl")
        return [(line["run"], line["change"]) for line in lines if line["run"] > 1]


@pytest.fixture
def nights(server: Server, tmp_path: Path) -> Nights:
    return Nights(server, tmp_path / "d")


def facet_path(facet: str) -> str:
    return f"/search?f%5B0%5D={facet}"


def remove(archive: Archive, number: int = 50) -> Record:
    record = archive.records[number]
    archive.remove(record.node)
    return record


def test_two_complete_walks_withdraw_and_a_sight_brings_back(nights: Nights) -> None:
    nights.harvest()
    gone = remove(nights.archive)
    nights.harvest()
    assert nights.withdrawn() == []
    nights.harvest()
    assert nights.withdrawn() == [gone.path]
    nights.harvest()
    (told,) = (line for line in read_lines(nights.folder / "provenance.jsonl") if line["withdrawn_by"])
    assert [(by["listing"], by["walk"], by["run"]) for by in told["withdrawn_by"]] == [
        ("/search", 2, 2),
        ("/search", 3, 3),
    ]
    nights.archive.restore(gone)
    nights.harvest()
    assert nights.withdrawn() == []
    assert nights.changes() == [(3, "withdrawn"), (5, "returned")]
    withdrawn = next(line for line in read_lines(nights.folder / "changes.jsonl") if line["change"] == "withdrawn")
    assert withdrawn["fields"] == {"withdrawn": {"before": False, "after": True}}
    assert withdrawn["walks"] == told["withdrawn_by"]


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def outage(nights: Nights) -> Callable[[Request], Answer | None]:
    return lambda request: Answer(404, {}, "Page not found") if request.path == "/search" else None


def part(nights: Nights) -> Callable[[Request], Answer | None]:
    return lambda request: Answer(404, {}, "Page not found") if numbered(request) == 7 else None


def drift(nights: Nights) -> Callable[[Request], Answer | None]:
    def intercept(request: Request) -> None:
        if numbered(request) % 4 == 2:
            nights.archive.add(f"Came at {len(nights.server.log)}", "June 1, 1960")

    return intercept


@pytest.mark.parametrize("trouble", [outage, part, drift])
def test_a_night_that_is_not_complete_withdraws_nothing(
    nights: Nights, trouble: Callable[[Nights], Callable[[Request], Answer | None]]
) -> None:
    nights.harvest()
    remove(nights.archive)
    nights.harvest()
    nights.server.intercept = trouble(nights)
    for _ in range(3):
        nights.harvest()
        assert nights.withdrawn() == []
    nights.server.intercept = None
    nights.harvest()
    assert len(nights.withdrawn()) == 1


def test_two_passes_of_one_run_are_one_look(nights: Nights) -> None:
    nights.harvest()
    remove(nights.archive)
    nights.harvest(twice=True)
    (walk,) = read_json(nights.folder / "coverage.json")["listings"]
    assert (walk["verdict"], walk["passes"]) == ("complete", 2)
    assert nights.withdrawn() == []
    nights.harvest()
    assert len(nights.withdrawn()) == 1


def test_a_walk_and_its_own_snapshot_are_one_look(nights: Nights) -> None:
    nights.harvest(snapshot=True)
    remove(nights.archive)
    nights.harvest(snapshot=True)
    replayed(waczs(nights.folder)[1:], nights.folder)
    assert nights.withdrawn() == []
    nights.harvest(snapshot=True)
    assert len(nights.withdrawn()) == 1


@pytest.mark.parametrize("seconds", [2, 0])
def test_two_runs_within_a_minute_or_a_second_are_two_looks(nights: Nights, seconds: int) -> None:
    nights.harvest()
    remove(nights.archive)
    nights.harvest(after=timedelta(seconds=seconds))
    nights.harvest(after=timedelta(seconds=seconds))
    assert len(nights.withdrawn()) == 1


def test_a_clock_that_was_set_back_withdraws_nothing_that_was_just_seen(nights: Nights) -> None:
    for _ in range(3):
        nights.harvest()
    nights.harvest(after=-5 * NIGHT)
    nights.harvest(after=timedelta(seconds=2))
    assert nights.withdrawn() == []


def test_one_listing_alone_withdraws_nothing_that_stood_in_two(nights: Nights) -> None:
    counts = Counter(facet for record in nights.archive.records for facet in record.facets)
    record = next(r for r in nights.archive.records if len(r.facets) > 1 and min(counts[f] for f in r.facets) > 2)
    first, second = map(facet_path, record.facets[:2])
    nights.harvest(first, second)
    nights.archive.change(record.node, facets=record.facets[1:])
    for _ in range(3):
        nights.harvest(first)  # the other one, not walked any more, may show it still
    assert nights.withdrawn() == []
    for _ in range(3):
        nights.harvest(first, second)
    assert nights.withdrawn() == []
    nights.archive.remove(record.node)
    nights.harvest(second)
    nights.harvest(second)
    assert nights.withdrawn() == []
    nights.harvest(first)
    nights.harvest(first)
    assert nights.withdrawn() == [record.path]


def test_the_listing_of_everything_withdraws_whatever_else_showed_it(nights: Nights) -> None:
    record = next(r for r in nights.archive.records if r.facets)
    nights.harvest("/search", facet_path(record.facets[0]))
    nights.archive.remove(record.node)
    nights.harvest()
    nights.harvest()
    assert nights.withdrawn() == [record.path]


def page_of(number: int, entries: list[Entry], captured_at: str | None) -> tuple[Any, ...]:
    address = Address("wilson", "listing", "/search", None, 0, 10)
    capture = Capture(f"<p>{number}".encode(), url=f"{HOST}/search", captured_at=captured_at, file=f"{number}.html")
    return address, capture, Reading(Count(1, len(entries), len(entries)), tuple(entries), None, "by-hand")


def test_a_capture_of_unknown_time_may_be_newer_than_any_walk(nights: Nights) -> None:
    """A page that somebody saved may show what two crawls before it missed; a crawl that shows it too is later."""
    nights.harvest()
    gone = remove(nights.archive)
    nights.harvest()
    saved = begin(nights.folder)
    shown = entry(1, url=f"{HOST}{gone.path}", title=gone.title)
    saved.ledger.add_page(saved.number, WalkKey("captured", "/search", None), *page_of(1, [shown], None))
    saved.pages += 1
    saved.end()
    for _ in range(3):
        nights.harvest()
    assert nights.withdrawn() == []
    nights.archive.restore(gone)
    nights.harvest()
    nights.archive.remove(gone.node)
    nights.harvest()
    nights.harvest()
    assert nights.withdrawn() == [gone.path]


def test_what_no_listing_shows_is_never_withdrawn(nights: Nights) -> None:
    nights.harvest()
    extra = begin(nights.folder)
    extra.add(document(1))
    extra.pages += 1
    extra.end()
    for _ in range(3):
        nights.harvest()
    assert len(nights.records()) == 104 and nights.withdrawn() == []


def test_more_confirmations_are_waited_for_where_they_are_asked(nights: Nights) -> None:
    nights.harvest()
    ledger = Ledger(nights.folder, "wilson")
    ledger.db.execute("INSERT OR REPLACE INTO meta VALUES ('withdraw_after', '3')")
    ledger.close()
    remove(nights.archive)
    for count in (0, 0, 1):
        nights.harvest()
        assert len(nights.withdrawn()) == count
    assert read_json(nights.folder / "coverage.json")["withdraw_after"] == 3


def test_a_listing_that_shows_nothing_any_more_withdraws_nothing(nights: Nights, tmp_path: Path) -> None:
    """ "No results" is not believed where there were some; nor is it when it is replayed."""
    facet = min(
        (f for r in nights.archive.records for f in r.facets),
        key=lambda f: len(nights.archive.listing(f"f[0]={f}").records),
    )
    nights.harvest(facet_path(facet), snapshot=True)
    for record in nights.archive.records:
        if facet in record.facets:
            nights.archive.remove(record.node)
    for _ in range(3):
        nights.harvest(facet_path(facet), snapshot=True)
    assert nights.records() and nights.withdrawn() == []
    assert replayed(waczs(nights.folder), tmp_path / "again") == (nights.folder / "records.jsonl").read_bytes()


def change_something(archive: Archive, chance: random.Random, facets: list[str], gone: list[Record]) -> None:
    record = chance.choice(archive.records)
    match chance.choice(["title", "facets", "add", "remove", "remove", "return"]):
        case "title":
            archive.change(record.node, title=chance.choice(["One title", "Another title"]))
        case "facets":
            archive.change(record.node, facets=chance.sample(facets, 1))
        case "add":
            archive.add(f"New, {chance.random()}", "June 1, 1960", facets=facets[:1])
        case "remove":
            gone.append(archive.remove(record.node))
        case "return" if gone:
            archive.restore(gone.pop())


@pytest.mark.parametrize("seed", range(5))
def test_snapshots_withdraw_as_their_crawls_did(tmp_path: Path, seed: int) -> None:
    chance, gone = random.Random(seed), list[Record]()
    with running(Archive(25, seed=seed)) as server:
        nights = Nights(server, tmp_path / "d")
        facets = sorted({facet for record in server.archive.records for facet in record.facets})[:2]
        for _ in range(7):
            paths = [path for path in ("/search", *map(facet_path, facets)) if chance.random() < 0.8] or ["/search"]
            fails = chance.choice([None, None, None, 2])
            server.intercept = lambda request, fails=fails: (
                Answer(404, {}, "Page not found") if fails and numbered(request) == fails else None
            )
            nights.harvest(*paths, snapshot=True)
            for _ in range(chance.randrange(3)):
                change_something(server.archive, chance, facets, gone)
    snapshots, records = waczs(nights.folder), (nights.folder / "records.jsonl").read_bytes()
    assert len(snapshots) == 7
    for name, order in (("again", snapshots), ("mixed", chance.sample(snapshots, 7))):
        assert replayed(order, tmp_path / name) == records, (seed, name)
    for snapshot in chance.sample(snapshots, 7):  # one replay each
        replayed([snapshot], tmp_path / "each")
    assert (tmp_path / "each" / "records.jsonl").read_bytes() == records
    for name in ("again", "mixed", "each"):
        assert verify(tmp_path / name)[0].faults == []
