"""The change feed and the history of runs go on over a rebuild: no number ever means anything else."""

import errno
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import read_lines

from harvester.dataset.changes import replay_changes
from harvester.dataset.opening import open_state
from harvester.dataset.sources import find_record
from harvester.dataset.verify import verify
from harvester.errors import DatasetError, UsageProblem
from harvester.ledger import Ledger
from harvester.ledger.taken import crawls
from harvester.sample import Answer, Request, Server
from tests.soak.engine import Clock, crawl, run


class Dataset:
    """A dataset of the sample archive, harvested and rebuilt."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.clock = Clock()

    def harvest(self, **arguments: Any) -> list[str]:
        self.clock.time += timedelta(days=1)
        done = run(crawl([f"{self.server.url}/search"], self.folder, self.clock, page_size=10, **arguments))
        return done.lines

    def check(self) -> None:
        assert verify(self.folder)[0].faults == []
        records = {record["id"]: record for record in read_lines(self.folder / "records.jsonl")}
        assert replay_changes(self.changes()) == records

    def changes(self) -> list[dict[str, Any]]:
        return read_lines(self.folder / "changes.jsonl")

    def kinds(self, after: int) -> list[tuple[int, int, str]]:
        return [(line["seq"], line["run"], line["change"]) for line in self.changes() if line["seq"] > after]

    def runs(self) -> list[tuple[int, str, str]]:
        with closing(sqlite3.connect(self.folder / "ledger.sqlite")) as db:
            return db.execute("SELECT id, started, command FROM run ORDER BY id").fetchall()


@pytest.fixture
def dataset(server: Server, tmp_path: Path) -> Dataset:
    return Dataset(server, tmp_path / "d")


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def test_a_rebuild_tells_what_it_found_otherwise_than_it_was_published(dataset: Dataset) -> None:
    archive = dataset.server.archive
    dataset.harvest()
    gone = archive.records[5]
    archive.remove(gone.node)
    dataset.harvest()
    before = (dataset.folder / "changes.jsonl").read_bytes()
    archive.change(archive.records[9].node, title="Another")
    archive.add("New", "June 1, 1960")
    dataset.harvest(anew=True)
    dataset.check()
    assert (dataset.folder / "changes.jsonl").read_bytes().startswith(before)
    assert sorted(kind for _, _, kind in dataset.kinds(103)) == ["added", "changed", "dropped"]
    assert [(seq, run) for seq, run, _ in dataset.kinds(103)] == [(104, 3), (105, 3), (106, 3)]
    assert [(number, command) for number, _, command in dataset.runs()] == [(1, "crawl"), (2, "crawl"), (3, "crawl")]
    dataset.harvest()
    dataset.check()
    assert dataset.kinds(106) == []
    assert [number for number, _, _ in dataset.runs()] == [1, 2, 3, 4]
    dropped = next(line["id"] for line in dataset.changes() if line["change"] == "dropped")
    with pytest.raises(UsageProblem, match=f"no record {dropped}; run 3 dropped it"):
        find_record(dataset.folder, dropped, None)
    state = open_state(f"{dataset.folder}@2")
    assert gone.title in {held.record["title"] for held in state.records()}
    state.close()


def test_what_was_withdrawn_before_a_rebuild_is_dropped_and_what_is_gone_after_it_withdrawn(dataset: Dataset) -> None:
    archive = dataset.server.archive
    with closing(Ledger(dataset.folder, "wilson")) as ledger:
        ledger.db.execute("INSERT INTO meta VALUES ('withdraw_after', '1')")
    dataset.harvest()
    archive.remove(archive.records[5].node)
    dataset.harvest()
    dataset.harvest(anew=True)
    archive.remove(archive.records[7].node)
    dataset.harvest()
    dataset.check()
    assert [(run, kind) for _, run, kind in dataset.kinds(103)] == [(2, "withdrawn"), (3, "dropped"), (4, "withdrawn")]


def test_runs_of_a_rebuild_that_is_gone_on_with_have_numbers_of_their_own(dataset: Dataset) -> None:
    dataset.harvest(snapshot=True)
    dataset.server.intercept = lambda request: Answer(404, {}, "Page not found") if numbered(request) == 6 else None
    dataset.harvest(anew=True, snapshot=True)
    assert [command for _, _, command in dataset.runs()] == ["crawl", "crawl --fresh"]
    with closing(sqlite3.connect(dataset.folder / "ledger.sqlite")) as db:  # of others it was told no pages to pack by
        assert crawls(db) == {dataset.runs()[0][1]}
    dataset.server.intercept = None
    dataset.harvest(snapshot=True)
    dataset.check()
    dataset.harvest(anew=True, snapshot=True)
    dataset.check()
    assert [(number, command) for number, _, command in dataset.runs()] == [
        (number, "crawl") for number in (1, 2, 3, 4)
    ]
    assert len(dataset.changes()) == 103
    assert not list(dataset.folder.glob("snapshot/*.warc.gz"))


@pytest.mark.parametrize("harm", ["damaged", "lost"])
def test_where_the_ledger_is_lost_the_published_feed_is_gone_on_with(dataset: Dataset, harm: str) -> None:
    archive = dataset.server.archive
    with closing(Ledger(dataset.folder, "wilson")) as ledger:
        ledger.db.execute("INSERT INTO meta VALUES ('withdraw_after', '1')")
    dataset.harvest()
    gone = archive.remove(archive.records[5].node)
    dataset.harvest()
    archive.restore(gone)
    archive.change(gone.node, title="Returned with another title")
    dataset.harvest()
    before = (dataset.folder / "changes.jsonl").read_bytes()
    if harm == "lost":
        (dataset.folder / "ledger.sqlite").unlink()
    else:
        (dataset.folder / "ledger.sqlite").write_bytes(os.urandom(50_000))
    archive.add("New", "June 1, 1960")
    said = dataset.harvest(anew=True)
    assert any("changes.jsonl goes on from what was published" in line for line in said)
    dataset.check()
    assert (dataset.folder / "changes.jsonl").read_bytes().startswith(before)
    last = before.count(b"\n")
    assert dataset.kinds(last) == [(last + 1, 4, "added")]
    dataset.harvest()
    dataset.check()
    assert dataset.kinds(last + 1) == []


@pytest.mark.parametrize("harm", ["cut", "lost", "no-package"])
def test_where_the_feed_is_lost_too_another_begins_after_it_and_that_is_said(dataset: Dataset, harm: str) -> None:
    dataset.harvest()
    dataset.harvest()
    (dataset.folder / "ledger.sqlite").unlink()
    feed = dataset.folder / "changes.jsonl"
    if harm == "cut":
        feed.write_bytes(feed.read_bytes()[:-50])
    elif harm == "lost":
        feed.unlink()
    else:
        (dataset.folder / "datapackage.json").write_bytes(b"{")
    last = {"cut": 102, "lost": 0, "no-package": 103}[harm]
    said = dataset.harvest(anew=True)
    assert any(f"go on after {last}, but whoever reads it must begin anew" in line for line in said)
    dataset.check()
    assert [(line["seq"], line["run"]) for line in dataset.changes()] == [(last + n, 3) for n in range(1, 104)]


def test_a_rebuild_that_fails_as_it_takes_its_place_is_carried_over_once(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset.harvest()
    dataset.server.archive.add("New", "June 1, 1960")
    rename = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if path.name == ".fresh.sqlite":
            raise OSError(errno.EIO, "the disk failed")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(DatasetError, match="the disk failed"):
            dataset.harvest(anew=True)
    dataset.harvest()
    dataset.check()
    dataset.harvest(anew=True)
    dataset.check()
    assert dataset.kinds(103) == [(104, 3, "added")]


def test_a_rebuild_that_reads_nothing_is_told_of_in_the_history(dataset: Dataset) -> None:
    dataset.harvest()
    dataset.server.intercept = lambda request: Answer(404, {}, "Page not found") if numbered(request) >= 0 else None
    dataset.harvest(anew=True)
    with closing(sqlite3.connect(dataset.folder / "ledger.sqlite")) as db:
        (told,) = db.execute("SELECT command, ended IS NOT NULL, code FROM run WHERE id = 2").fetchall()
    assert told == ("crawl --fresh", 1, 6)


def test_a_rebuild_that_was_left_long_ago_is_begun_again(dataset: Dataset) -> None:
    """What it had seen then went since: to go on with it would call a withdrawn record returned, and seen by nobody."""
    dataset.harvest()
    dataset.server.intercept = lambda request: Answer(404, {}, "gone") if numbered(request) == 8 else None
    dataset.harvest(anew=True)
    dataset.server.intercept = None
    dataset.server.archive.remove(dataset.server.archive.records[-3].node)
    for _ in range(7):
        dataset.harvest()
    assert [kind for _, _, kind in dataset.kinds(103)] == ["withdrawn"]
    dataset.harvest(anew=True)
    assert [kind for _, _, kind in dataset.kinds(104)] == ["dropped"]
    dataset.check()
