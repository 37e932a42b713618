"""The sample archive's validators: what pages carry, which conditions hold, what the wrong-doing kinds do."""

import gzip
import http.client
import random
import subprocess
import sys
import urllib.parse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from harvester.sample import Answer, Archive, Habits, Request, Schedule, Server, play, running
from harvester.sample.events import EVENTS, Event, Stage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = ("none", "etag", "modified", "both", "changing")
PAGES = ("/search", "/search?page=1&items_per_page=25", "/document/")


class Clock:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def serve(kind: str, records: int = 23, clock: Clock | None = None) -> Server:
    archive = Archive(records)
    archive.habits = Habits(validators=kind)
    return Server(archive, now=clock or Clock())


def ask(server: Server, target: str = "/search", method: str = "GET", **headers: str) -> Answer:
    return server.take(Request(method, target, {name.replace("_", "-"): value for name, value in headers.items()}))


def test_a_page_carries_a_weak_tag_of_what_it_says():
    server = serve("etag")
    tags = [ask(server, f"/search?page={page}").headers["ETag"] for page in (0, 1, 2, 0)]
    assert len(set(tags)) == 3 and tags[0] == tags[3]
    assert all(tag.startswith('W/"') and tag.endswith('"') for tag in tags)
    assert ask(server, Accept_Encoding="gzip").headers["ETag"] == tags[0]
    server.archive.add("A new one")
    assert ask(server).headers["ETag"] != tags[0]
    document = server.archive.records[0].path
    assert ask(server, document).headers["ETag"] == ask(server, document).headers["ETag"] not in tags


@pytest.mark.parametrize("target", ["/robots.txt", "/nothing", "/node/270102", "/search"])
def test_what_is_no_page_or_asked_in_no_readable_way_carries_none(target):
    server = serve("both")
    answer = ask(server, target, "POST" if target == "/search" else "GET")
    assert not {"ETag", "Last-Modified"} & set(answer.headers)


def test_who_sends_none_gets_the_bytes_of_before():
    plain = serve("none")
    for kind in ("etag", "modified", "both", "stale", "changing"):
        for target in ("/search", plain.archive.records[3].path):
            before, now = ask(plain, target, Accept_Encoding="gzip"), ask(serve(kind), target, Accept_Encoding="gzip")
            assert (now.status, now.data) == (before.status, before.data)
            assert {**before.headers, **now.headers} == dict(now.headers)


TAG = ask(serve("both")).headers["ETag"]
DAY = ask(serve("both")).headers["Last-Modified"]
CHANGED = parsedate_to_datetime(DAY)
LATER = format_datetime(CHANGED + timedelta(seconds=1), usegmt=True)
EARLIER = format_datetime(CHANGED - timedelta(seconds=1), usegmt=True)
CONDITIONS = {
    "the tag": ({"If_None_Match": TAG}, 304),
    "the tag as a strong one": ({"If_None_Match": TAG.removeprefix("W/")}, 304),
    "another tag": ({"If_None_Match": 'W/"x"'}, 200),
    "any tag": ({"If_None_Match": " * "}, 304),
    "a list with it": ({"If_None_Match": f'"a,b" ,, W/"x",{TAG}'}, 304),
    "a list without it": ({"If_None_Match": f'"x", "{TAG[3:9]}"'}, 200),
    "it within another": ({"If_None_Match": f'"x{TAG[3:]}'}, 200),
    "no list of tags": ({"If_None_Match": f"{TAG} x"}, 200),
    "it without its quotes": ({"If_None_Match": TAG[3:-1]}, 200),
    "nothing at all": ({"If_None_Match": ""}, 200),
    "another tag before its day": ({"If_None_Match": '"x"', "If_Modified_Since": DAY}, 200),
    "the tag before an earlier day": ({"If_None_Match": TAG, "If_Modified_Since": EARLIER}, 304),
    "its day": ({"If_Modified_Since": DAY}, 304),
    "a later day": ({"If_Modified_Since": LATER}, 304),
    "an earlier day": ({"If_Modified_Since": EARLIER}, 200),
    "its day as RFC 850 has it": ({"If_Modified_Since": CHANGED.strftime("%A, %d-%b-%y %H:%M:%S GMT")}, 304),
    "its day as asctime has it": ({"If_Modified_Since": CHANGED.strftime("%a %b %e %H:%M:%S %Y")}, 304),
    "a day that is no HTTP date": ({"If_Modified_Since": DAY.replace("GMT", "+0000")}, 200),
    "no day": ({"If_Modified_Since": "tomorrow"}, 200),
}


@pytest.mark.parametrize(("headers", "status"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_hold_by_rfc_9110(headers, status):
    for method in ("GET", "HEAD"):
        answer = ask(serve("both"), "/search", method, **headers)
        assert answer.status == status
        assert bool(answer.body) == (status == 200)


def test_lines_of_one_header_are_one_list():
    # As a server hands them on whose mapping keeps lines apart.
    class Lines(dict):
        def items(self):
            return [("If-None-Match", '"x"'), ("if-none-match", TAG)]

    assert serve("both").take(Request("GET", "/search", Lines())).status == 304


def test_a_304_says_what_a_cache_needs_and_describes_no_body():
    with running(Archive(23)) as server:
        host = urllib.parse.urlsplit(server.url).netloc
        connection = http.client.HTTPConnection(host, timeout=5)
        for headers, status in (({}, 200), ({"If-None-Match": TAG}, 304), ({"If-None-Match": TAG}, 304)):
            connection.request("GET", "/search", headers={"Accept-Encoding": "gzip", **headers})
            response = connection.getresponse()
            body = response.read()
            assert (response.status, response.headers["ETag"]) == (status, TAG)
            assert response.headers["Vary"] == "Accept-Encoding" and response.headers["Date"]
            if status == 304:
                told = {name.lower() for name in response.headers}
                assert body == b"" and told == {"etag", "vary", "date", "server"}
            else:
                packed = len(body)
                assert b"1 - 10 of 23" in gzip.decompress(body)
        connection.close()
        assert server.sent == [(200, packed), (304, 0), (304, 0)]


def test_what_went_on_the_wire_is_counted():
    server = serve("etag")
    whole = ask(server)
    ask(server, "/search", "HEAD")
    for broken in ({"cut": 100}, {"cut": -1, "reset": True}, {"misstated": 7}):
        server.intercept = lambda request, broken=broken: replace(server.answer(request), **broken)
        ask(server, If_None_Match="*")
    assert server.sent == [(200, len(whole.data)), (200, 0), (200, 100), (200, 0), (200, len(whole.data))]
    assert len(server.sent) == len(server.log)


def test_wrong_doers():
    server = serve("unasked")
    assert [ask(server).status, ask(server, If_None_Match='"x"').status] == [304, 200]
    server = serve("stale")
    tag = ask(server).headers["ETag"]
    server.archive.add("A new one")
    assert ask(server, If_None_Match=tag).status == 304
    assert ask(server, If_Modified_Since="never").status == 304
    assert ask(server).headers["ETag"] != tag
    server = serve("changing")
    tags = [ask(server).headers["ETag"] for _ in range(3)]
    assert len(set(tags)) == 3
    assert [ask(server, If_None_Match=tag).status for tag in tags] == [200] * 3
    assert ask(serve("none"), If_None_Match="*").status == 200


def test_without_a_clock_no_day_is_told():
    archive = Archive(3)
    archive.habits = Habits(validators="modified")
    assert "Last-Modified" not in ask(Server(archive)).headers


def test_days_of_change_are_told_once_they_are_over():
    clock = Clock()
    server = serve("modified", clock=clock)
    days = []
    for seconds in (0.0, 0.4, 0.4, 0.4, 60.0, 60.0):
        clock.time += timedelta(seconds=seconds)
        if seconds == 0.4:
            server.archive.add("A new one")
        days.append(ask(server).headers.get("Last-Modified"))
    first = format_datetime(NOON - timedelta(days=1), usegmt=True)
    assert days[:3] == [first, None, None]  # two changes in the second in which it was asked for
    assert days[3:] == [format_datetime(NOON + timedelta(seconds=1), usegmt=True)] * 3


class Client:
    """Asks with what it was given last, and keeps the page for as long as it is told that it holds it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.held: dict[str, Answer] = {}

    def ask(self, target: str) -> tuple[int, bytes]:
        held = self.held.get(target)
        told = held.headers if held else {}
        names = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
        answer = self.server.take(Request("GET", target, {to: told[name] for name, to in names if name in told}))
        if answer.status == 304:
            assert held is not None
            return 200, held.data
        if answer.status == 200 and answer.cut is None and not answer.reset and not answer.misstated:
            self.held[target] = answer
        return answer.status, answer.data


def live(kind: str, seed: int, nights: int = 40) -> int:
    """Ask two servers of the same life, one with validators; return how often that one said 304."""
    rng, clock = random.Random(f"{kind} {seed}"), Clock()
    clocks = {"now": clock}
    keeping, plain = serve(kind, clock=clock), serve("none", clock=clock)
    client, stages = Client(keeping), [Stage(server.archive) for server in (keeping, plain)]
    if seed % 2:
        for server in (keeping, plain):
            play(server, Schedule.draw(seed, nights), **clocks)
    targets = (*PAGES[:2], PAGES[2] + keeping.archive.records[rng.randrange(23)].slug)
    for number in range(nights):
        clock.time += timedelta(seconds=rng.choice((0, 0.3, 0.7, 1, 2, 86_400)))
        if rng.random() < 0.4:
            event = Event(number, False, rng.choice(list(EVENTS)), "life", rng.random(), rng.random())
            for stage in stages:
                EVENTS[event.kind](stage, event)
        target = rng.choice(targets)
        got, wanted = client.ask(target), ask(plain, target)
        assert got == (wanted.status, wanted.data), f"{kind}, seed {seed}, request {number}"
    return sum(status == 304 for status, _ in keeping.sent)


@pytest.mark.parametrize("kind", KINDS)
def test_who_keeps_validators_has_the_page_that_it_would_have_got_without(kind):
    held = sum(live(kind, seed) for seed in range(30))
    assert (held > 100) == (kind not in {"none", "changing"}), held


def test_but_for_a_stale_server():
    with pytest.raises(AssertionError, match="stale, seed"):
        for seed in range(20):
            live("stale", seed)


def test_on_the_command_line():
    code = "import sys, urllib.request; told = urllib.request.urlopen(sys.argv[1]).headers; "
    code += "print(told['ETag'], told['Last-Modified'])"
    told = []
    for kind in ("none", "etag", "modified"):
        command = [
            sys.executable,
            "-W",
            "error",
            "-m",
            "harvester.sample",
            "run",
            "--validators",
            kind,
            "--records",
            "23",
        ]
        command += ["--", sys.executable, "-c", code, "{url}/search"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
        told.append(done.stdout.split(maxsplit=1))
    assert [tag for tag, _ in told] == ["None", TAG, "None"]
    assert [day.strip() == "None" for _, day in told] == [True, True, False]
