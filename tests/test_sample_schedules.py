"""The sample archive's schedules: the same for a seed, as likely as their table says, and a true account at the end."""

import os
import re
import socket
import subprocess
import sys
import urllib.parse
from collections import Counter
from datetime import UTC, datetime

import pytest

from harvester.sample import Archive, Request, Schedule, Server, odds, play, running
from harvester.sample.events import EVENTS, Event
from harvester.sample.faults import FAULTS
from harvester.sample.schedule import PAIRS, REQUESTS, Fault

NOW = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
CLOSE = "GET {} HTTP/1.1\r\nHost: sample\r\nConnection: close\r\nAccept-Encoding: {}\r\n\r\n"


# The archive, where schedules need more of it than add, remove and change


def paths(archive: Archive, query: str = "items_per_page=100") -> list[str]:
    return [record.path for record in archive.listing(query).records]


def test_a_moved_record_changes_its_place_and_nobody_else_does():
    archive = Archive(12)
    before = paths(archive)
    third, ninth = archive.records[2], archive.records[8]
    moved = archive.move(third.node, ninth.created)
    assert archive.records[8] == moved  # the eight below have closed up, and it stands just above the ninth
    assert archive.records[7] == ninth
    assert [path for path in paths(archive) if path != third.path] == [path for path in before if path != third.path]
    assert archive.move(third.node, archive.records[0].created - 1) == archive.records[0]
    with pytest.raises(KeyError):
        archive.move(1, 1)


def test_a_restored_record_stands_where_it_stood():
    archive = Archive(12)
    before = archive.records
    removed = archive.remove(archive.records[5].node)
    archive.restore(removed)
    assert archive.records == before
    with pytest.raises(ValueError, match="in use"):
        archive.restore(removed)
    archive.remove(removed.node)
    archive.add("Another", slug=removed.slug)
    with pytest.raises(ValueError, match="in use"):
        archive.restore(removed)


def test_a_record_may_be_added_below_others():
    archive = Archive(12)
    added = archive.add("An old draft", created=archive.records[3].created)
    assert archive.records[4] == added
    assert archive.add("A new one") == archive.records[-1]


def test_a_snapshot_keeps_its_state():
    archive = Archive(12)
    before = archive.snapshot()
    archive.remove(archive.records[0].node)
    assert (len(before.records), len(archive.records)) == (12, 11)


# Drawing


def test_a_seed_gives_one_schedule_and_another_seed_another():
    assert [Schedule.draw(seed) for seed in range(300)] == [Schedule.draw(seed) for seed in range(300)]
    assert len({Schedule.draw(seed) for seed in range(300)}) > 250  # a few hold nothing at all but their seed
    assert Schedule.draw(1).seed == 1


@pytest.fixture(scope="module")
def drawn() -> list[Schedule]:
    return [Schedule.draw(seed) for seed in range(2_000)]


def near(found: int, among: int, share: float) -> bool:
    """Return whether a count is within four standard deviations of what a share makes one expect."""
    return abs(found - among * share) <= 4 * (among * share * (1 - share)) ** 0.5


def expect_shares(found: Counter, weights: dict) -> None:
    whole = sum(weights.values())
    wrong = {key: found[key] for key, weight in weights.items() if not near(found[key], found.total(), weight / whole)}
    assert not wrong, f"of {found.total()}, by weights of {whole} in all"
    assert set(found) == {key for key, weight in weights.items() if weight}


def test_kinds_come_as_often_as_the_table_says(drawn):
    expect_shares(
        Counter(f.kind for s in drawn for f in s.faults), {kind: odd.weight for kind, odd in odds.FAULTS.items()}
    )
    plans = Counter(event.plan for s in drawn for event in s.events)
    plans.update({plan: -plans[plan] // 2 for plan in PAIRS})
    expect_shares(plans, {plan: odd.weight for plan, odd in odds.EVENTS.items()})


@pytest.mark.parametrize(("held", "table"), [("events", odds.EVENTS_A_CRAWL), ("faults", odds.FAULTS_A_CRAWL)])
def test_there_are_as_many_of_them_as_the_table_says(drawn, held, table):
    def count(schedule: Schedule) -> int:
        things = getattr(schedule, held)
        return sum(1 if held == "faults" or thing.plan not in PAIRS else 0.5 for thing in things)

    shares: Counter = Counter()
    for harsh, share in ((False, 1 - odds.HARSH), (True, odds.HARSH)):
        for number, weight in table[harsh].items():
            shares[number] += share * weight / sum(table[harsh].values())
    expect_shares(Counter(map(count, drawn)), shares)


def test_runs_are_as_long_as_the_table_allows(drawn):
    faults = [fault for schedule in drawn for fault in schedule.faults if odds.FAULTS[fault.kind].longest > 1]
    long = [fault for fault in faults if fault.run > 1]
    assert near(len(long), len(faults), odds.RUN)
    assert near(sum(fault.sticky for fault in long), len(long), odds.STICKY)
    reached = {kind: max(fault.run for fault in long if fault.kind == kind) for kind in {fault.kind for fault in long}}
    assert all(run <= odds.FAULTS[kind].longest for kind, run in reached.items())
    assert reached["503"] == odds.FAULTS["503"].longest
    assert all(f.run == 1 and not f.sticky for s in drawn for f in s.faults if odds.FAULTS[f.kind].longest == 1)


def test_all_requests_are_met_alike(drawn):
    assert {fault.at for schedule in drawn for fault in schedule.faults} == set(range(1, REQUESTS + 1))
    begins = [event.at for schedule in drawn for event in schedule.events if event.plan not in PAIRS]
    assert set(begins) == set(range(1, REQUESTS + 1))
    few = [Schedule.draw(seed, 3) for seed in range(200)]
    assert {fault.at for schedule in few for fault in schedule.faults} == {1, 2, 3}


def test_pairs_are_together_or_some_requests_apart(drawn):
    gaps: Counter = Counter()
    for schedule in drawn:
        for plan, (first, second) in PAIRS.items():
            events = [event for event in schedule.events if event.plan == plan]
            if len(events) == 2:
                assert [event.kind for event in events] == [first, second]
                gaps[events[1].at - events[0].at] += 1
    shares = dict.fromkeys(range(1, odds.FARTHEST_APART + 1), (1 - odds.SAME_GAP) / odds.FARTHEST_APART)
    expect_shares(gaps, {0: odds.SAME_GAP, **shares})


def test_what_is_left_out_leaves_the_rest_as_it_was(drawn):
    schedule = next(s for s in drawn if len(s.faults) > 2 and len({event.plan for event in s.events}) > 2)
    plan, kind = schedule.events[0].plan, schedule.faults[0].kind
    less = schedule.without(plan, kind)
    assert less.events == tuple(event for event in schedule.events if event.plan != plan)
    assert less.faults == tuple(fault for fault in schedule.faults if fault.kind != kind)
    assert schedule.without() == schedule


def test_every_name_in_the_tables_is_one_that_can_be_played():
    assert set(odds.FAULTS) == set(FAULTS)
    assert {kind for plan in odds.EVENTS for kind in PAIRS.get(plan, (plan,))} == set(EVENTS)
    assert all(odd.reason for odd in (*odds.FAULTS.values(), *odds.EVENTS.values()))


# Playing: the same each time


def fetch_raw(server: Server, target: str, accept: str = "gzip") -> bytes:
    """Return all bytes that come, or b"RESET": what comes before a reset may vary."""
    host = urllib.parse.urlsplit(server.url)
    with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
        connection.sendall(CLOSE.format(target, accept).encode())
        received = b""
        try:
            while piece := connection.recv(65_536):
                received += piece
        except ConnectionResetError:
            return b"RESET"
        return received


def crawl_raw(seed: int) -> list[bytes]:
    with running(Archive(45)) as server:
        play(server, Schedule.draw(seed, 5), now=lambda: NOW)
        return [fetch_raw(server, f"/search?page={number % 5}") for number in range(8)]


@pytest.mark.parametrize("seed", range(12))
def test_the_same_seed_gives_the_same_bytes_on_the_wire(seed):
    assert crawl_raw(seed) == crawl_raw(seed)


PRINT_ALL = """
import hashlib
from harvester.sample import Archive, Request, Schedule, Server, play
digest = hashlib.sha256()
for seed in range(40):
    server = Server(Archive(45))
    playing = play(server, Schedule.draw(seed, 5))
    for number in range(8):
        answer = server.take(Request("GET", f"/search?page={number % 5}", {"Accept-Encoding": "gzip"}))
        digest.update(repr(answer).encode())
    digest.update(repr((sorted(playing.stood_still()), playing.happened, playing.asked)).encode())
print(digest.hexdigest())
"""


def test_neither_hash_seed_nor_locale_nor_time_zone_shows():
    def run(**environment: str) -> str:
        clean = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **environment}
        return subprocess.run(
            [sys.executable, "-c", PRINT_ALL], env=clean, capture_output=True, text=True, check=True
        ).stdout

    first = run(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    assert first == run(PYTHONHASHSEED="2", TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8")
    assert re.fullmatch("[0-9a-f]{64}\n", first)


# Playing: what happened, and what stood still


def ask(server: Server, *targets: str) -> None:
    """Ask without a network; server.take is what the network is put before."""
    for target in targets:
        server.take(Request("GET", target, {}))


@pytest.mark.parametrize("after", [False, True])
def test_an_event_shows_at_its_request_or_after_it(after):
    server = Server(Archive(12))
    newest = server.archive.records[-1].path
    playing = play(server, Schedule(0, (Event(2, after, "delete", "delete", 0.999),)))
    bodies = [server.take(Request("GET", "/search", {})).data.decode() for _ in range(3)]
    assert [newest in body for body in bodies] == [True, after, False]
    assert [(h.number, h.target, h.kind) for h in playing.happened] == [(2, "/search", "delete")]
    assert str(playing.happened[0]) == f"page request 2 (/search): delete, {newest}, 11 records now"
    assert playing.totals() == [(1, 12), (2, 12 if after else 11), (3, 11)]


def test_only_pages_of_listings_are_counted():
    server = Server(Archive(12))
    playing = play(server, Schedule(0, faults=(Fault(1, "empty", 0.5),)))
    ask(server, "/robots.txt", "/", f"{server.archive.records[0].path}")
    assert playing.asked == []
    ask(server, "/search")
    assert [asked.fault for asked in playing.asked] == ["empty"]


# Kind of event -> how many of twelve records stand still after it.
LEFT = {"insert": 12, "insert-old": 12, "delete": 11, "withdraw": 11, "put-back": 12, "move": 11, "change": 11}


@pytest.mark.parametrize("kind", EVENTS)
def test_a_record_that_is_itself_concerned_did_not_stand_still(kind):
    server = Server(Archive(12))
    before = {record.path for record in server.archive.records}
    fifth = server.archive.records[4].path
    playing = play(server, Schedule(0, (Event(1, False, kind, kind, 4.5 / 12, 0.1),)))
    ask(server, "/search")
    assert len(playing.stood_still()) == LEFT[kind]
    assert playing.stood_still() == before - ({fifth} if LEFT[kind] == 11 else set())
    assert playing.ever() >= before
    assert len(playing.ever()) == (13 if kind.startswith("insert") else 12)


def test_a_record_put_back_at_its_old_place_did_not_stand_still():
    server = Server(Archive(12))
    before = server.archive.records
    events = (Event(1, False, "withdraw", "republish", 0.5), Event(2, True, "put-back", "republish", 0.9))
    playing = play(server, Schedule(0, events))
    ask(server, "/search", "/search")
    assert server.archive.records == before
    assert playing.stood_still() == {record.path for record in before} - {before[6].path}
    assert [h.kind for h in playing.happened] == ["withdraw", "put-back"]


def test_a_changed_record_is_where_it_was():
    server = Server(Archive(12))
    before = server.archive.records
    play(
        server,
        Schedule(0, (Event(1, False, "change", "change", 0.0, 0.1), Event(1, True, "change", "change", 0.1, 0.9))),
    )
    ask(server, "/search")
    assert server.archive.records[0].title == before[0].title + " (Revised)"
    assert server.archive.records[1].summary == (*before[1].summary, "Revised since.")
    assert [record.path for record in server.archive.records] == [record.path for record in before]


def test_nothing_happens_to_an_empty_archive():
    server = Server(Archive(0))
    events = tuple(
        Event(1, False, kind, kind, 0.5, 0.5) for kind in ("delete", "withdraw", "move", "change", "put-back")
    )
    playing = play(server, Schedule(0, events))
    ask(server, "/search")
    assert [h.what for h in playing.happened] == ["there is nothing to"] * 5
    assert playing.stood_still() == set()


WALK = [f"/search?sort_bef_combine=created_DESC&page={page}" for page in range(11)]


@pytest.mark.parametrize("size", [0, 1, 12, 103])
def test_what_stood_still_is_what_all_states_have_in_common(size):
    for seed in range(150):
        server = Server(Archive(size))
        states = [set(server.archive.records)]

        def note(line: str, server: Server = server, states: list = states) -> None:
            states.append(set(server.archive.records))

        playing = play(server, Schedule.draw(seed), tell=note)
        ask(server, *WALK, "/search?f%5B0%5D=languages%3A84000", "/search?search_api_fulltext=china&page=1")
        assert playing.stood_still() == {record.path for record in set.intersection(*states)}, f"seed {seed}"
        assert playing.ever() == {record.path for record in set.union(*states)}, f"seed {seed}"
        for archive_state in states:
            assert len({r.node for r in archive_state}) == len({r.slug for r in archive_state}) == len(archive_state)


def test_a_listing_that_was_never_answered_soundly_is_told():
    server = Server(Archive(12))
    faults = (Fault(1, "empty", 0.0), Fault(2, "drip", 0.0), Fault(4, "stale", 0.0, 2))
    playing = play(server, Schedule(0, faults=faults))
    facet = "/search?f%5B3%5D=languages%3A84000&page="
    ask(server, "/search")
    assert playing.never_sound() == {""}
    ask(server, "/search?page=1")  # a drip is slow, and sound
    assert playing.never_sound() == set()
    ask(server, "/search", f"{facet}0", f"{facet}1")
    assert playing.never_sound() == {"f%5B0%5D=languages%3A84000"}
    ask(server, f"{facet}0&search_api_fulltext=", "/search?search_api_fulltext=nothing")
    assert playing.never_sound() == set()
    assert playing.totals("search_api_fulltext=nothing") == [(7, 0)]
    assert [asked.fault for asked in playing.asked] == ["empty", "drip", None, "stale", "stale", None, None]


def test_runs_go_with_time_and_sticky_ones_with_the_address():
    def statuses(fault: Fault) -> list[int]:
        server = Server(Archive(30))
        play(server, Schedule(0, faults=(fault,)))
        return [server.take(Request("GET", f"/search?page={page}", {})).status for page in (0, 1, 1, 2, 1, 1)]

    assert statuses(Fault(2, "503", 0.0, 3)) == [200, 503, 503, 503, 200, 200]
    assert statuses(Fault(2, "503", 0.0, 3, sticky=True)) == [200, 503, 503, 200, 503, 200]
    assert statuses(Fault(2, "503", 0.0)) == [200, 503, 200, 200, 200, 200]


# By hand

ASK_ALL = """
import http.client, sys
for page in range(13):
    connection = http.client.HTTPConnection(sys.argv[1].removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", f"/search?page={page}")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        continue
    finally:
        connection.close()
"""


def run_sample(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "harvester.sample", "run", *options]
    command += ["--", sys.executable, "-c", ASK_ALL, "{url}"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def test_a_seed_can_be_replayed_by_hand(drawn):
    schedule = next(s for s in drawn if len(s.events) > 1 and len(s.faults) > 1)
    for requests, left_out in ((REQUESTS, ()), (4, ("insert", schedule.faults[0].kind))):
        told: list[str] = []
        server = Server(Archive(45, seed=3))
        play(server, Schedule.draw(schedule.seed, requests).without(*left_out), tell=told.append)
        ask(server, *(f"/search?page={page}" for page in range(13)))
        assert told, f"seed {schedule.seed}"
        without = [word for kind in left_out for word in ("--without", kind)]
        options = ["--records", "45", "--seed", "3", "--schedule", str(schedule.seed), "--requests", str(requests)]
        done = run_sample(*options, *without)
        assert done.returncode == 0
        assert done.stderr.splitlines() == [f"sample: {line}" for line in told], f"seed {schedule.seed}"


def test_a_kind_that_is_not_in_the_table_cannot_be_left_out():
    done = run_sample("--schedule", "1", "--without", "rain")
    assert done.returncode == 2
    assert "invalid choice: 'rain'" in done.stderr
