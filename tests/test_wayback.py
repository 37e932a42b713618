"""A listing from a web archive: which captures are chosen, how the archive's answers are read, what is made of them."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from conftest import Harvest, read_json, read_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.archives.wayback import (
    Candidate,
    Plan,
    Read,
    candidates_of,
    index_url,
    iso_time,
    memento_url,
    read_address,
    read_index,
    split_visits,
)
from harvester.archives.wayback.visits import PAUSE, best_first, choose, count_rows, span
from harvester.sample import Answer, Archive, Request
from harvester.sample.running import running, serving
from harvester.sample.visits import HOST
from harvester.sample.wayback import Shot, Wayback, shoot
from harvester.sites import find_site
from harvester.spiders.courtesy import INDEX_DELAY, MEMENTO_DELAY
from harvester.spiders.courtesy import PAUSE as PAUSE_AFTER_429
from tests.soak.engine import Clock, crawl, run
from tests.soak.wayback import gather, try_history

LISTING = f"https://{HOST}/search"
DAY, LATER = "20250316000000", "20250601000000"


def at(day: str, seconds: int) -> str:
    return f"{int(day) + seconds // 60 * 100 + seconds % 60:014d}"


def visit_of(archive: Archive, day: str = DAY, pages: range | list[int] = range(11), order: str = "") -> list[Shot]:
    """Take captures of pages of ten rows, a second apart."""
    sort = f"&sort_bef_combine={order}" if order else ""
    return [shoot(archive, at(day, i), f"{LISTING}?page={page}{sort}") for i, page in enumerate(pages)]


def take(server: Wayback, folder: Path, clock: Clock | None = None, *urls: str):
    return run(gather(list(urls) or [LISTING], folder, server.url, clock or Clock()))


def some_facet(archive: Archive) -> str:
    return min(facet for record in archive.records for facet in record.facets)


def verdicts(folder: Path) -> list[str]:
    return [listing["verdict"] for listing in read_json(folder / "coverage.json")["listings"]]


# The index


def test_an_index_page_ends_in_a_blank_line_and_the_key_to_go_on_with() -> None:
    body = f"{DAY} {LISTING}?page=1 text/html 200 ABC\n\norg%2Cexample%29%2F+20250101%21\n".encode()
    page = read_index(body)
    assert [line.original for line in page.lines] == [f"{LISTING}?page=1"]
    assert page.resume_key == "org%2Cexample%29%2F+20250101%21" and page.whole and page.malformed == 0
    assert "resumeKey=org%252Cexample" in index_url("https://w.example", HOST, "/search", page.resume_key)


@pytest.mark.parametrize(
    "line",
    [
        f"{DAY} {LISTING} text/html 200",
        f"{DAY} {LISTING} text/html; charset=utf-8 200 ABC",
        f"20250230000000 {LISTING} text/html 200 ABC",
        f"2025 {LISTING} text/html 200 ABC",
        f"{DAY} http://mailto:a@b.org text/html 200 ABC",
        f"{DAY} {LISTING} text/html 2x0 ABC",
        "org.archive.util.io.RuntimeIOException: java.net.SocketTimeoutException",
    ],
)
def test_a_broken_line_costs_one_line(line: str) -> None:
    page = read_index(f"{line}\n{DAY} {LISTING} text/html 200 ABC\n".encode())
    assert (len(page.lines), page.malformed) == (1, 1)


def test_an_empty_index_has_nothing_and_one_without_its_last_line_end_may_be_cut() -> None:
    assert read_index(b"") == read_index(b"\n") == replace(read_index(b""), lines=())
    assert not read_index(f"{DAY} {LISTING} text/html 200 ABC".encode()).whole
    assert read_index(b"\nkey\n").resume_key == "key"


def test_only_what_may_be_a_page_of_the_listing_is_a_candidate_in_any_spelling() -> None:
    rows = [
        f"{DAY} {LISTING}?page=1 text/html 200 A",
        f"{DAY} http://www.{HOST}:80/search?items_per_page=25&&page=2 text/html 200 A",
        f"{DAY} {LISTING}?page=3 warc/revisit - A",
        f"{DAY} {LISTING}?page=4 text/html 404 A",
        f"{DAY} {LISTING}?page=5 text/html - A",
        f"{DAY} {LISTING}?page=6 application/pdf 200 A",
        f"{DAY} {LISTING}?f[0]=topics:81003&page=7 text/html 200 A",
        f"{DAY} {LISTING}?page=x text/html 200 A",
    ]
    found = candidates_of(read_index("\n".join([*rows, ""]).encode()).lines, find_site("wilson"), "/search")
    assert sorted((c.page, c.size, c.series[0]) for c in found) == [(1, 10, HOST), (2, 25, HOST), (3, 10, HOST)]


def test_addresses_of_mementos_are_read_as_they_are_written() -> None:
    url = memento_url("http://127.0.0.1:8080/", DAY, f"{LISTING}?page=2&f[0]=a:1")
    address = read_address(url)
    assert address is not None and (address.timestamp, address.original) == (DAY, f"{LISTING}?page=2&f[0]=a:1")
    assert iso_time(DAY) == "2025-03-16T00:00:00Z"
    assert read_address("http://127.0.0.1/web/20251316000000id_/http://x/") is None
    assert read_address("https://web.archive.org/save/") is None


# The choice


def candidate(seconds: int, page: int, size: int = 10, order: str | None = None) -> Candidate:
    stamp = f"{(timedelta(seconds=seconds) + _EPOCH):%Y%m%d%H%M%S}"
    url = f"{LISTING}?page={page}&items_per_page={size}&sort_bef_combine={order}"
    return Candidate(stamp, url, url, (HOST, order), page, size)


_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)

CAPTURES = st.lists(
    st.tuples(st.integers(0, 40_000), st.integers(0, 4), st.sampled_from([10, 10, 25])), min_size=1, max_size=9
).map(lambda rows: list({c.identity: c for c in (candidate(*row) for row in rows)}.values()))


@given(CAPTURES)
def test_visits_part_all_captures_at_pauses(captures: list[Candidate]) -> None:
    visits = split_visits(captures)
    assert sorted(c.identity for v in visits for c in v.captures) == sorted(c.identity for c in captures)
    for visit in visits:
        times = [capture.time for capture in visit.captures]
        assert all(b - a <= PAUSE for a, b in pairwise(times))
    for one, other in pairwise(visits):
        assert other.start - one.end > PAUSE


def test_an_hour_apart_is_one_visit_and_a_second_more_is_two() -> None:
    assert len(split_visits([candidate(0, 0), candidate(3600, 1)])) == 1
    assert len(split_visits([candidate(0, 0), candidate(3601, 1)])) == 2


@settings(max_examples=300)
@given(CAPTURES)
def test_the_choice_shows_every_row_in_the_shortest_time_and_the_newest_of_equal_ones(
    captures: list[Candidate],
) -> None:
    for visit in split_visits(captures):
        chosen = choose(visit)
        keys = [(capture.size, capture.page) for capture in chosen]
        assert len(set(keys)) == len(keys)
        assert count_rows(c.range for c in chosen) == visit.rows
        each = [[c for c in visit.captures if (c.size, c.page) == key] for key in keys]
        shortest = min(span(one) for one in product(*each))
        assert span(chosen) == shortest
        newest = max(max(c.time for c in one) for one in product(*each) if span(one) == shortest)
        assert max(c.time for c in chosen) == newest


def test_most_rows_come_first_then_the_shortest_time_then_the_newest() -> None:
    few = [candidate(0, page) for page in range(2)]
    slow = [candidate(100_000 + 900 * page, page) for page in range(3)]
    quick = [candidate(200_000 + 9 * page, page) for page in range(3)]
    same = [candidate(300_000 + 9 * page, page) for page in range(3)]
    ranked = best_first(split_visits([*few, *slow, *quick, *same]))
    assert [visit.captures[0].time for visit in ranked] == [same[0].time, quick[0].time, slow[0].time, few[0].time]


def walked(plan: Plan, rows: dict[tuple[str, str], tuple[int, list[str]]], labels: dict | None = None) -> list:
    """Follow a plan where captures show (total, all rows); return what was asked for, and note each page's label."""
    asked: list[Candidate] = []
    labels = {} if labels is None else labels
    while (capture := plan.next()) is not None:
        asked.append(capture)
        plan.stock.drop(capture.identity)
        assert len(asked) < 100
        if capture.identity in rows:
            total, keys = rows[capture.identity]
            first, last = capture.range[0], min(capture.range[1], total)
            read = Read(capture.identity, capture.series[1], first, last, total, tuple(keys[first - 1 : last]))
            labels[capture.identity] = plan.place(capture, read)
            plan.stock.note(read.labelled(labels[capture.identity]))
    return asked


NAMES = [f"r{number}" for number in range(30)]


def test_a_gap_is_filled_from_another_visit_that_shows_the_same_rows_on_both_sides() -> None:
    old, new = [candidate(i, i) for i in range(3)], [candidate(100_000 + i, i) for i in range(3)]
    rows = {c.identity: (30, NAMES) for c in [*old, new[0], new[2]]}
    plan = Plan([*old, *new], HOST)
    asked = walked(plan, rows)
    assert asked[:3] == new and set(asked[3:]) == set(old) and plan.is_covered


def test_a_gap_is_not_filled_where_a_neighbour_differs() -> None:
    """A record left the gap at its lower end and another came in above: the total stands still, the page does not."""
    old, new = [candidate(i, i) for i in range(3)], [candidate(100_000 + i, i) for i in range(3)]
    before = [*NAMES[:10], "gone", *NAMES[10:29]]
    after = [*NAMES[:10], *NAMES[10:29], "come"]
    rows = {c.identity: (30, before) for c in old} | {c.identity: (30, after) for c in (new[0], new[2])}
    plan, labels = Plan([*old, *new], HOST), {}
    walked(plan, rows, labels)
    own = iso_time(old[0].timestamp)
    assert labels == {**{c.identity: "" for c in (old[0], new[0], new[2])}, old[1].identity: own, old[2].identity: own}
    assert plan.is_covered  # the older visit for itself
    assert [read.identity for read in plan.take_adopted()] == [old[0].identity]


def test_held_pages_are_not_asked_for_again() -> None:
    captures = [candidate(i, i) for i in range(3)]
    held = [
        Read(c.identity, None, c.range[0], c.range[1], 30, tuple(NAMES[c.range[0] - 1 : c.range[1]])) for c in captures
    ]
    plan = Plan(captures, HOST, held[:2])
    assert walked(plan, {captures[2].identity: (30, NAMES)}) == [captures[2]]


# The whole path


def test_a_visit_is_taken_whole_and_every_record_leads_to_its_capture(tmp_path: Path) -> None:
    archive = Archive()
    with serving(Wayback(visit_of(archive), most_lines=4, noise=["broken"])) as server:
        result = take(server, tmp_path / "d")
        assert result.code == 0, result.lines
        assert any("11 pages of 2025-03-16, 11 captures in the index" in line for line in result.lines)
        assert any("could not be understood: 3" in line for line in result.lines)
        records = read_lines(tmp_path / "d" / "records.jsonl")
        assert {r["url"].partition(HOST)[2] for r in records} == {record.path for record in archive.records}
        captures = [c for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]]
        assert {c["captured_at"][:10] for c in captures} == {"2025-03-16"}
        assert all(c["file"] == f"web/{re.sub('[^0-9]', '', c['captured_at'])}id_/{c['url']}" for c in captures)
        for path in (tmp_path / "d").iterdir():
            assert b"127.0.0.1" not in path.read_bytes()


@pytest.mark.parametrize("spelt", ["f[0]={}", "f%5B0%5D={}"])
def test_a_listing_by_facet_is_found_however_its_brackets_were_spelt(tmp_path: Path, spelt: str) -> None:
    archive = Archive()
    query = spelt.format(some_facet(archive))
    shots = [shoot(archive, at(DAY, page), f"{LISTING}?{query}&page={page}") for page in range(2)]
    with serving(Wayback(shots)) as server:
        result = take(server, tmp_path / "d", None, f"{LISTING}?f[0]={some_facet(archive)}")
    assert (result.code, verdicts(tmp_path / "d")) == (0, ["complete as captured, order unproven"]), result.lines


def test_run_again_it_fetches_nothing_and_says_the_same(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        first = take(server, tmp_path / "d")
        records = (tmp_path / "d" / "records.jsonl").read_bytes()
        again = take(server, tmp_path / "d")
        assert (first.code, again.code) == (0, 0) and len(server.pages()) == 11
        assert first.lines == again.lines
        assert (tmp_path / "d" / "records.jsonl").read_bytes() == records


@pytest.mark.parametrize("number", [1, 6, 11])
def test_a_kill_costs_no_capture_but_the_one_in_flight(harvest: Harvest, tmp_path: Path, number: int) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        words = ["crawl", LISTING, "--via", "wayback", "--wayback", server.url, "-o", str(tmp_path / "d")]
        process = subprocess.Popen([sys.executable, "-m", "harvester", *words], stderr=subprocess.DEVNULL)

        def kill(request: Request) -> Answer | None:
            if len(server.pages()) == number and process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            return None

        server.intercept = kill
        process.wait(timeout=60)
        assert process.returncode == -signal.SIGKILL
        server.intercept = None
        done = harvest(*words)
        assert done.code == 0, done.err
        assert ("going on after" in done.err) == (number > 1)
        assert len(server.pages()) == 12


def test_the_nearest_capture_in_the_place_of_another_is_taken_for_what_it_is(tmp_path: Path) -> None:
    shots = visit_of(Archive())
    other = shoot(Archive(), at(DAY, 40), shots[4].url)
    listed = [replace(shot, moved=shot is shots[4]) for shot in shots] + [other]
    with serving(Wayback(listed)) as server:
        server.shots = [shot for shot in server.shots if shot.timestamp != other.timestamp] + [other]
        result = take(server, tmp_path / "d")
    assert result.code == 0
    captures = [c for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]]
    assert {c["captured_at"] for c in captures if "page=4" in c["url"]} == {iso_time(other.timestamp)}


def test_the_time_is_that_of_the_header_and_not_of_the_address_or_the_clock(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:

        def restate(request: Request) -> Answer | None:
            if not request.path_qs.endswith("page=4"):
                return None
            whole = server.answer(request)
            return replace(whole, headers={**whole.headers, "Memento-Datetime": "Sun, 16 Mar 2025 00:00:30 GMT"})

        server.intercept = restate
        assert take(server, tmp_path / "d").code == 0
    captures = [c for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]]
    assert {c["captured_at"] for c in captures if "page=4" in c["url"]} == {"2025-03-16T00:00:30Z"}


def test_a_revisit_is_played_as_the_page_that_it_repeats(tmp_path: Path) -> None:
    shots = [replace(shot, revisit=i % 2 == 0) for i, shot in enumerate(visit_of(Archive()))]
    with serving(Wayback(shots)) as server:
        assert take(server, tmp_path / "d").code == 0


def test_pages_of_another_total_do_not_make_a_listing_whole(tmp_path: Path) -> None:
    archive = Archive()
    old = visit_of(archive)
    archive.add("Newest of All")
    new = visit_of(archive, LATER)
    with serving(Wayback([*old[:4], *new[4:]])) as server:
        result = take(server, tmp_path / "d")
    assert result.code == 3
    assert set(verdicts(tmp_path / "d")) == {"incomplete"}


def test_the_same_total_on_another_day_is_no_proof_and_the_claim_is_not_made(tmp_path: Path) -> None:
    """A record left page 3 and another came in on page 8: 103 as before, but the old row 51 is on page 5 no more."""
    archive = Archive()
    old = visit_of(archive, pages=range(5))
    archive.remove(archive.records[-25].node)
    archive.add("Late Accession", "July 1958", created=archive.records[20].created)
    new = visit_of(archive, LATER, pages=range(5, 11))
    with serving(Wayback([*old, *new])) as server:
        result = take(server, tmp_path / "d")
    assert result.code == 3
    assert set(verdicts(tmp_path / "d")) == {"incomplete"}


def test_a_gap_is_filled_from_another_day_with_witnesses_and_the_days_are_said(tmp_path: Path) -> None:
    archive = Archive()
    lost = [replace(shot, lost=i == 4) for i, shot in enumerate(visit_of(archive, LATER))]
    with serving(Wayback([*visit_of(archive, pages=[3, 4, 5]), *lost])) as server:
        result = take(server, tmp_path / "d")
    assert result.code == 0, result.lines
    assert any("from 2025-03-16 to 2025-06-01" in line and "1 could not be had whole" in line for line in result.lines)
    assert verdicts(tmp_path / "d") == ["complete as captured, order unproven"]


def test_another_order_is_tried_where_the_first_has_gaps(tmp_path: Path) -> None:
    archive = Archive()
    with serving(Wayback([*visit_of(archive, LATER, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]),
                          *visit_of(archive, order="created_ASC")])) as server:  # fmt: skip
        result = take(server, tmp_path / "d")
    assert result.code == 0, result.lines


def test_one_whole_visit_is_the_listing_though_others_are_in_part(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive()
    partly = [replace(shot, lost=i == 3) for i, shot in enumerate(visit_of(archive))]
    for record in archive.records[10:90:20]:
        archive.remove(record.node)
    with serving(Wayback([*partly, *visit_of(archive, LATER, range(10))])) as server:
        result = take(server, tmp_path / "d")
    assert sorted(verdicts(tmp_path / "d")) == ["complete as captured, order unproven", "incomplete"]
    assert result.code == 0 and harvest("verify", tmp_path / "d").code == 0
    said = [line for line in result.lines if line.startswith("/search: ") and " of " in line and " - " in line]
    assert ["complete as captured" in line for line in said] == [True, False]


def test_nothing_in_the_index_is_said_with_advice(tmp_path: Path) -> None:
    with serving(Wayback([])) as server:
        result = take(server, tmp_path / "d")
    assert result.code == 3
    assert any("no capture of /search" in line for line in result.lines) and any(
        "Next:" in line for line in result.lines
    )
    assert not (tmp_path / "d").exists()


def test_a_listing_that_the_index_has_not_keeps_no_other_from_being_taken(tmp_path: Path) -> None:
    archive = Archive()
    with serving(Wayback(visit_of(archive))) as server:
        result = take(server, tmp_path / "d", None, f"{LISTING}?f[0]=topics:99999", LISTING, f"{LISTING}?f[0]=topics:1")
    assert result.code == 3
    assert any("no capture of /search?f=topics:99999 (and 1 more)" in line for line in result.lines)
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == len(archive.records)


def test_a_site_that_the_archive_excludes_is_refused_after_one_question(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()), excluded=True)) as server:
        assert take(server, tmp_path / "d").code == 4
        assert [request.path for request in server.log] == ["/robots.txt", "/cdx/search/cdx"]


def test_another_host_of_the_site_that_is_excluded_keeps_nothing_from_being_taken(tmp_path: Path) -> None:
    told = {"X-Archive-Wayback-Runtime-Error": "AdministrativeAccessControlException: Blocked Site Error"}
    with serving(Wayback(visit_of(Archive()))) as server:
        server.intercept = lambda r: Answer(403, told) if "url=wilson-center.driving" in r.path_qs else None
        result = take(server, tmp_path / "d")
    assert (result.code, verdicts(tmp_path / "d")) == (0, ["complete as captured, order unproven"])
    assert any("does not show wilson-center.drivingcreative.com" in line for line in result.lines)


def test_an_archive_that_excludes_the_captures_only_is_asked_for_one(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        told = {"X-Archive-Wayback-Runtime-Error": "AdministrativeAccessControlException: Blocked Site Error"}
        server.intercept = lambda r: Answer(403, told) if r.path_qs.startswith("/web/") else None
        assert take(server, tmp_path / "d").code == 4
        assert len(server.pages()) == 1


def test_robots_of_the_archive_is_obeyed(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()), robots="User-agent: *\nDisallow: /web/\n")) as server:
        assert take(server, tmp_path / "d").code == 4
        assert server.pages() == []


@pytest.mark.parametrize("status", [301, 403, 404, 503])
def test_a_captured_error_is_no_answer_of_the_archives(tmp_path: Path, status: int) -> None:
    shots = visit_of(Archive())
    shots[4] = replace(shots[4], status=status, revisit=True)
    with serving(Wayback(shots)) as server:
        result = take(server, tmp_path / "d")
        assert len(server.pages()) == 11  # not asked for again
    assert result.code == 3
    assert [r["reason"] for r in read_lines(tmp_path / "d" / "rejects.jsonl")] == ["no-memento"]


TROUBLES = {
    "server-error": (Answer(503, body="busy"), 5),
    "rate-limited": (Answer(429, {"Retry-After": "7"}, "slow down"), 5),
    "not-archived": (Answer(404, body="Not in the archive"), 3),
    "page-of-its-own": (Answer(200, body="<html><h1>Temporarily offline</h1></html>"), 5),
    "off-site": (Answer(302, {"Location": "https://example.org/"}), 4),
    "circle": (Answer(302, {"Location": "/web/20250316000004id_/" + LISTING + "?page=4"}), 3),
    "reset": (Answer(200, {}, b"x", cut=-1, reset=True), 5),
    "blocked": (Answer(403, body="no"), 5),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_one_capture_that_cannot_be_had_costs_that_page_and_is_told(tmp_path: Path, name: str) -> None:
    answer, code = TROUBLES[name]
    with serving(Wayback(visit_of(Archive()))) as server:
        server.intercept = lambda request: answer if request.path_qs.endswith("page=4") else None
        result = take(server, tmp_path / "d")
        assert result.code == (4 if name == "blocked" else code), result.lines
        assert any(line.startswith("Why: ") for line in result.lines)
        server.intercept = None
        assert take(server, tmp_path / "d").code == 0


def test_a_stumbling_archive_is_asked_again_and_waited_for(tmp_path: Path) -> None:
    clock = Clock()
    answers = {3: Answer(429, {"Retry-After": "100"}, ""), 6: Answer(504), 8: Answer(200, {}, b"x", cut=-1)}
    with serving(Wayback(visit_of(Archive()))) as server:
        server.intercept = lambda request: answers.pop(len(server.log), None)
        assert take(server, tmp_path / "d", clock).code == 0
    assert not answers
    assert sum(clock.slept) == pytest.approx(100, abs=1)


def test_a_long_pause_ends_the_run_and_is_kept(tmp_path: Path) -> None:
    clock = Clock()
    with serving(Wayback(visit_of(Archive()))) as server:
        server.intercept = lambda r: Answer(429, {"Retry-After": "3600"}) if len(server.pages()) == 5 else None
        assert take(server, tmp_path / "d", clock).code == 5
        asked = len(server.log)
        server.intercept = None
        assert take(server, tmp_path / "d", clock).code == 5
        assert len(server.log) == asked
        clock.time += timedelta(hours=1)
        assert take(server, tmp_path / "d", clock).code == 0


def test_a_pause_that_the_archive_asks_for_does_not_bind_the_site(tmp_path: Path) -> None:
    clock, told = Clock(), Answer(429, {"Retry-After": "3600"})
    with serving(Wayback(visit_of(Archive()))) as server, running(Archive()) as site:
        server.intercept = lambda r: told if len(server.pages()) == 5 else None
        assert take(server, tmp_path / "d", clock).code == 5
        assert run(crawl([f"{site.url}/search"], tmp_path / "d", clock)).code == 0
        assert take(server, tmp_path / "d", clock).code == 5


def test_an_archive_out_of_reach_is_left_alone_soon(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        server.intercept = lambda r: Answer(503) if r.path_qs.startswith("/web/") else None
        assert take(server, tmp_path / "d").code == 5
        assert len(server.pages()) == 9  # three captures, three times each


def test_a_body_shorter_than_when_captured_is_asked_for_again(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        seen = []

        def cut(request: Request) -> Answer | None:
            if not request.path_qs.endswith("page=4"):
                return None
            seen.append(request)
            whole = server.answer(request)
            return replace(whole, body=whole.data[:-100]) if len(seen) == 1 else None

        server.intercept = cut
        assert take(server, tmp_path / "d").code == 0
    assert len(seen) == 2


def test_an_index_cut_amid_a_line_is_asked_for_again(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        cuts = [True]

        def cut(request: Request) -> Answer | None:
            whole = server.answer(request)
            if request.path.startswith("/cdx") and whole.body and cuts:
                cuts.pop()
                return replace(whole, body=whole.data[:200])
            return None

        server.intercept = cut
        result = take(server, tmp_path / "d")
    assert result.code == 0 and any("11 captures in the index" in line for line in result.lines)


def test_an_index_that_goes_round_in_a_circle_is_not_followed_for_ever(tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        line = f"{DAY} {LISTING} text/html 200 ABC\n\nround+and+round\n"
        server.intercept = lambda r: Answer(200, body=line) if r.path.startswith("/cdx") else None
        assert take(server, tmp_path / "d").code == 5
        assert len(server.log) == 3


class Timed(Wayback):
    """Notes on the crawl's own clock when requests come."""

    clock = Clock()

    def take(self, request: Request) -> Answer:
        self.times.append((request.path[:4], self.clock.time))
        return super().take(request)

    times: list = []  # noqa: RUF012


def test_beyond_loopback_the_pace_is_polite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.spiders.wayback.is_loopback", lambda url: False)
    Timed.clock, Timed.times = Clock(), []
    answers = [Answer(429)]
    with serving(Timed(visit_of(Archive()))) as server:
        server.intercept = lambda r: answers.pop() if r.path_qs.endswith("page=4") and answers else None
        assert take(server, tmp_path / "d", Timed.clock).code == 0
    for path, least in (("/cdx", INDEX_DELAY), ("/web", MEMENTO_DELAY)):
        times = [time for name, time in Timed.times if name == path]
        assert all((b - a).total_seconds() >= least for a, b in pairwise(times)) and len(times) > 2
    web = [time for name, time in Timed.times if name == "/web"]
    assert max((b - a).total_seconds() for a, b in pairwise(web)) >= PAUSE_AFTER_429


def test_beyond_loopback_the_archive_is_told_who_asks(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("crawl", LISTING, "--via", "wayback", "-o", tmp_path / "d")
    assert ran.code == 2 and "contact" in ran.err
    assert not (tmp_path / "d").exists()


def test_a_web_archives_address_is_answered_with_the_right_command(harvest: Harvest) -> None:
    ran = harvest("crawl", f"https://web.archive.org/web/2025/{LISTING}", "--contact", "a@example.org")
    assert ran.code == 2 and f"harvest crawl '{LISTING}' --via wayback" in ran.err


@pytest.mark.parametrize("option", [["--fresh"], ["--twice"], ["--dry-run"], ["--page-size", "10"], ["--snapshot"]])
def test_what_captures_cannot_give_is_refused(harvest: Harvest, option: list[str]) -> None:
    ran = harvest("crawl", LISTING, "--via", "wayback", "--wayback", "http://127.0.0.1:9", *option)
    assert ran.code == 2 and option[0] in ran.err


def test_a_web_archive_named_for_a_live_crawl_is_refused(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("crawl", f"{LISTING}", "--wayback", "http://127.0.0.1:9", "--contact", "a@example.org", "--dry-run")
    assert ran.code == 2 and "--via wayback" in ran.err


def test_the_archive_may_be_named_by_the_environment(harvest: Harvest, tmp_path: Path) -> None:
    with serving(Wayback(visit_of(Archive()))) as server:
        ran = harvest("crawl", LISTING, "--via", "wayback", "-o", tmp_path / "d", env={"WAYBACK_URL": server.url})
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("first", range(0, 16, 4))
def test_no_history_and_no_failure_makes_a_false_claim(first: int) -> None:
    outcomes = [try_history(seed) for seed in range(first, first + 4)]
    assert [outcome for outcome in outcomes if not outcome.holds] == []


@pytest.mark.parametrize("seed", [1355, 1386])
def test_a_visit_that_lent_pages_to_another_is_whole_itself(seed: int) -> None:
    outcome = try_history(seed)
    assert outcome.could and outcome.whole and outcome.holds, outcome
