"""The change feed over runs of every kind: what merged, what came apart, what was left out, what makes no change."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from conftest import read_json, read_lines
from holding import HOST, HandRun, begin, document, entry, url_of

from harvester.captures import Capture
from harvester.dataset.changes import replay_changes
from harvester.dataset.verify import verify
from harvester.items import Address, Counter, Reading
from harvester.ledger import WalkKey


def feed(folder: Path) -> list[tuple[str, str, str | None]]:
    """Return kind, title or into, of each change; every dataset here is checked as it is read."""
    assert verify(folder)[0].faults == []
    lines = read_lines(folder / "changes.jsonl")
    state = replay_changes(lines)
    assert [state[record["id"]] for record in read_lines(folder / "records.jsonl")] == read_lines(
        folder / "records.jsonl"
    )
    assert len(state) == len(read_lines(folder / "records.jsonl"))
    return [(line["change"], line["id"], line.get("into")) for line in lines]


def publish(folder: Path, *said: Any, listed: tuple[Any, ...] = ()) -> dict[str, str]:
    """Publish documents, then a listing of its own day; return title and id of each record."""
    run = begin(folder)
    for one in said:
        run.add(one, captured_at=f"2025-03-{16 + run.number}T00:00:00Z", offset=run.number)
    if listed:
        list_them(run, *listed)
    run.end()
    return {record["url"] or record["title"]: record["id"] for record in read_lines(folder / "records.jsonl")}


def list_them(run: HandRun, *entries: Any) -> None:
    number = run.number
    reading = Reading(Counter(1, len(entries), len(entries)), entries, None, "by-hand")
    capture = Capture(
        f"<html>{number}</html>".encode(), url=f"{HOST}/search", captured_at=f"2025-04-{number:02}T00:00:00Z",
        file="list.warc", offset=number,
    )  # fmt: skip
    address = Address("wilson", "listing", "everything", None, 0, 10)
    run.ledger.add_page(number, WalkKey("captured", "everything", None, scope=str(number)), address, capture, reading)
    run.pages += 1


def test_an_entry_that_joins_a_linked_one_is_merged_and_comes_apart_again(tmp_path: Path) -> None:
    linkless = entry(1, url=None)
    (alone,) = publish(tmp_path, listed=(linkless,)).values()
    linked = publish(tmp_path, listed=(entry(1),))[url_of(1)]
    assert feed(tmp_path) == [("added", alone, None), ("added", linked, None), ("merged", alone, linked)]
    # Another record of that date and title: the entry without a link may be either, and is none.
    other = publish(tmp_path, listed=(entry(2, title="Document 1"),))[url_of(2)]
    assert sorted(feed(tmp_path)[3:]) == sorted([("added", alone, None), ("added", other, None)])


def test_a_document_that_gains_a_better_address_is_merged_into_its_new_id(tmp_path: Path) -> None:
    node = f"{HOST}/node/1"
    old = publish(tmp_path, replace(document(1), url=node, addresses=(node,)))[node]
    new = publish(tmp_path, document(1))[url_of(1)]
    assert old != new
    assert feed(tmp_path) == [("added", old, None), ("added", new, None), ("merged", old, new)]


def test_what_says_the_same_once_more_makes_no_change(tmp_path: Path) -> None:
    publish(tmp_path, document(1), listed=(entry(2),))
    before = (tmp_path / "changes.jsonl").read_bytes()
    publish(tmp_path, document(1), listed=(entry(2),))
    assert [told["last_run"]["run"] for told in read_json(tmp_path / "coverage.json")["listings"]] == [1, 2]
    assert (tmp_path / "changes.jsonl").read_bytes() == before


def test_a_field_that_changes_is_told_before_and_after(tmp_path: Path) -> None:
    publish(tmp_path, listed=(entry(1),))
    publish(tmp_path, listed=(entry(1, title="Another", summary="More."),))
    line = read_lines(tmp_path / "changes.jsonl")[-1]
    assert [*line] == ["seq", "run", "at", "change", "id", "fields"]
    assert (line["seq"], line["run"], line["change"]) == (2, 2, "changed")
    assert line["fields"] == {
        "title": {"before": "Document 1", "after": "Another"},
        "summary": {"before": None, "after": "More."},
    }
