"""Captures kept in the ledger: of several days, again and again, and of a crawl's own snapshot."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines
from hypothesis import given
from hypothesis import strategies as st

from harvester.captures import Capture, Taken
from harvester.coverage import CapturedPage, superseded
from harvester.dataset.replay import ReplayRun
from harvester.dataset.verify import verify
from harvester.harvest.replay import replay
from harvester.sample import Archive, render_listing, render_text
from harvester.sites import find_site

SITE = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"
ORDER = "created_DESC"


def capture(archive: Archive, page: int, at: str | None, taken: Taken | None = None, size: int = 10) -> Capture:
    query = f"sort_bef_combine={ORDER}&page={page}&items_per_page={size}"
    body = render_listing(archive, query).encode()
    return Capture(body, url=f"{HOST}/search?{query}", captured_at=at, taken=taken)


def keep(folder: Path, captures: list[Capture]) -> list[dict]:
    """Replay captures into a dataset, check it, and return its listings."""
    run = ReplayRun(folder, SITE, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    for one in captures:
        run.replayed(folder, replay(one, SITE))
    run.end()
    findings, coverage = verify(folder)
    assert findings.faults == []
    return coverage["listings"]


def month(archive: Archive, day: str) -> list[Capture]:
    return [capture(archive, page, f"{day}T00:00:{page:02}Z") for page in range(11)]


def test_days_say_when_each_range_was_captured_and_a_remark_that_they_differ(tmp_path: Path) -> None:
    archive = Archive()
    captures = [
        capture(archive, page, "2025-03-16T10:00:00Z" if page < 5 else "2025-03-18T00:00:00Z") for page in range(11)
    ]
    (listing,) = keep(tmp_path / "d", captures)
    assert listing["days"] == [
        {"day": "2025-03-16", "ranges": [[1, 50]]},
        {"day": "2025-03-18", "ranges": [[51, 103]]},
    ]
    assert listing["remarks"] == [
        "its pages were captured on 2 days, from 2025-03-16 to 2025-03-18; all announce one total, but records may have"
        " come and gone between, and some be missed"
    ]
    assert listing["verdict"] == "complete as captured, order unproven"


def test_of_an_unknown_day_the_day_is_null(tmp_path: Path) -> None:
    (listing,) = keep(tmp_path / "d", [capture(Archive(), 0, None)])
    assert listing["days"] == [{"day": None, "ranges": [[1, 10]]}]


def swapped() -> Archive:
    """Return the archive a month later: one record gone, one new, so that the total stands still."""
    archive = Archive()
    archive.remove(archive.records[50].node)
    archive.add("A new record", "June 5, 1958", ["It came later."])
    return archive


@pytest.mark.parametrize("newest_last", [True, False])
def test_of_captures_made_again_the_newest_count_and_older_ones_are_no_conflict(
    tmp_path: Path, newest_last: bool
) -> None:
    captures = [*month(Archive(), "2025-03-16"), *month(swapped(), "2025-04-16")]
    (listing,) = keep(tmp_path / "d", captures if newest_last else captures[::-1])
    assert listing["verdict"] == "complete as captured, order unproven"
    assert [day["day"] for day in listing["days"]] == ["2025-04-16"]
    assert len(listing["superseded"]) == 11
    assert listing["remarks"] == []
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 104


@pytest.mark.parametrize(
    ("damage", "rejects"),
    [(rb'(?<=rel="bookmark">).*?(?=</a>)', 1), (rb"(?s)<tr>.*?</tr>", 0)],
    ids=["unread", "short"],
)
def test_a_newer_capture_that_lacks_a_row_does_not_stand_for_a_whole_one(
    tmp_path: Path, damage: bytes, rejects: int
) -> None:
    damaged = capture(Archive(), 3, "2025-05-01T00:00:00Z")
    damaged = replace(damaged, body=re.sub(damage, b"", damaged.body, count=1))
    (listing,) = keep(tmp_path / "d", [*month(Archive(), "2025-03-16"), damaged])
    assert listing["verdict"] == "complete as captured, order unproven"
    assert len(read_lines(tmp_path / "d" / "rejects.jsonl")) == rejects
    assert len(listing["superseded"]) == 1


def before_and_after() -> tuple[Archive, Archive]:
    """Return an archive of 30 and what became of it: the 28th of the list gone, a new one at its top."""
    before, after = Archive(30), Archive(30)
    after.remove(after.records[2].node)
    after.add("A new record", "June 5, 1958", ["It came later."])
    return before, after


@pytest.mark.parametrize("later", ["2025-03-16T23:00:00Z", "2025-10-02T10:00:00Z"], ids=["same-day", "months-later"])
@pytest.mark.parametrize("turn", [1, -1], ids=["in-order", "turned"])
def test_a_swap_behind_an_unchanged_total_is_not_mixed_into_one_claim(tmp_path: Path, later: str, turn: int) -> None:
    before, after = before_and_after()
    old = [capture(before, page, f"2025-03-16T10:00:0{page}Z") for page in (0, 2)]
    new = [capture(after, page, later) for page in (0, 1)]
    (listing,) = keep(tmp_path / "d", [*old, *new][::turn])
    titles = {line["title"] for line in read_lines(tmp_path / "d" / "records.jsonl")}
    assert {record.title for record in before.records if record in after.records} - titles, "one is on none of the four"
    assert (listing["verdict"], listing["missing"]) == ("incomplete", [[21, 30]])
    assert [remark for remark in listing["remarks"] if "21-30, from 2025-03-16" in remark]


def test_a_whole_listing_stays_whole_when_a_part_of_a_later_one_joins_it(tmp_path: Path) -> None:
    before, after = before_and_after()
    old = [capture(before, page, f"2025-03-16T10:00:0{page}Z") for page in range(3)]
    (listing,) = keep(tmp_path / "d", [*old, capture(after, 0, "2025-10-02T10:00:00Z")])
    assert listing["verdict"] == "complete as captured, order unproven"
    assert listing["days"] == [{"day": "2025-03-16", "ranges": [[1, 30]]}]
    assert listing["remarks"] == [
        "the listing changed though its total did not: captures of 1-10, from 2025-10-02, are of the other time and not"
        " counted; their records are kept"
    ]
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 31


def test_a_text_extract_that_knows_records_by_other_keys_shows_no_change(tmp_path: Path) -> None:
    archive = Archive(30)
    pages = [capture(archive, page, f"2025-03-16T10:00:0{page}Z") for page in range(3)]
    extract = capture(archive, 0, "2025-10-02T10:00:00Z")
    without_years = render_text(archive, f"sort_bef_combine={ORDER}&page=0", "A").replace("19", "").encode()
    (listing,) = keep(tmp_path / "d", [*pages, replace(extract, body=without_years)])
    assert not [remark for remark in listing["remarks"] if "changed" in remark]


@pytest.mark.parametrize("times", [("2025-03-16T10:00:00Z", "2025-10-02T10:00:00Z"), (None, None)])
def test_a_change_shows_in_pages_of_two_sizes_too(tmp_path: Path, times: tuple[str | None, str | None]) -> None:
    after, before = before_and_after()
    large = [capture(one, page, at, size=25) for one, page, at in ((before, 0, times[0]), (after, 1, times[1]))]
    (listing,) = keep(tmp_path / "d", [*large, capture(after, 0, times[1])])
    assert listing["verdict"] == "incomplete"
    assert (listing["missing"], listing["conflicts"]) == (([[26, 30]], []) if times[0] else ([], [[1, 10]]))


def test_captures_of_two_totals_are_two_listings_and_neither_is_whole(tmp_path: Path) -> None:
    longer = Archive()
    longer.add("A new record")
    captures = [*month(Archive(), "2025-03-16")[:6], *month(longer, "2025-03-16")[6:]]
    first, second = keep(tmp_path / "d", captures)
    assert {first["total"], second["total"]} == {103, 104}
    assert {first["verdict"], second["verdict"]} == {"incomplete"}


@pytest.mark.parametrize(
    ("records", "day", "code"),
    [(104, "2025-04-16", 3), (104, "2025-02-16", 0), (102, "2025-04-16", 0), (104, None, 3)],
    ids=["later-and-more", "earlier", "later-and-fewer", "of-an-unknown-day"],
)
def test_a_listing_whole_once_is_had_unless_later_captures_announce_more(
    harvest: Harvest, tmp_path: Path, records: int, day: str | None, code: int
) -> None:
    run = ReplayRun(tmp_path / "d", SITE, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    part = [capture(Archive(records), page, day and f"{day}T00:00:00Z") for page in range(3)]
    for one in [*month(Archive(), "2025-03-16"), *part]:
        run.replayed(tmp_path, replay(one, SITE))
    assert run.end().code == code
    assert harvest("verify", tmp_path / "d").code == code


PAGES = st.lists(
    st.builds(
        CapturedPage,
        st.integers(1, 100),
        st.sampled_from([None, 1, 11]),
        st.sampled_from([10, 20]),
        st.sampled_from([None, "2025-01-01", "2025-02-01", "2025-03-01"]),
        st.booleans(),
        st.just(()),
    ),
    unique_by=lambda page: page.number,
    max_size=12,
)


@given(PAGES)
def test_what_is_superseded_leaves_a_whole_page_that_is_not_older(pages: list[CapturedPage]) -> None:
    old = superseded(pages)
    for page in pages:
        if page.number in old:
            assert any(
                (other.first, other.last) == (page.first, page.last)
                and other.whole
                and other.captured_at
                and (not page.whole or other.captured_at > (page.captured_at or ""))
                for other in pages
                if other.number not in old
            )
    assert superseded(pages[::-1]) == old


DAYS = [f"2025-01-{day:02}" for day in range(1, 10)]
SHOWN = st.builds(
    CapturedPage,
    st.integers(1, 100),
    st.sampled_from([1, 2, 3]),
    st.just(None),
    st.sampled_from(DAYS),
    st.just(True),
    st.tuples(st.sampled_from("abc")),
    st.just("html"),
)


@given(st.lists(SHOWN, unique_by=lambda page: page.number, max_size=12))
def test_what_counts_was_never_captured_on_both_sides_of_a_known_change(pages: list[CapturedPage]) -> None:
    pages = [page._replace(last=page.first) for page in pages]
    counted = [DAYS.index(page.captured_at or "") for page in pages if page.number not in superseded(pages)]
    for first in (1, 2, 3):
        of_place = sorted((DAYS.index(p.captured_at or ""), p.records) for p in pages if p.first == first)
        for (a, said), (b, says) in pairwise(of_place):
            sides = {2 * day > a + b for day in counted}
            assert said == says or a == b or len(sides) < 2
    assert superseded(pages[::-1]) == superseded(pages)
    assert not pages or counted


CRAWL = "2026-01-01T00:00:00.000000Z"


def taken(begun: str = CRAWL, number: int = 1, crawl: str | None = None, **changes: object) -> Taken:
    return replace(Taken(crawl or begun, begun, "/search", ORDER, number, proving=True), **changes)  # type: ignore[arg-type]


def walk(archive: Archive, mark: Taken, pages: range = range(11)) -> list[Capture]:
    return [capture(archive, page, f"{mark.crawl[:19]}Z", mark) for page in pages]


def test_a_walk_replayed_from_its_snapshot_is_the_walk_that_it_was(tmp_path: Path) -> None:
    (listing,) = keep(tmp_path / "d", walk(Archive(), taken()))
    assert (listing["kind"], listing["crawl"], listing["verdict"]) == ("captured", CRAWL, "complete")


def test_read_out_of_its_order_a_walk_from_a_snapshot_proves_nothing(tmp_path: Path) -> None:
    (listing,) = keep(tmp_path / "d", walk(Archive(), taken())[::-1])
    assert listing["verdict"] == "complete as captured, order unproven"


def test_an_order_that_is_no_proof_here_is_none_whatever_a_snapshot_says(tmp_path: Path) -> None:
    mark = taken(order="created_ASC")
    captures = [
        replace(one, url=one.url.replace(ORDER, "created_ASC")) for one in walk(Archive(), mark) if one.url is not None
    ]
    (listing,) = keep(tmp_path / "d", captures)
    assert listing["verdict"] == "complete as captured, order unproven"


def test_a_page_that_is_of_another_listing_than_its_snapshot_says_is_a_capture_like_any(tmp_path: Path) -> None:
    (listing,) = keep(tmp_path / "d", walk(Archive(), taken(listing="/search?f=topics:1")))
    assert (listing["crawl"], listing["listing"]) == (None, "/search")


@pytest.mark.parametrize("in_turn", [True, False])
def test_of_nights_replayed_the_last_counts_in_whatever_order_they_come(tmp_path: Path, in_turn: bool) -> None:
    first = walk(Archive(), taken(), range(7))  # a night that broke off
    second = walk(swapped(), taken("2026-01-02T00:00:00.000000Z"))
    (listing,) = keep(tmp_path / "d", [*first, *second] if in_turn else [*second, *first])
    assert (listing["verdict"], listing["crawl"]) == ("complete", "2026-01-02T00:00:00.000000Z")


def test_the_night_that_counts_is_told_wholly_though_it_was_replayed_between_others(tmp_path: Path) -> None:
    nights = [walk(Archive(), taken(f"2026-01-0{day}T00:00:00.000000Z")) for day in (1, 3, 2)]
    (listing,) = keep(tmp_path / "d", [one for night in nights for one in night])
    assert (listing["verdict"], listing["crawl"]) == ("complete", "2026-01-03T00:00:00.000000Z")


@pytest.mark.parametrize("in_turn", [True, False])
def test_passes_of_a_listing_that_changed_are_told_as_one(tmp_path: Path, in_turn: bool) -> None:
    first, second = walk(Archive(), taken(), range(7)), walk(swapped(), taken(number=2))
    (listing,) = keep(tmp_path / "d", [*first, *second] if in_turn else [*second, *first])
    assert (listing["verdict"], listing["passes"]) == ("complete", 2)
    assert listing["walk_before"] is not None


def test_a_last_row_that_the_crawl_did_not_believe_is_not_believed_in_the_replay(tmp_path: Path) -> None:
    captures = walk(Archive(), taken())
    captures[4] = replace(captures[4], taken=taken(cut_off=True))
    (listing,) = keep(tmp_path / "d", captures)
    assert (listing["verdict"], listing["rejects"]) == ("incomplete", 1)


def test_what_was_passed_over_is_counted_and_said(tmp_path: Path) -> None:
    run = ReplayRun(tmp_path / "d", SITE, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    for kind in ("document", "other-site", "document"):
        run.pass_over(kind)
    run.replayed(tmp_path, replay(capture(Archive(), 0, None), SITE))
    assert "3 captures passed over: 2 document, 1 other-site" in run.end().lines
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert listing["last_run"]["passed_over"] == {"document": 2, "other-site": 1}
