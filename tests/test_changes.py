"""Whoever follows changes.jsonl ends with records.jsonl: whatever was applied twice, wherever it was stopped."""

import json
import random
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, read_lines

from harvester.dataset.changes import Records, apply, replay_changes
from harvester.sample import Archive, running
from tests.soak.engine import Clock, crawl, run

DOCUMENT = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Records]]:
    """Return the feeds of ten nights, two of them rebuilds, each with the records that were published beside it."""
    folder, chance, clock = tmp_path_factory.mktemp("nights"), random.Random(7), Clock()
    told, gone = [], []
    with running(Archive(25)) as server:
        for night in range(10):
            clock.time += timedelta(days=1)
            for record in chance.sample(server.archive.records, 2):
                server.archive.change(record.node, title=chance.choice(["One title", "Another"]))
            if night:
                gone.append(server.archive.remove(server.archive.records[night % 3].node))
            if night in {4, 8}:
                server.archive.restore(gone.pop(0))
            server.archive.add(f"New in night {night}", "June 1, 1960")
            run(crawl([f"{server.url}/search"], folder / "d", clock, anew=night in {5, 9}))
            (folder / f"{night}.jsonl").write_bytes((folder / "d" / "changes.jsonl").read_bytes())
            records = {record["id"]: record for record in read_lines(folder / "d" / "records.jsonl")}
            told.append((folder / f"{night}.jsonl", records))
    kinds = {change["change"] for change in read_lines(told[-1][0])}
    assert kinds == {"added", "changed", "withdrawn", "returned", "dropped"}
    return told


def test_each_feed_begins_as_the_one_before_and_gives_the_records_of_its_night(
    nights: list[tuple[Path, Records]],
) -> None:
    before = b""
    for path, records in nights:
        assert path.read_bytes().startswith(before)
        before = path.read_bytes()
        assert replay_changes(read_lines(path)) == records
        numbers = [change["seq"] for change in read_lines(path)]
        assert numbers == [*range(1, len(numbers) + 1)]


def test_a_consumer_that_applies_all_twice_or_stopped_anywhere_ends_in_the_same_state(
    nights: list[tuple[Path, Records]],
) -> None:
    path, records = nights[-1]
    feed = read_lines(path)
    for stop in range(len(feed) + 1):
        for again in {0, max(stop - 1, 0), stop // 2, stop}:  # it had noted an earlier number than it had applied
            state = replay_changes(feed[:stop])
            for change in feed[again:]:
                apply(state, change)
            assert state == records, (stop, again)


def test_a_consumer_goes_on_from_any_earlier_night(nights: list[tuple[Path, Records]]) -> None:
    for i, (earlier, _) in enumerate(nights):
        state, last = replay_changes(read_lines(earlier)), len(read_lines(earlier))
        for later, records in nights[i:]:
            for change in read_lines(later)[last:]:
                apply(state, change)
            last = len(read_lines(later))
            assert state == records


def test_what_a_change_leaves_alone_stays(nights: list[tuple[Path, Records]]) -> None:
    state: Records = {"mine": {"id": "mine"}}
    for change in read_lines(nights[-1][0]):
        apply(state, change)
    assert state["mine"] == {"id": "mine"}


def shown(language: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.S)
    return str(code)


def test_the_python_that_is_shown_reads_on(nights: list[tuple[Path, Records]]) -> None:
    space: dict[str, Any] = {}
    exec(shown("python"), space)
    state: Records = {}
    last = 0
    for path, records in nights:
        last = space["read_on"](state, last, str(path))
        assert state == records


def test_the_sql_that_is_shown_does_too(nights: list[tuple[Path, Records]]) -> None:
    put, change_field, delete = (part for part in shown("sql").split(";\n") if part.strip())
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE record (id TEXT PRIMARY KEY, said TEXT)")
        last = 0
        for path, records in nights:
            for change in read_lines(path):
                if change["seq"] <= last:
                    continue
                last, key = change["seq"], {"id": change["id"]}
                if change["change"] == "added":
                    db.execute(put, {**key, "record": json.dumps(change["record"])})
                elif change["change"] in {"merged", "dropped"}:
                    db.execute(delete, key)
                for field, told in change.get("fields", {}).items():
                    db.execute(change_field, {**key, "field": field, "after": json.dumps(told["after"])})
            rows = db.execute("SELECT id, said FROM record").fetchall()
            assert {record: json.loads(said) for record, said in rows} == records


def test_the_document_names_every_kind_and_every_key() -> None:
    from harvester.dataset.package import change_schema

    schema = change_schema()["properties"]
    tables = DOCUMENT.partition("## Reading it")[0]
    for name in (*schema, *schema["change"]["enum"]):
        assert f"`{name}`" in tables, name
