"""Which entries are one record: links first, else date and whole title; settled over everything seen."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.captures import Capture
from harvester.errors import DatasetError
from harvester.identity import linked_id
from harvester.items import Counter, Entry, Reading, Record, Reject
from harvester.ledger import Ledger, Projection, WalkKey
from harvester.sites import find_site

WILSON = find_site("wilson")
HTML, TEXT = b"<html>", b"text"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "d", "wilson")
    yield ledger
    ledger.close()


def entry(title: str, date: str | None = "June 5, 1958", url: str | None = None, summary: str | None = None) -> Entry:
    return Entry(date, title, summary, url and f"https://digitalarchive.wilsoncenter.org/document/{url}", "")


def add(
    ledger: Ledger, body: bytes, *rows: Entry | Reject, first: int = 1, when: str | None = None, scope: str = ""
) -> None:
    run = ledger.begin_run("replay", "2026-01-01T00:00:00Z", "")
    key = WalkKey("captured", None, None, label="pages", scope=scope)
    counter = Counter(first, first + len(rows) - 1, 99)
    capture = Capture(body + repr(rows).encode(), captured_at=when, file="page")
    ledger.add_page(run, key, None, capture, Reading(counter, rows, None, "test"))


def records(ledger: Ledger) -> list[Record]:
    return [record for record, _ in Projection(ledger, WILSON).records()]


def matched(ledger: Ledger) -> list[set[str]]:
    return [{c["matched_by"] for c in told["captures"]} for _, told in Projection(ledger, WILSON).records()]


def test_one_link_is_one_record_whatever_else_differs(ledger: Ledger) -> None:
    add(ledger, HTML, entry("Letter", "June 5, 1958", "a"))
    add(ledger, HTML, entry("Letter!", "June 6, 1958", "a"))
    assert len(records(ledger)) == 1


def test_two_links_are_two_records_whatever_else_agrees(ledger: Ledger) -> None:
    add(ledger, HTML, entry("Letter", url="a"), entry("Letter", url="b"))
    assert len(records(ledger)) == 2


def test_without_a_link_date_and_whole_title_join_the_one_that_has_one(ledger: Ledger) -> None:
    add(ledger, TEXT, entry("Letter"))
    add(ledger, HTML, entry("Letter", "5 June 1958", "a"))
    assert matched(ledger) == [{"link", "date and title"}]
    assert records(ledger)[0].date_text == "5 June 1958"


@pytest.mark.parametrize(
    "other",
    [
        entry("Letter", "June 1958", "a"),
        entry("Letters", url="a"),
        entry("letter", url="a"),
        entry("Letter", None, "a"),
    ],
    ids=["coarser-date", "near-title", "other-case", "no-date"],
)
def test_a_near_match_joins_nothing(ledger: Ledger, other: Entry) -> None:
    add(ledger, TEXT, entry("Letter"))
    add(ledger, HTML, other)
    assert len(records(ledger)) == 2


def test_two_unknown_dates_are_no_match(ledger: Ledger) -> None:
    add(ledger, TEXT, entry("Letter", None))
    add(ledger, HTML, entry("Letter", None, "a"))
    assert len(records(ledger)) == 2


def test_where_two_linked_records_match_neither_is_joined(ledger: Ledger) -> None:
    add(ledger, HTML, entry("Letter", url="a"), entry("Letter", url="b"))
    add(ledger, TEXT, entry("Letter"))
    assert len(records(ledger)) == 3


def test_where_two_entries_without_links_match_neither_is_joined(ledger: Ledger) -> None:
    add(ledger, TEXT, entry("Letter"), entry("Letter"))
    add(ledger, HTML, entry("Letter", url="a"))
    assert len(records(ledger)) == 3


def test_equal_entries_without_links_in_one_listing_stay_two_and_prove_nothing(ledger: Ledger) -> None:
    add(ledger, TEXT, entry("Letter"), entry("Letter"))
    projection = Projection(ledger, WILSON)
    assert len(list(projection.records())) == 2
    assert not projection.walks[0].told_apart


def test_equal_entries_without_links_in_two_listings_are_one(ledger: Ledger) -> None:
    add(ledger, TEXT, entry("Letter"), scope="one")
    add(ledger, TEXT, entry("Letter"), scope="two")
    assert len(records(ledger)) == 1


def test_html_gives_the_record_before_a_newer_text(ledger: Ledger) -> None:
    add(ledger, HTML, entry("Letter", url="a", summary="From HTML."), when="2020-01-01T00:00:00Z")
    add(ledger, TEXT, entry("Letter", summary="From text."), when="2025-01-01T00:00:00Z")
    assert [record.summary for record in records(ledger)] == ["From HTML."]


def test_the_newest_capture_gives_the_record_in_whatever_order_they_come(tmp_path: Path) -> None:
    seen = [
        (entry("Letter", url="a", summary=f"As of {year}."), f"{year}-01-01T00:00:00Z") for year in (2020, 2025, 2022)
    ]
    for i, order in enumerate((seen, seen[::-1])):
        ledger = Ledger(tmp_path / str(i), "wilson")
        for said, when in order:
            add(ledger, HTML, said, when=when)
        assert [record.summary for record in records(ledger)] == ["As of 2025."]
        ledger.close()


def test_provenance_keeps_the_ends_and_the_changes_of_many_nights(ledger: Ledger) -> None:
    for night in range(9):
        run = ledger.begin_run("crawl", f"2026-01-0{night + 1}T00:00:00Z", "")
        said = entry("Letter", url="a", summary="Old." if night < 4 else "New.")
        capture = Capture(HTML + bytes([night + 65]), url="https://x/", captured_at=f"2026-01-0{night + 1}T00:00:00Z")
        key = WalkKey("live", "/search", "created_DESC", proving=True)
        ledger.add_page(run, key, None, capture, Reading(Counter(1, 1, 1), (said,), None, "test"))
    ((record, told),) = Projection(ledger, WILSON).records()
    assert record.summary == "New."
    assert [capture["captured_at"][8:10] for capture in told["captures"]] == ["01", "05", "09"]


def test_a_move_to_another_host_changes_no_id() -> None:
    assert linked_id("wilson", "https://a.example/document/x") == linked_id("wilson", "http://b.example/document/x")
    assert linked_id("wilson", "https://a.example/document/x") != linked_id("wilson", "https://a.example/document/y")


def test_ids_stand_for_ever(ledger: Ledger) -> None:
    add(ledger, HTML, entry("Letter", url="a"))
    add(ledger, TEXT, entry("Memo", "1979"))
    assert sorted(record.id for record in records(ledger)) == ["wilson-a6419b823dbc0d6d", "wilson-f0f1fe680ebc6a95"]


def test_a_ledger_of_another_site_is_refused(tmp_path: Path) -> None:
    Ledger(tmp_path / "d", "harbour").close()
    with pytest.raises(DatasetError, match="of the site harbour"):
        Ledger(tmp_path / "d", "wilson")


def test_a_damaged_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all, but long enough to be read as one" * 40)
    before = (tmp_path / "ledger.sqlite").read_bytes()
    with pytest.raises(DatasetError, match="damaged"):
        Ledger(tmp_path, "wilson")
    assert (tmp_path / "ledger.sqlite").read_bytes() == before


def test_records_without_their_ledger_are_refused(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("{}\n")
    with pytest.raises(DatasetError, match="no ledger"):
        Ledger(tmp_path, "wilson")


class DeadDisk:
    """A connection amid a transaction on a disk that answers nothing any more, not even to a rollback."""

    in_transaction = True

    def execute(self, *_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")


def test_a_disk_that_fails_for_good_is_named_though_the_rollback_fails_too(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "db", DeadDisk())
    with pytest.raises(DatasetError, match="the disk failed"):
        ledger.begin_run("crawl", "2026-01-01T00:00:00Z", "")
    monkeypatch.undo()
