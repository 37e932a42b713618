"""How many rows of a walk have each field, and when that counts as drift."""

from pathlib import Path
from typing import Any

import pytest
from holding import HOST, WILSON

from harvester.captures import Capture
from harvester.dataset.publish import publish
from harvester.items import Address, Counter, Entry, Reading, Reject
from harvester.ledger import Ledger, WalkKey
from harvester.ledger.afterwards import Aftermath, looking_back
from harvester.ledger.shares import Look, Looks, looks_of_run, shares_of
from harvester.standing.drift import find_drift

ROWS = {"rows": 1000, "date_text": 900, "date": 890, "summary": 500, "url": 1000, "layouts": ["a"], "rejects": {}}


def look(run: int, *, whole: bool = True, kind: str = "live", **shares: Any) -> Look:
    return Look(run, "/search", None, kind, run, whole, {**ROWS, **shares})


def drift(now: Look, whole: Look | None, *since: Look) -> dict[str, Any] | None:
    found = find_drift(Aftermath("2026-03-01T00:00:00Z", [], [Looks(now, whole, since)], [], []))
    return None if found is None else {name: told for name, told in found.facts.items() if told}


@pytest.mark.parametrize(("after", "rows", "fell"), [(480, 1000, False), (479, 1000, True), (960, 2000, False)])
def test_a_share_counts_as_fallen_by_more_than_two_points(after: int, rows: int, fell: bool) -> None:
    assert (drift(look(2, summary=after, rows=rows, date_text=rows, date=rows, url=rows), look(1)) is not None) == fell


@pytest.mark.parametrize(("before", "after", "fell"), [((10, 20), (8, 20), False), ((10, 20), (7, 20), True)])
def test_in_a_short_listing_it_takes_three_rows(before: tuple[int, int], after: tuple[int, int], fell: bool) -> None:
    told = [
        {"summary": some, "rows": rows, "date_text": rows, "date": rows, "url": rows} for some, rows in (before, after)
    ]
    assert (drift(look(2, **told[1]), look(1, **told[0])) is not None) == fell


def test_a_walk_that_is_not_whole_is_not_held_to_the_one_before() -> None:
    assert drift(look(2, summary=0, whole=False), look(1)) is None
    assert drift(look(2, summary=0), None, look(1, whole=False)) is None


def test_a_listing_that_is_empty_has_no_shares() -> None:
    empty = dict.fromkeys(("rows", "date_text", "date", "summary", "url"), 0)
    assert drift(look(2), look(1, **empty)) is None
    assert drift(look(2, **empty), look(1)) is None


def test_a_layout_or_reason_is_new_if_nothing_since_the_last_whole_walk_had_it() -> None:
    now = look(5, whole=False, layouts=["a", "b", "c"], rejects={"no-title": 2, "too-many": 1})
    now.shares["rejects"]["cut-off"] = 3  # a page that broke off is no new kind of page
    known = look(3, whole=False, layouts=["b"], rejects={"no-title": 7})
    assert drift(now, look(2), known) == {
        "layouts": [{"listing": "/search", "layout": "c"}],
        "rejects": [{"listing": "/search", "reason": "too-many", "count": 1}],
    }


def test_the_first_look_at_a_listing_shows_nothing_new() -> None:
    assert drift(look(1, layouts=["z"], rejects={"no-title": 2}), None) is None


def entry(number: int, **more: Any) -> Entry:
    told = {"date_text": "July 22, 1958", "title": f"Document {number}", "summary": "Some.", "place": "/html"}
    return Entry(**{**told, "url": f"{HOST}/document/document-{number}", **more})


def keep(folder: Path, rows: list[Entry | Reject], *, key: WalkKey, layout: str = "by-hand", day: int = 1) -> int:
    """Keep a page as the walk of a run, and publish; return the number of the run."""
    ledger = Ledger(folder, WILSON.name)
    try:
        run = ledger.begin_run("crawl", f"2026-03-{day:02}T00:00:00.000000Z", "readers")
        capture = Capture(b"<html>", url=f"{HOST}/search", captured_at=f"2026-03-{day:02}T00:00:00Z")
        reading = Reading(Counter(1, len(rows), len(rows)), tuple(rows), None, layout)
        ledger.add_page(run, key, Address("wilson", "/search", "/search", None, 0, 10), capture, reading)
        ledger.finish_run(run, f"2026-03-{day:02}T01:00:00Z")
        publish(ledger, WILSON)
    finally:
        ledger.close()
    return run


def test_each_row_counts_for_the_fields_that_it_has(tmp_path: Path) -> None:
    rows = [
        entry(1),
        entry(2, date_text="soon", summary=None),
        entry(3, date_text=None, url=None),
        Reject("no-title", "It has none.", "x", "/p"),
    ]
    run = keep(tmp_path / "d", rows, key=WalkKey("live", "/search", "created_DESC"))
    with looking_back(tmp_path / "d") as log:
        assert log is not None
        (looks,) = looks_of_run(log.db, run)
    assert looks.now.shares == {
        "rows": 3, "date_text": 2, "date": 1, "summary": 2, "url": 2,
        "layouts": ["by-hand"], "rejects": {"no-title": 1},
    }  # fmt: skip
    assert (looks.now.whole, looks.whole, looks.since) == (False, None, ())


def test_shares_stay_when_the_pages_are_forgotten(tmp_path: Path) -> None:
    folder, told = tmp_path / "d", []
    for day in range(1, 6):
        rows = [entry(number, summary="Some." if number < 5 - day else None) for number in range(4)]
        keep(folder, rows, key=WalkKey("live", "/search", "created_DESC"), day=day)
    with looking_back(folder) as log:
        assert log is not None
        told = [looks_of_run(log.db, run)[0].now.shares["summary"] for run in range(1, 6)]
        held = log.db.execute(
            "SELECT walk, count(*) FROM page JOIN sight ON sight.page = page.id GROUP BY 1"
        ).fetchall()
    assert told == [4, 3, 2, 1, 0]
    assert sum(rows for _, rows in held) < 5 * 4  # or nothing was forgotten, and this shows nothing


def test_a_look_that_stopped_early_is_known_but_no_whole_walk(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    live, early = (WalkKey(kind, "/search", "created_DESC") for kind in ("live", "incremental"))
    keep(folder, [entry(number) for number in range(9)], key=live)
    keep(folder, [entry(number, summary=None) for number in range(9)], key=early, layout="other", day=2)
    with looking_back(folder) as log:
        assert log is not None
        log.db.execute("UPDATE walk SET verdict = 'complete'")
        (looks,) = looks_of_run(log.db, 2)
    assert (looks.now.kind, looks.now.whole) == ("incremental", False)
    assert drift(looks.now, look(1, layouts=["by-hand"])) == {"layouts": [{"listing": "/search", "layout": "other"}]}


def test_a_layout_that_was_there_long_ago_is_new_again(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    for day, layout in enumerate(("old", "new", "new", "old"), 1):
        keep(folder, [entry(1)], key=WalkKey("live", "/search", "created_DESC"), layout=layout, day=day)
    with looking_back(folder) as log:
        assert log is not None
        for number, whole, since in ((1, None, ()), (2, 1, ()), (3, 1, (2,)), (4, 3, ())):
            log.db.execute("UPDATE walk SET verdict = iif(id IN (1, 3), 'complete', 'incomplete')")
            (looks,) = looks_of_run(log.db, number)
            assert (looks.now.walk, looks.whole and looks.whole.walk) == (number, whole)
            assert tuple(look.walk for look in looks.since) == since
        found = find_drift(log.aftermath(4))
    assert found is not None and found.facts["layouts"] == [{"listing": "/search", "layout": "old"}]


def test_a_ledger_of_an_earlier_format_has_nothing_to_look_back_at(tmp_path: Path) -> None:
    keep(tmp_path, [entry(1)], key=WalkKey("live", "/search", "created_DESC"))
    with looking_back(tmp_path) as log:
        assert log is not None and log.noticed() == {}
        with log.db:
            log.db.execute("UPDATE meta SET value = '4' WHERE name = 'format'")
    with looking_back(tmp_path) as log:
        assert log is None
    with looking_back(tmp_path / "nowhere") as log:
        assert log is None


def test_a_search_that_shows_nothing_is_no_layout_of_rows(tmp_path: Path) -> None:
    key = WalkKey("live", "/search", "created_DESC")
    keep(tmp_path, [entry(1)], key=key)
    keep(tmp_path, [], key=key, layout="empty", day=2)
    with looking_back(tmp_path) as log:
        assert log is not None
        assert [looks_of_run(log.db, run)[0].now.shares["layouts"] for run in (1, 2)] == [["by-hand"], []]
        assert find_drift(log.aftermath(2)) is None


def test_pages_for_which_another_capture_stands_do_not_count(tmp_path: Path) -> None:
    run = keep(tmp_path / "d", [entry(1), entry(2)], key=WalkKey("captured", "/search", None, scope="2"))
    with looking_back(tmp_path / "d") as log:
        assert log is not None
        (page, walk) = log.db.execute("SELECT id, walk FROM page").fetchone()
        assert run and shares_of(log.db, walk, WILSON.dates)["rows"] == 2
        none = shares_of(log.db, walk, WILSON.dates, [page])
    assert (none["rows"], none["layouts"], none["rejects"]) == (0, [], {})
