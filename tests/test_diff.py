"""Two datasets, or two states of one: what is only here, only there, different; and what an absence is worth."""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import Harvest, read_json, read_lines
from hypothesis import given
from hypothesis import strategies as st

from harvester.cli.sides import render
from harvester.coverage import AS_CAPTURED, COMPLETE, INCOMPLETE
from harvester.dataset.diff import Comparison
from harvester.dataset.difference import DIFFERS, GONE_A, GONE_B, ONLY_A, ONLY_B, UNSURE, Difference
from harvester.dataset.held import Held
from harvester.dataset.listed import Listed
from harvester.dataset.opening import open_state
from harvester.dataset.saying import Tally, say_since, say_summary
from harvester.errors import DatasetBusy, DatasetError, UsageProblem
from harvester.harvest.records import record_of
from harvester.items import Entry
from harvester.ledger import Ledger
from harvester.sample import Archive, Server, render_listing, running
from harvester.sites import find_site
from tests.soak.engine import Clock, crawl, run

SITE = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"
SPRING, AUTUMN = "2025-03-16T10:00:00Z", "2025-10-02T10:00:00Z"


@dataclass
class Side:
    """A state made by hand."""

    held: list[Held]
    listings: tuple[Listed, ...] = ()
    site: str = "wilson"
    name: str = "by hand"

    def records(self) -> Iterator[Held]:
        yield from sorted(self.held, key=lambda held: held.id)

    def close(self) -> None:
        """Nothing is held."""


def held(
    title: str, date: str | None = "July 22, 1958", slug: str | None = None, at: str | None = SPRING, **rest: Any
) -> Held:
    url = f"https://digitalarchive.wilsoncenter.org/document/{slug}" if slug else None
    entry = Entry(date, title, rest.pop("summary", None), url, "")
    record = record_of(entry, SITE, listings=rest.pop("listings", ()))
    return Held(orjson.loads(orjson.dumps(record)), at, at, **rest)


def listed(verdict: str, listing: str | None = "/search", at: str = AUTUMN) -> Listed:
    return Listed(listing, verdict, 1, at, at, f"{listing} - {verdict}")


def compare(a: Side, b: Side) -> list[Difference]:
    return list(Comparison(a, b, "/search").differences())


def said(a: Side, b: Side) -> str:
    comparison, tally = Comparison(a, b, "/search"), Tally()
    list(tally.counted(comparison.differences()))
    return "\n".join(say_summary(comparison, tally))


def test_an_entry_without_a_link_joins_the_one_record_of_its_date_and_title() -> None:
    a, b = Side([held("A note")]), Side([held("A note", slug="a-note", summary="What it says.")])
    (found,) = compare(a, b)
    assert (found.kind, found.matched_by, found.fields) == (DIFFERS, "date and title", ("url", "summary"))
    assert "1 of these have a link on one side only, and were matched by date and title" in said(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([held("A note", None)], [held("A note", None, "a-note")]),
        ([held("A note", "July 1958")], [held("A note", slug="a-note")]),
        ([held("A note")], [held("A Note", slug="a-note")]),
        ([held("A note")], [held("A note", slug="a-note"), held("A note", slug="a-note-0")]),
        ([held("A note"), held("A note", "22 July 1958")], [held("A note", slug="a-note")]),
        ([held("A note", slug="a-note")], [held("A note", slug="a-note-0")]),
    ],
    ids=["no-date", "other-date", "other-letter", "two-linked", "two-without-links", "two-links"],
)
def test_what_is_not_certain_is_not_joined(a: list[Held], b: list[Held]) -> None:
    assert {found.kind for found in compare(Side(a), Side(b))} == {ONLY_A, ONLY_B}


def test_a_record_that_both_have_still_makes_a_namesake_unsure() -> None:
    """The one left over may be meant, or the one that both have."""
    both = held("A note", slug="a-note")
    found = compare(Side([both, held("A note")]), Side([both, held("A note", slug="a-note-0")]))
    assert [one.kind for one in found] == [ONLY_A, ONLY_B]


def test_a_listing_that_one_side_never_walked_is_no_difference() -> None:
    a = Side([held("A note", slug="n", listings=["/search", "/search?f=topics:1"])], (listed(COMPLETE),))
    b = Side([held("A note", slug="n", listings=["/search"])], (listed(COMPLETE),))
    assert compare(a, b) == []
    walked = (listed(COMPLETE), listed(COMPLETE, "/search?f=topics:1"))
    (found,) = compare(replace(a, listings=walked), replace(b, listings=walked))
    assert found.fields == ("listings",)
    assert found.as_data()["fields"]["listings"] == {"a": ["/search", "/search?f=topics:1"], "b": ["/search"]}


@pytest.mark.parametrize(
    ("listings", "summary", "since"),
    [
        ((listed(COMPLETE),), "absent from the complete walk of /search in B, 2025-10-02",
         "last seen 2025-03-16, absent from B's complete walk of 2025-10-02"),
        ((listed(AS_CAPTURED),), "in no proving order: some may be missed",
         "last seen 2025-03-16, absent from B's pages of 2025-10-02"),
        ((listed(INCOMPLETE),), "that it lacks them proves nothing",
         "last seen 2025-03-16; no complete walk of B should have shown it"),
        ((listed(COMPLETE, "/search?f=topics:1"),), "that it lacks them proves nothing",
         "last seen 2025-03-16; no complete walk of B should have shown it"),
        ((listed(COMPLETE, at="2024-01-01T00:00:00Z"),), "complete walk of /search in B, 2024-01-01",
         "first seen 2025-03-16, after B was walked (2024-01-01)"),
        ((listed(COMPLETE, at="2025-03-16T09:00:00Z"),), "complete walk of /search in B, 2025-03-16",
         "first seen 2025-03-16T10:00:00Z, after B was walked (2025-03-16T09:00:00Z)"),
    ],
    ids=["complete", "as-captured", "incomplete", "another-listing", "walked-before", "walked-before-that-day"],
)  # fmt: skip
def test_an_absence_is_worth_as_much_as_the_walk(listings: tuple[Listed, ...], summary: str, since: str) -> None:
    a, b = Side([held("A note", slug="a-note")]), Side([], listings)
    (found,) = compare(a, b)
    assert say_since(found) == since
    assert summary in said(a, b)


@pytest.mark.parametrize("date", [None, "July 22, 1958"])
def test_an_entry_without_a_link_that_may_be_the_record_takes_the_claim_back(date: str | None) -> None:
    whole = (listed(COMPLETE),)
    a, b = Side([held("A note", slug="a-note")], whole), Side([held("A note", date)], whole)
    twin = held("A note", slug="a-note-0")
    for one, other in ((replace(a, held=[*a.held, twin]), b), (b, replace(a, held=[*a.held, twin]))):
        for found in compare(one, other):
            assert found.absence is None and found.may_be is not None
            assert "of the same title, which may be it" in say_since(found)
        assert "no link tells whether they are the same" in said(one, other)
        assert "absent from" not in said(one, other)


def test_a_namesake_of_another_date_or_with_a_link_of_its_own_takes_no_claim_back() -> None:
    a = Side([held("A note", slug="a-note")])
    b = Side([held("A note", "July 1960"), held("A note", slug="another")], (listed(COMPLETE),))
    (found,) = [found for found in compare(a, b) if found.kind == ONLY_A]
    assert found.may_be is None and found.absence is not None


def test_the_listing_in_which_a_record_stood_would_have_shown_it_too() -> None:
    facet = "/search?f=topics:1"
    (found,) = compare(Side([held("N", slug="n", listings=[facet])]), Side([], (listed(COMPLETE, facet),)))
    assert found.as_data()["absent_from"] == {
        "listing": facet, "verdict": COMPLETE, "total": 1, "first": AUTUMN, "last": AUTUMN
    }  # fmt: skip


def test_what_one_side_holds_but_shows_no_more_is_gone_from_it() -> None:
    whole = (listed(COMPLETE),)
    a, b = Side([held("N", slug="n")], (listed(COMPLETE, at=SPRING),)), Side([held("N", slug="n")], whole)
    (found,) = compare(a, b)
    assert (found.kind, found.as_data()["absent_from"]["first"]) == (GONE_B, AUTUMN)
    assert say_since(found) == "last seen 2025-03-16, absent from B's complete walk of 2025-10-02"
    assert "1 of these B holds from earlier walks" in said(a, b)
    assert [found.kind for found in compare(b, a)] == [GONE_A]
    without = replace(b, held=[*b.held, held("N", None)])
    assert [found.kind for found in compare(a, without)] == [ONLY_B]
    assert compare(b, b) == [] and compare(a, replace(b, listings=(listed(AS_CAPTURED),))) == []


def test_what_was_removed_between_two_states_is_told(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    clock = Clock()
    run(crawl([f"{server.url}/search"], tmp_path / "d", clock))
    gone = server.archive.records[40]
    server.archive.remove(gone.node)
    clock.time += timedelta(days=1)
    run(crawl([f"{server.url}/search"], tmp_path / "d", clock))
    ran = harvest("diff", f"{tmp_path / 'd'}@1", tmp_path / "d")
    told = ran.out.partition("In both, but gone from B:")[2]
    assert gone.path in told and "absent from B's complete walk of 2026-03-02" in told


def test_a_day_that_no_capture_tells_is_not_made_up() -> None:
    a, b = Side([held("A note", slug="n", at=None)]), Side([], (listed(COMPLETE),))
    assert "last seen there on an unknown day" in said(a, b)
    assert say_since(compare(a, b)[0]).startswith("last seen on an unknown day, absent")


def test_what_an_earlier_state_does_not_know_for_certain_is_said_to_be_unsure() -> None:
    a, b = Side([held("A note", slug="n", sure=False, last_known=False)]), Side([held("A note", slug="n")])
    assert [found.kind for found in compare(a, b)] == [UNSURE]
    assert "of 1 more it is not kept for certain what they said then" in said(a, b)
    assert say_since(compare(a, Side([]))[0]).startswith("last seen 2025-03-16 or later")


def test_states_of_two_sites_are_not_compared() -> None:
    with pytest.raises(UsageProblem, match="of the site wilson"):
        Comparison(Side([]), Side([], site="another"), None)


HELD = st.builds(
    held,
    st.sampled_from(["A note", "A letter", "a note"]),
    st.sampled_from(["July 22, 1958", "22 July 1958", "1958", None]),
    st.sampled_from([None, None, "one", "two", "three"]),
    st.sampled_from([SPRING, AUTUMN, None]),
    summary=st.sampled_from([None, "Something."]),
    listings=st.sampled_from([[], ["/search"], ["/search", "/search?f=topics:1"]]),
)
SIDES = st.builds(
    Side,
    st.lists(HELD, max_size=8, unique_by=lambda one: one.id),
    st.lists(st.builds(listed, st.sampled_from([COMPLETE, INCOMPLETE]))).map(tuple),
)


@given(SIDES, SIDES)
def test_a_comparison_accounts_for_every_record_and_mirrors(a: Side, b: Side) -> None:
    there, back = Comparison(a, b, "/search"), Comparison(b, a, "/search")
    found, mirrored = list(there.differences()), list(back.differences())
    kinds = {ONLY_A: ONLY_B, ONLY_B: ONLY_A, GONE_A: GONE_B, GONE_B: GONE_A}
    turned = [replace(one, kind=kinds.get(one.kind, one.kind), a=one.b, b=one.a) for one in mirrored]
    assert sorted(map(repr, turned)) == sorted(map(repr, found))
    assert there.both == back.both
    for side, kind in ((a, ONLY_A), (b, ONLY_B)):
        assert sum(one.kind == kind for one in found) + there.both == len(side.held)
    once = [one for one in found if one.kind not in {GONE_A, GONE_B}]
    assert len({one.a.id for one in once if one.a}) == sum(one.a is not None for one in once)


@given(SIDES)
def test_a_state_does_not_differ_from_itself(side: Side) -> None:
    assert compare(side, side) == []


# Whole datasets.


def save_pages(archive: Archive, folder: Path, size: int = 10) -> Path:
    folder.mkdir()
    for page in range(-(-len(archive.records) // size)):
        html = render_listing(archive, f"page={page}&items_per_page={size}")
        (folder / f"{page}.html").write_text(html, encoding="utf-8")
    return folder


def save_extracts(archive: Archive, folder: Path) -> Path:
    """Write the text of each results page, as extractors leave it: no link, no markup."""
    folder.mkdir()
    total = len(archive.records)
    newest = sorted(archive.records, key=lambda record: record.node, reverse=True)
    for page in range(-(-total // 10)):
        rows = newest[page * 10 : page * 10 + 10]
        blocks = [text for row in rows for text in (row.date, row.title, *row.summary) if text]
        head = ["Results:", f"{page * 10 + 1} - {page * 10 + len(rows)} of {total}", "Documents"]
        (folder / f"{page}.txt").write_text("\n\n".join([*head, *blocks]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def two_crawls(server: Server, tmp_path: Path) -> tuple[Path, Path]:
    """A crawl of 1 March, and one of 31 March, before which three records went, one came and three changed."""
    clock, archive = Clock(), server.archive
    run(crawl([f"{server.url}/search"], tmp_path / "a", clock))
    for record in archive.records[10:13]:
        archive.remove(record.node)
    archive.change(archive.records[40].node, title="Another title")
    archive.change(archive.records[41].node, summary=["Another summary."])
    archive.change(archive.records[42].node, date="June 1, 1960")
    archive.add("A note that came late", "June 1, 1960")
    clock.time += timedelta(days=30)
    run(crawl([f"{server.url}/search"], tmp_path / "b", clock))
    return tmp_path / "a", tmp_path / "b"


def test_two_crawls_of_an_archive_that_changed(harvest: Harvest, two_crawls: tuple[Path, Path]) -> None:
    ran = harvest("diff", *two_crawls, "--json")
    assert ran.code == 0
    kinds = [found["kind"] for found in ran.lines]
    assert kinds == [DIFFERS] * 3 + [ONLY_A] * 3 + [ONLY_B]
    assert [set(found["fields"]) for found in ran.lines[:3] if len(found["fields"]) == 1] in (
        [{"title"}, {"summary"}], [{"summary"}, {"title"}]
    )  # fmt: skip
    gone = ran.lines[3]
    assert gone["seen_a"]["last"][:10] == "2026-03-01" and gone["seen_b"] is None
    assert gone["absent_from"]["verdict"] == COMPLETE and gone["absent_from"]["last"][:10] == "2026-03-31"
    assert ran.lines[-1]["record"]["title"] == "A note that came late"
    assert "In both: 100, of which 3 differ" in ran.err


def test_a_person_reads_the_summary_first_and_then_both_sides(harvest: Harvest, two_crawls: tuple[Path, Path]) -> None:
    ran = harvest("diff", *two_crawls, env={"COLUMNS": "120"})
    head, _, rest = ran.out.partition("\n\n")
    assert (
        "Only in A: 3, last seen there 2026-03-01\n   absent from the complete walk of /search in B, 2026-03-31" in head
    )
    assert "Only in B: 1" in head
    (line,) = (line for line in rest.splitlines() if "Another title" in line)
    assert line.index("B Another title") > 50 and " A " in line
    assert "last seen 2026-03-01, absent from B's complete walk of 2026-03-31" in rest
    assert max(map(len, ran.out.splitlines())) <= 160


def test_an_address_is_folded_and_not_cut_in_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    slug = "a-letter-whose-address-is-longer-than-half-a-terminal-1"
    (found,) = compare(Side([held("A letter")]), Side([held("A letter", slug=slug)]))
    shown = "\n".join(render(found))
    assert "".join(shown.split()).endswith(f"{HOST}/document/{slug}") and "…" not in shown


def test_the_order_of_the_arguments_mirrors_the_answer(harvest: Harvest, two_crawls: tuple[Path, Path]) -> None:
    there, back = harvest("diff", *two_crawls, "--json").lines, harvest("diff", *two_crawls[::-1], "--json").lines
    assert sorted((one["id_a"] or "", one["id_b"] or "") for one in there) == sorted(
        (one["id_b"] or "", one["id_a"] or "") for one in back
    )


def test_the_first_ten_are_shown_and_all_when_asked_for(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive(30)
    harvest("replay", save_pages(archive, tmp_path / "p"), "-o", tmp_path / "a")
    for record in archive.records[:12]:
        archive.remove(record.node)
    harvest("replay", save_pages(archive, tmp_path / "q"), "-o", tmp_path / "b")
    short, long = harvest("diff", "a", "b"), harvest("diff", "a", "b", "--all")
    assert "... and 2 more (--all shows them)" in short.out
    assert short.out.count("/document/") == 10 and long.out.count("/document/") == 12
    assert "Only in A: 12" in long.out


def test_text_extracts_against_the_pages_that_they_were_made_of(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive(43)
    harvest("replay", save_pages(archive, tmp_path / "p"), "-o", tmp_path / "a")
    harvest("replay", save_extracts(archive, tmp_path / "t"), "-o", tmp_path / "b")
    assert len(read_lines(tmp_path / "b" / "records.jsonl")) == 43
    ran = harvest("diff", "a", "b", "--json")
    matched = [found for found in ran.lines if found["matched_by"] == "date and title"]
    alone = [found for found in ran.lines if found["matched_by"] is None]
    assert len(matched) > 30 and len(matched) + len(alone) // 2 == 43
    assert all(found["fields"]["url"]["b"] is None for found in matched)


def test_a_dataset_does_not_differ_from_itself(harvest: Harvest, two_crawls: tuple[Path, Path]) -> None:
    ran = harvest("diff", two_crawls[0], two_crawls[0], "--json")
    assert (ran.code, ran.out) == (0, "")
    assert "In both: 103, of which 0 differ" in ran.err


# Two states of one.


def nights(folder: Path, seed: int, count: int = 6) -> list[dict[str, Any]]:
    """Harvest an archive that changes, now one listing, now another; return the records that each run published."""
    rng, clock, published = random.Random(seed), Clock(), []
    with running(Archive(25)) as server:
        archive = server.archive
        facets = sorted({facet for record in archive.records for facet in record.facets})[:2]
        urls = [f"{server.url}/search", *(f"{server.url}/search?f%5B0%5D={facet}" for facet in facets)]
        for night in range(count):
            clock.time = clock.time.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
            for record in rng.sample(archive.records, 3):
                archive.change(record.node, title=rng.choice(["One title", "Another", record.title]))
            if rng.random() < 0.5:
                archive.remove(rng.choice(archive.records).node)
            archive.add(f"New in night {night}", "June 1, 1960", facets=facets[:1])
            run(crawl(rng.sample(urls, rng.randrange(1, 4)), folder, clock))
            published.append({r["id"]: r for r in read_lines(folder / "records.jsonl")})
    return published


def without_feed(folder: Path) -> Path:
    """Take from a ledger what programs of earlier formats did not keep: the versions of what was published."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db, db:
        db.execute("DELETE FROM version")
        db.execute("DELETE FROM change")
    return folder


@pytest.mark.parametrize("seed", range(8))
def test_an_earlier_state_is_what_was_published_then(tmp_path: Path, seed: int) -> None:
    published = nights(tmp_path / "d", seed)
    for number, then in enumerate(published, 1):
        state = open_state(f"{tmp_path / 'd'}@{number}")
        found = {held.id: held for held in state.records()}
        state.close()
        assert {key: held.record for key, held in found.items()} == then, (seed, number)
        assert all(held.sure and held.first is not None for held in found.values())


@pytest.mark.parametrize("seed", range(8))
def test_an_earlier_state_of_which_no_version_is_kept_is_what_was_published_or_unsure(
    tmp_path: Path, seed: int
) -> None:
    published = nights(tmp_path / "d", seed)
    without_feed(tmp_path / "d")
    unsure = 0
    for number, then in enumerate(published, 1):
        state = open_state(f"{tmp_path / 'd'}@{number}")
        found = {held.id: held for held in state.records()}
        state.close()
        assert set(found) == set(then)
        for record_id, held in found.items():  # before there were versions nothing was called withdrawn
            assert not held.sure or held.record == {**then[record_id], "withdrawn": False}, (seed, number)
        unsure += sum(not held.sure for held in found.values())
    assert unsure < len(published)  # a few of 150


def test_a_state_of_before_the_feed_is_worked_out_and_a_later_one_is_read(server: Server, tmp_path: Path) -> None:
    clock, published = Clock(), []
    for night in range(4):
        run(crawl([f"{server.url}/search"], tmp_path / "d", clock))
        published.append({r["id"]: r for r in read_lines(tmp_path / "d" / "records.jsonl")})
        if night == 0:
            without_feed(tmp_path / "d")
            server.archive.remove(server.archive.records[5].node)
        clock.time += timedelta(days=1)
    assert [sum(record["withdrawn"] for record in then.values()) for then in published] == [0, 0, 1, 1]
    for number, then in enumerate(published, 1):
        state = open_state(f"{tmp_path / 'd'}@{number}")
        assert {held.id: held.record for held in state.records()} == then, number
        state.close()


def test_what_forgetting_leaves_unsure_is_called_so(server: Server, tmp_path: Path) -> None:
    """Run 2 shows something new in one listing; run 3 shows the old again in the other, and is forgotten."""
    record = server.archive.records[5]
    whole, facet = f"{server.url}/search", f"{server.url}/search?f%5B0%5D={record.facets[0]}"
    clock, published = Clock(), []
    for title, url in [(record.title, whole), ("Another", facet), (record.title, whole), (record.title, whole)]:
        server.archive.change(record.node, title=title)
        clock.time += timedelta(days=1)
        run(crawl([url], tmp_path / "d", clock))
        published.append({r["id"]: r["title"] for r in read_lines(tmp_path / "d" / "records.jsonl")})
    (changed,) = (key for key, title in published[1].items() if title == "Another")
    without_feed(tmp_path / "d")
    for number, sure in ((1, True), (2, True), (3, False), (4, True)):
        state = open_state(f"{tmp_path / 'd'}@{number}")
        (held,) = (held for held in state.records() if held.id == changed)
        state.close()
        assert held.sure is sure
        assert (held.record["title"] == published[number - 1][changed]) is sure
    (found,) = Comparison(*(open_state(f"{tmp_path / 'd'}@{n}") for n in (2, 3)), "/search").differences()
    assert found.kind == UNSURE


def test_two_listings_of_one_run_are_unsure_too(server: Server, tmp_path: Path) -> None:
    """A record changes between two listings of run 2; what the first showed was known before, and is forgotten."""
    counts = Counter(facet for record in server.archive.records for facet in record.facets)
    facet = counts.most_common(1)[0][0]
    assert counts[facet] > 10  # a listing of one page is looked at twice, and its second pass would count
    record = next(record for record in server.archive.records if facet in record.facets)
    old = record.title
    whole, other = f"{server.url}/search", f"{server.url}/search?f%5B0%5D={facet}"
    clock, published = Clock(), []
    for urls in ([whole], [whole, other], [whole]):
        server.archive.change(record.node, title=old)
        server.intercept = lambda request: (
            server.archive.change(record.node, title="Another") and None if "f%5B" in request.path_qs else None
        )
        clock.time += timedelta(days=1)
        run(crawl(urls, tmp_path / "d", clock, page_size=10))
        published.append({r["id"]: r["title"] for r in read_lines(tmp_path / "d" / "records.jsonl")})
    state = open_state(f"{without_feed(tmp_path / 'd')}@2")
    wrong = [held for held in state.records() if held.record["title"] != published[1][held.id]]
    state.close()
    assert [held.sure for held in wrong] == [False]


def test_what_came_later_joins_nothing_earlier(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive(9)
    harvest("replay", save_extracts(archive, tmp_path / "t"), "-o", tmp_path / "d")
    before = read_lines(tmp_path / "d" / "records.jsonl")
    harvest("replay", save_pages(archive, tmp_path / "p"), "-o", tmp_path / "d")
    state = open_state(f"{tmp_path / 'd'}@1")
    assert [held.record for held in state.records()] == before
    state.close()
    assert all(record["url"] is None for record in before)
    matched = [found["matched_by"] for found in harvest("diff", "d@1", "d", "--json").lines]
    assert matched and set(matched) <= {"date and title", None}


def test_when_a_record_was_last_seen_until_then_may_be_later(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    gone = server.archive.records[5]
    for night in range(4):
        if night == 2:
            server.archive.remove(gone.node)
        run(crawl([f"{server.url}/search"], tmp_path / "d", clock))
        clock.time += timedelta(days=1)
    state = open_state(f"{tmp_path / 'd'}@3")
    held = {held.record["url"].rsplit("/", 1)[1]: held for held in state.records()}
    state.close()
    slug = gone.path.rsplit("/", 1)[1]
    assert held[slug].last_known and held[slug].last[:10] == "2026-03-02"
    assert not any(one.last_known for key, one in held.items() if key != slug)


def test_a_state_is_named_by_its_run_or_by_its_day(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    clock = Clock()
    for _ in range(3):
        run(crawl([f"{server.url}/search"], tmp_path / "d", clock))
        server.archive.add("New", "June 1, 1960")
        clock.time += timedelta(days=1)
    for state in ("d@2", "d@2026-03-02"):
        ran = harvest("diff", state, "d", "--json")
        assert [found["kind"] for found in ran.lines] == [ONLY_B], ran.err
        assert "/search: 104 announced - complete; captured 2026-03-02" in ran.err
        assert ran.lines[0]["absent_from"]["total"] == 104
    assert harvest("diff", "d@3", "d").out.count("Only in B: 0") == 1
    before = sorted(path.name for path in (tmp_path / "d").iterdir())
    assert before == ["changes.jsonl", "coverage.json", "datapackage.json", "ledger.sqlite", "provenance.jsonl",
                      "records.jsonl", "rejects.jsonl"]  # fmt: skip


def test_a_walk_that_a_later_run_went_on_with_was_not_complete_then(server: Server, tmp_path: Path) -> None:
    from harvester.sample import Answer

    clock = Clock()
    server.intercept = lambda request: Answer(500, {}, "oops") if len(server.pages()) > 4 else None
    run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10))
    server.intercept = None
    run(crawl([f"{server.url}/search"], tmp_path / "d", clock, page_size=10))
    first, second = (open_state(f"{tmp_path / 'd'}@{number}") for number in (1, 2))
    assert [listed.verdict for listed in first.listings] == [INCOMPLETE]
    assert [listed.verdict for listed in second.listings] == [COMPLETE]
    held = [held.id for held in first.records()]
    assert 0 < len(held) < 103
    assert all(found.absence is None for found in Comparison(second, first, "/search").differences())


@pytest.mark.parametrize("state", ["d@9", "d@2020-01-01", "d@yesterday", "d@", "d@2099-13-45"])
def test_a_state_that_there_is_none_of_is_refused(harvest: Harvest, tmp_path: Path, state: str) -> None:
    harvest("replay", save_pages(Archive(7), tmp_path / "p"), "-o", tmp_path / "d")
    ran = harvest("diff", state, "d")
    assert ran.code == 2 and "state" in ran.err and "Traceback" not in ran.err


def test_captured_states_are_accounted_for_anew(harvest: Harvest, tmp_path: Path) -> None:
    save_pages(Archive(25), tmp_path / "p")
    harvest("replay", tmp_path / "p" / "0.html", "-o", tmp_path / "d")
    harvest("replay", tmp_path / "p", "-o", tmp_path / "d")
    ran = harvest("diff", "d@1", "d@2", "--json")
    assert [found["kind"] for found in ran.lines] == [ONLY_B] * 15
    assert all(found["absent_from"] is None for found in ran.lines)


def test_a_folder_that_is_no_dataset_is_told(harvest: Harvest, tmp_path: Path) -> None:
    for named in ("nothing", ".", "nothing@1"):
        ran = harvest("diff", named, ".")
        assert ran.code == 7 and "no dataset" in ran.err


def test_a_dataset_in_use_is_told_for_its_states_and_read_as_it_is(two_crawls: tuple[Path, Path]) -> None:
    ledger = Ledger(two_crawls[0], "wilson")
    ledger.begin_run("crawl", "2026-05-01T00:00:00.000000Z", "")
    try:
        with pytest.raises(DatasetBusy):
            open_state(f"{two_crawls[0]}@1")
        state = open_state(str(two_crawls[0]))
        assert len(list(state.records())) == 103
        state.close()
    finally:
        ledger.close()


def test_a_state_of_a_dataset_whose_harvest_was_killed(two_crawls: tuple[Path, Path], tmp_path: Path) -> None:
    """What the killed harvest left pending is a part of the ledger; nothing is written into the folder by looking."""
    ledger = Ledger(two_crawls[0], "wilson")
    ledger.begin_run("crawl", "2026-05-01T00:00:00.000000Z", "")
    shutil.copytree(two_crawls[0], tmp_path / "killed")
    ledger.close()
    assert (tmp_path / "killed" / "ledger.sqlite-wal").exists()
    with pytest.raises(UsageProblem):
        open_state(f"{tmp_path / 'killed'}@3")
    state = open_state(f"{tmp_path / 'killed'}@2")
    assert "2026-05-01" in state.name and len(list(state.records())) == 103
    state.close()


def test_a_harvest_that_begins_while_the_ledger_is_copied_is_told(
    two_crawls: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter([(1, 1), (1, 2)])
    monkeypatch.setattr("harvester.ledger.past._signature", lambda path: next(seen))
    with pytest.raises(DatasetBusy, match="began meanwhile"):
        open_state(f"{two_crawls[0]}@1")


def test_a_file_that_was_not_published_is_told(two_crawls: tuple[Path, Path]) -> None:
    path = two_crawls[0] / "provenance.jsonl"
    path.write_bytes(path.read_bytes()[:-2] + b" \n")
    with pytest.raises(DatasetError, match="not the file that was published"):
        open_state(str(two_crawls[0]))


def test_a_folder_with_an_at_sign_is_a_folder(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", save_pages(Archive(7), tmp_path / "p"), "-o", tmp_path / "d@1")
    assert harvest("diff", "d@1", "d@1@1").code == 0
    assert read_json(tmp_path / "d@1" / "coverage.json")["site"] == "wilson"
