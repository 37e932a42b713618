"""What a setting removes of the past, and what that leaves true: for whoever reads on, and for whoever begins anew."""

import json
import random
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import Harvest, read_lines
from snapshots import waczs

from harvester.dataset.changes import Records, apply, replay_changes
from harvester.dataset.opening import open_state
from harvester.dataset.package import change_schema
from harvester.dataset.retention import Retention
from harvester.dataset.verify import verify
from harvester.errors import UsageProblem
from harvester.ledger import Feed, Ledger, change_lines
from harvester.sample import Archive, Server, running
from tests.soak.engine import Clock, crawl, run

DAY = timedelta(days=1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STARTED = "%Y-%m-%dT%H:%M:%S.%fZ"


class History:
    """A ledger that publishes whatever it is told to, run after run."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ledger = Ledger(folder, "wilson")
        self.published: Records = {}
        self.time = BEGIN

    def night(self, fold: str | None) -> list[dict[str, Any]]:
        """Publish another state than before; return the feed."""
        self.time += DAY
        merged: dict[str, str] = {}
        for _ in range(self.chance.randrange(5)):
            self._change(f"r{self.chance.randrange(8)}", merged)
        self.ledger.begin_run("crawl", self.time.strftime(STARTED), "by hand")
        feed = Feed(self.ledger.db)
        for record in sorted(self.published):
            by = [{"listing": "/search", "walk": 1, "run": 1, "begun": ""}]
            told = {"merged": [old for old, into in merged.items() if into == record], "withdrawn_by": by}
            feed.note(record, orjson.dumps(self.published[record]), told)
        self.ledger.note_changes(feed, fold)
        return list(change_lines(self.ledger.db))

    def _change(self, record: str, merged: dict[str, str]) -> None:
        held = self.published.get(record)
        match self.chance.choice(["put", "flag", "both", "drop", "merge"]):
            case "flag" | "both" as kind if held is not None:
                title = self.chance.choice("AB") if kind == "both" else held["title"]
                self.published[record] = {**held, "title": title, "withdrawn": not held["withdrawn"]}
            case "drop" if held is not None:
                del self.published[record]
            case "merge" if held is not None and len(self.published) > 1:
                del self.published[record]
                merged[record] = self.chance.choice(sorted(self.published))
            case _:
                self.published[record] = {"id": record, "title": self.chance.choice("ABC"), "withdrawn": False}


def read_on(state: Records, last: int, feed: list[dict[str, Any]]) -> int:
    for change in feed:
        if change["seq"] > last:
            apply(state, change)
    return feed[-1]["seq"] if feed else last


@pytest.mark.parametrize("seed", range(40))
def test_folding_leaves_every_consumer_in_the_true_state(tmp_path: Path, seed: int) -> None:
    history = History(tmp_path, seed)
    chance = history.chance
    consumers: list[tuple[Records, int]] = []
    shapes, folded, longest = set(), 0, 0
    with closing(history.ledger):
        for _ in range(25):
            fold = (BEGIN + chance.randrange(30) * DAY).strftime(STARTED) if chance.random() < 0.4 else None
            feed = history.night(fold)
            longest = max([longest, *(change["seq"] for change in feed)])
            folded += len(feed) < longest
            assert [change["seq"] for change in feed] == sorted({change["seq"] for change in feed})
            assert not feed or feed[-1]["seq"] == longest  # the last number is never lost
            assert replay_changes(feed) == history.published, seed
            consumers = [(state, read_on(state, last, feed)) if chance.random() < 0.5 else (state, last)
                         for state, last in consumers]  # fmt: skip
            for state, last in consumers:
                read_on(trial := dict(state), last, feed)
                assert trial == history.published, (seed, last)
            midway = chance.randrange(len(feed) + 1)
            consumers.append((replay_changes(feed[:midway]), feed[midway - 1]["seq"] if midway else 0))
            shapes |= {change["change"] for change in feed}
    assert shapes > {"added", "changed", "withdrawn", "dropped"} and folded


def test_what_is_folded_becomes_added_as_it_was_then(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    record = {"id": "r", "title": "A", "withdrawn": False}
    states: list[Records] = [
        {"r": record, "s": {**record, "id": "s"}},
        {"r": {**record, "title": "B"}},
        {"r": {**record, "title": "B", "withdrawn": True}},
        {"r": {**record, "title": "C"}},
    ]
    history.chance = random.Random()
    history.chance.randrange = lambda *_: 0  # type: ignore[method-assign] # nothing is drawn
    with closing(history.ledger):
        for state in states:
            history.published = state
            feed = history.night(None)
        assert [(c["seq"], c["change"], c["id"]) for c in feed] == [
            (1, "added", "r"), (2, "added", "s"), (3, "changed", "r"), (4, "dropped", "s"), (5, "withdrawn", "r"),
            (6, "returned", "r"), (7, "changed", "r"),
        ]  # fmt: skip
        feed = history.night((BEGIN + 4 * DAY).strftime(STARTED))
    assert [(c["seq"], c["run"], c["change"], c["id"]) for c in feed] == [
        (4, 2, "dropped", "s"), (5, 3, "added", "r"), (6, 4, "returned", "r"), (7, 4, "changed", "r"),
    ]  # fmt: skip
    assert feed[1]["record"] == states[2]["r"]
    assert feed[3]["fields"] == {"title": {"before": "B", "after": "C"}}


def harvest_nights(server: Server, folder: Path, keep: Retention, nights: int, clock: Clock) -> list[str]:
    """Harvest as `harvest update` does with settings, a change each night; return the last screens."""
    from harvester.dataset.crawl import CrawlRun

    said: list[str] = []
    begin = CrawlRun.__init__

    def keeping(self: CrawlRun, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        self.retention = keep

    CrawlRun.__init__ = keeping  # type: ignore[method-assign]
    try:
        for _ in range(nights):
            clock.time += DAY
            server.archive.change(server.archive.records[3].node, title=f"Title of {clock.time:%d %B}")
            said += run(crawl([f"{server.url}/search"], folder, clock, snapshot=keep.snapshots is not None)).lines
    finally:
        CrawlRun.__init__ = begin  # type: ignore[method-assign]
    return said


def test_versions_are_folded_where_a_setting_says_so(tmp_path: Path) -> None:
    with running(Archive(9)) as server:
        clock = Clock()
        harvest_nights(server, tmp_path / "d", Retention(), 5, clock)
        assert len(read_lines(tmp_path / "d" / "changes.jsonl")) == 9 + 4
        harvest_nights(server, tmp_path / "d", Retention(versions=2.5 * DAY), 1, clock)
    lines = read_lines(tmp_path / "d" / "changes.jsonl")
    assert [line["change"] for line in lines] == ["added"] * 9 + ["changed"] * 3
    assert [line["run"] for line in lines] == [1] * 8 + [3, 4, 5, 6]
    assert verify(tmp_path / "d")[0].faults == []
    for number in (3, 4):
        state = open_state(f"{tmp_path / 'd'}@{number}")
        assert len(list(state.records())) == 9
        state.close()
    with pytest.raises(UsageProblem, match="its old versions were folded into one") as refused:
        open_state(f"{tmp_path / 'd'}@2")
    assert "@3" in refused.value.advice


def test_the_newest_snapshots_stay_and_what_goes_is_said(harvest: Harvest, tmp_path: Path) -> None:
    folder, clock = tmp_path / "d", Clock()
    with running(Archive(9)) as server:
        said = harvest_nights(server, folder, Retention(snapshots=2), 2, clock)
        assert not any("Removed" in line for line in said)
        first = waczs(folder)[0]
        (folder / "snapshot" / "2020-my-own.wacz").write_bytes(b"somebody's own")
        said = harvest_nights(server, folder, Retention(snapshots=2), 1, clock)
        assert f"Removed 1 older snapshot, as 2 are kept: {first.name}" in said
        said = harvest_nights(server, folder, Retention(snapshots=0), 1, clock)
        assert any(line.startswith("Removed 2 older snapshots, as 1 is kept: ") for line in said)
    own, newest = waczs(folder)
    assert own.name == "2020-my-own.wacz"
    assert verify(folder)[0].faults == []
    newest.unlink()
    shown = read_lines(folder / "records.jsonl")[0]["id"]
    ran = harvest("why", folder, shown, "title")
    assert "`keep.snapshots` has the oldest ones removed" in ran.out + ran.err, ran


def test_a_run_that_publishes_nothing_removes_nothing(tmp_path: Path) -> None:
    folder, clock = tmp_path / "d", Clock()
    with running(Archive(9)) as server:
        harvest_nights(server, folder, Retention(snapshots=9), 2, clock)
    harvest_nights(server, folder, Retention(snapshots=1), 1, clock)  # nobody answers any more
    assert len(waczs(folder)) >= 2


def test_the_schema_of_a_change_is_what_changes_are(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(change_schema())
    kinds = set()
    for seed in range(10):
        history = History(tmp_path / str(seed), seed)
        with closing(history.ledger):
            for _ in range(10):
                feed = history.night(None)
        for change in feed:
            validator.validate(json.loads(json.dumps(change)))
            kinds.add(change["change"])
    assert kinds == set(change_schema()["properties"]["change"]["enum"])


STANDING = """
[harvest.sample]
site = "wilson"
listings = ["{url}/search"]
output = "d"
snapshot = true

[harvest.sample.keep]
snapshots = 1
versions = "365 days"
"""


def test_a_harvest_that_is_declared_keeps_what_it_says(harvest: Harvest, tmp_path: Path) -> None:
    with running(Archive(9)) as server:
        (tmp_path / "harvest.toml").write_text(STANDING.replace("{url}", server.url), encoding="utf-8")
        assert harvest("update", "sample").code == 0
        (first,) = waczs(tmp_path / "d")
        ran = harvest("update", "sample")
    assert ran.code == 0, ran.err
    assert f"Removed 1 older snapshot, as 1 is kept: {first.name}" in ran.out
    (second,) = waczs(tmp_path / "d")
    assert second != first
    assert len(read_lines(tmp_path / "d" / "changes.jsonl")) == 9  # nothing is as old as a year


def test_a_clock_that_was_wrong_for_a_night_folds_nothing_that_came_since(tmp_path: Path) -> None:
    """A machine without a battery begins at 1970; the runs before and after that night are as young as they were."""
    history = History(tmp_path, 0)
    for night in range(6):
        now, history.time = history.time, BEGIN - 20_000 * DAY if night == 4 else history.time
        feed = history.night(None)
        history.time = now + DAY
    fold_to = (BEGIN - DAY).strftime(STARTED)
    assert history.night(fold_to)[: len(feed)] == feed
    history.ledger.close()


def test_a_snapshot_that_was_just_made_stays_whatever_the_clock_said(tmp_path: Path) -> None:
    names = [f"{day}T000000.000000Z.wacz" for day in ("1970-01-01", "2026-03-01", "2026-03-02")]
    (tmp_path / "snapshot").mkdir()
    for name in names:
        (tmp_path / "snapshot" / name).touch()
    Retention(snapshots=2).remove_snapshots(tmp_path, names[0])
    assert [path.name for path in waczs(tmp_path)] == [names[0], names[2]]
