"""Every fault of server and network is told apart, retried where it can pass, and reported where it does not."""

import asyncio
import gzip
import socket
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import read_json, read_lines

from harvester.errors import ConnectionRefused, NoSuchHost, UnreachablePage
from harvester.sample import Answer, Request, Server
from harvester.settings import DOWNLOAD_MAXSIZE
from harvester.spiders.exchanges import error_of
from harvester.spiders.patience import LONGEST_PAUSE, LONGEST_WAIT, SLOWEST, Pace, read_retry_after
from tests.soak.engine import Clock, crawl, run

PAGE = "page=4"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def harvest(server: Server, folder: Path, clock: Clock | None = None, **settings: object):
    """Harvest the sample, ten rows a page, on a clock of our own."""
    return run(crawl([f"{server.url}/search"], folder, clock or Clock(), settings=settings, page_size=10))


def on_page_four(server: Server, answer: Answer, times: int = 1_000) -> None:
    left = [answer] * times
    server.intercept = lambda request: left.pop() if request.path_qs.endswith(PAGE) and left else None


def whole(server: Server) -> bytes:
    answer = server.answer(Request("GET", "/search?sort_bef_combine=created_DESC&page=4", {}))
    return answer.data


GZIP = {"Content-Encoding": "gzip", "Content-Type": "text/html"}


def broken(server: Server, name: str) -> Answer:
    packed = gzip.compress(whole(server))
    flipped = packed[:500] + bytes([packed[500] ^ 1]) + packed[501:]
    return {
        "server-error": Answer(500, {}, "oops"),
        "bad-gateway": Answer(502, {}, "oops"),
        "unavailable": Answer(503, {}, "oops"),
        "gateway-time-out": Answer(504, {}, "oops"),
        "too-many-requests": Answer(429, {}, "slow down"),
        "reset-before-the-answer": Answer(200, {}, b"x" * 100, cut=-1, reset=True),
        "closed-before-the-answer": Answer(200, {}, b"x", cut=-1),
        "cut-off": Answer(200, {}, whole(server), cut=3000),
        "gzip-cut-with-its-length": Answer(200, GZIP, packed[:-900]),
        "gzip-cut-in-its-checksum": Answer(200, GZIP, packed[:-4]),
        "gzip-with-a-bit-flipped": Answer(200, GZIP, flipped),
        "gzip-with-something-after": Answer(200, GZIP, packed + b"<p>more</p>"),
        "no-gzip-at-all": Answer(200, GZIP, whole(server)),
        "deflate-cut": Answer(200, {**GZIP, "Content-Encoding": "deflate"}, zlib.compress(whole(server))[:-900]),
        "brotli-not-asked-for": Answer(200, {**GZIP, "Content-Encoding": "br"}, b"\x0b\x02\x80abc\x03"),
        "slow-drip": Answer(200, {}, whole(server), pause=0.2),
        "silence": Answer(200, {}, whole(server), delay=8),
        "circle": Answer(302, {"Location": "/search?sort_bef_combine=created_DESC&page=4"}),
        "other-host": Answer(302, {"Location": "https://example.org/search"}),
        "other-port": Answer(302, {"Location": "http://127.0.0.1:9/search?page=4"}),
        "javascript": Answer(302, {"Location": "javascript:alert(1)"}),
        "no-location": Answer(302, {}),
        "larger-than-is-read": Answer(200, {}, b"<p>" + b"x" * DOWNLOAD_MAXSIZE),
        "bomb": Answer(200, GZIP, gzip.compress(b"<p>" + b" " * DOWNLOAD_MAXSIZE)),
        "bomb-in-a-bomb": Answer(
            200, {**GZIP, "Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b" " * 20 * DOWNLOAD_MAXSIZE))
        ),
        "status-of-no-meaning": Answer(418, {}, "teapot"),
    }[name]


KINDS = {
    "server-error": ("server-error", 5),
    "bad-gateway": ("server-error", 5),
    "unavailable": ("server-error", 5),
    "gateway-time-out": ("server-error", 5),
    "too-many-requests": ("rate-limited", 5),
    "reset-before-the-answer": ("reset", 5),
    "closed-before-the-answer": ("reset", 5),
    "cut-off": ("cut-off", 5),
    "gzip-cut-with-its-length": ("broken-encoding", 5),
    "gzip-cut-in-its-checksum": ("broken-encoding", 5),
    "gzip-with-a-bit-flipped": ("broken-encoding", 5),
    "gzip-with-something-after": ("broken-encoding", 5),
    "no-gzip-at-all": ("broken-encoding", 5),
    "deflate-cut": ("broken-encoding", 5),
    "brotli-not-asked-for": ("broken-encoding", 5),
    "slow-drip": ("time-out", 5),
    "silence": ("time-out", 5),
    "circle": ("redirect-loop", 5),
    "other-host": ("off-site", 4),
    "other-port": ("off-site", 4),
    "javascript": ("off-site", 4),
    "no-location": ("not-a-listing", 6),
    "larger-than-is-read": ("too-large", 6),
    "bomb": ("too-large", 6),
    "bomb-in-a-bomb": ("too-large", 6),
    "status-of-no-meaning": ("not-a-listing", 6),
}
FINAL = {"redirect-loop", "too-large"}


@pytest.mark.parametrize("name", KINDS)
def test_a_fault_that_lasts_is_named_and_stops_the_walk(server: Server, tmp_path: Path, name: str) -> None:
    kind, code = KINDS[name]
    on_page_four(server, broken(server, name))
    result = harvest(server, tmp_path / "d", DOWNLOAD_TIMEOUT=0.5)
    assert result.code == code, result.lines
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert reject["reason"] == kind
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 40
    asked = sum(request.path_qs.endswith(PAGE) for request in server.pages())
    # A request on a connection that was kept open is sent once more by the engine itself when that is lost.
    assert asked in ({3, 4} if kind == "reset" else {3}) or kind in FINAL
    assert (tmp_path / "d" / "records.jsonl").read_text(encoding="utf-8").count("127.0.0.1") == 0


@pytest.mark.parametrize("name", [name for name, (kind, _) in KINDS.items() if kind not in FINAL])
def test_a_fault_that_passes_leaves_no_trace(server: Server, tmp_path: Path, name: str) -> None:
    on_page_four(server, broken(server, name), times=2)
    result = harvest(server, tmp_path / "d", DOWNLOAD_TIMEOUT=0.5)
    assert result.code == 0, result.lines
    assert read_lines(tmp_path / "d" / "rejects.jsonl") == []
    assert len(server.pages()) == 11 + 2


def test_a_name_that_does_not_resolve_and_a_port_that_nobody_listens_at(tmp_path: Path) -> None:
    from scrapy.exceptions import CannotResolveHostError

    assert isinstance(error_of(CannotResolveHostError("x"), "http://x/"), NoSuchHost)
    assert type(error_of(RuntimeError("odd"), "http://x/")) is UnreachablePage
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    result = run(crawl([f"http://127.0.0.1:{port}/search"], tmp_path / "d", Clock()))
    assert result.code == 5
    assert ConnectionRefused.advice in result.lines[-1] and "refused" in result.lines[-2]
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", ["90", "Sun, 01 Mar 2026 12:01:30 GMT"], ids=["seconds", "date"])
def test_retry_after_is_kept_within_a_run(server: Server, tmp_path: Path, status: int, asked: str) -> None:
    on_page_four(server, Answer(status, {"Retry-After": asked}, "later"), times=1)
    clock = Clock()
    assert harvest(server, tmp_path / "d", clock).code == 0
    assert 85 < sum(clock.slept) < 91


def test_retry_after_is_kept_across_a_restart(server: Server, tmp_path: Path) -> None:
    on_page_four(server, Answer(503, {"Retry-After": "3600"}, "later"), times=1)
    clock = Clock()
    result = harvest(server, tmp_path / "d", clock)
    assert result.code == 5
    assert any("not to be asked before 2026-03-01 13:00" in line for line in result.lines)
    server.log.clear()
    clock.time += timedelta(minutes=30)
    assert harvest(server, tmp_path / "d", clock).code == 5
    assert server.log == []
    clock.time += timedelta(minutes=28)
    assert harvest(server, tmp_path / "d", clock).code == 0
    assert 60 < sum(clock.slept) < 125
    assert len(server.pages()) == 7


def test_a_fresh_run_keeps_to_a_pause_too(server: Server, tmp_path: Path) -> None:
    from harvester.dataset.crawl import CrawlRun
    from harvester.sites import find_site

    clock = Clock()
    on_page_four(server, Answer(503, {"Retry-After": "3600"}, "later"), times=1)
    harvest(server, tmp_path / "d", clock)
    again = CrawlRun(tmp_path / "d", find_site("wilson"), clock.now, anew=True)
    until = again.not_before()
    again.end()
    assert until is not None and until > clock.time


def test_a_pause_of_a_century_is_kept_for_a_day(server: Server, tmp_path: Path) -> None:
    on_page_four(server, Answer(503, {"Retry-After": "Mon, 01 Mar 2126 12:00:00 GMT"}, "later"), times=1)
    clock = Clock()
    result = harvest(server, tmp_path / "d", clock)
    assert result.code == 5
    assert any("of which 86400 are kept" in line for line in result.lines)
    clock.time += timedelta(seconds=LONGEST_PAUSE - LONGEST_WAIT - 60)
    assert harvest(server, tmp_path / "d", clock).code == 5
    clock.time += timedelta(seconds=LONGEST_WAIT + 60)
    assert harvest(server, tmp_path / "d", clock).code == 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("9" * 40, 1e12),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sunday, 01-Mar-26 12:00:30 GMT", 30),
        ("Sun Mar  1 12:00:30 2026", 30),
        ("Sun, 01 Mar 2020 12:00:30 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_every_form_that_http_has(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


def test_the_pace_slows_with_each_refusal_and_backs_off_with_each_try() -> None:
    pace = Pace(3.0, Clock().now, Clock().sleep)
    assert (pace.gap, pace.backoff(1), pace.backoff(2)) == (3, 15, 30)
    gaps = []
    for _ in range(6):
        pace.slow_down()
        gaps.append(pace.gap)
    assert gaps == [6, 12, 24, 48, 48, 48]
    assert pace.slowness == SLOWEST
    pace.crawl_delay = 60
    assert pace.gap == 60


def test_walks_share_one_pace() -> None:
    clock = Clock()
    pace = Pace(0.0, clock.now, clock.sleep)
    pace.crawl_delay = 10

    async def turns() -> list[datetime]:
        times = []
        for _ in range(4):
            assert await pace.turn()
            times.append(clock.time)
        return times

    times = run(turns())
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert all(9.9 < gap < 10.1 for gap in gaps)


def test_a_crawl_that_ends_gives_up_its_turn() -> None:
    clock = Clock()
    pace = Pace(0.0, clock.now, clock.sleep)
    pace.hold(clock.time + timedelta(hours=1))
    pace.stopped = True
    assert run(pace.turn()) is False
    assert clock.slept == []


def test_the_requests_ask_for_what_can_be_checked(server: Server, tmp_path: Path) -> None:
    harvest(server, tmp_path / "d")
    headers = server.pages()[0].headers
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert headers["Cache-Control"] == "no-cache"
    assert "Cookie" not in headers


def test_a_challenge_slows_the_crawl_then_stops_it(server: Server, tmp_path: Path) -> None:
    challenge = Answer(403, {"cf-mitigated": "challenge"}, "<title>Just a moment...</title>")
    on_page_four(server, challenge)
    result = harvest(server, tmp_path / "d")
    assert result.code == 4
    assert sum(request.path_qs.endswith(PAGE) for request in server.pages()) == 3
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert (reject["reason"], reject["text"]) == ("challenge", "<title>Just a moment...</title>")
    assert read_json(tmp_path / "d" / "coverage.json")["listings"][0]["missing"] == [[41, 103]]


def test_a_server_that_is_slow_but_sound_is_waited_for(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: (
        replace(server.answer(request), delay=0.3) if request.path_qs.endswith(PAGE) else None
    )
    assert harvest(server, tmp_path / "d", DOWNLOAD_TIMEOUT=2).code == 0


def test_crawl_delay_is_kept_from_the_first_page_on(server: Server, tmp_path: Path) -> None:
    server.robots = "User-agent: *\nCrawl-delay: 7\n"
    clock = Clock()
    assert harvest(server, tmp_path / "d", clock).code == 0
    assert 69 < sum(clock.slept) < 71


def test_a_pause_that_comes_with_robots_txt_is_kept_across_runs(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    on_page_four(server, Answer(500, {}, "oops"))
    harvest(server, tmp_path / "d", clock)
    server.intercept = lambda request: (
        Answer(503, {"Retry-After": "7200"}, "") if request.path == "/robots.txt" else None
    )
    assert harvest(server, tmp_path / "d", clock).code == 5
    server.intercept = None
    server.log.clear()
    clock.time += timedelta(minutes=90)
    assert harvest(server, tmp_path / "d", clock).code == 5
    assert server.log == []
    clock.time += timedelta(minutes=30)
    assert harvest(server, tmp_path / "d", clock).code == 0


def test_robots_txt_is_read_again_on_a_long_crawl(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.intercept = lambda request: (
        Answer(503, {"Retry-After": "240"}, "later") if len(server.pages()) % 2 and request.path == "/search" else None
    )
    server.robots = "User-agent: *\nCrawl-delay: 600\n"
    harvest(server, tmp_path / "d", clock, ROBOTS_MAX_AGE=3600)
    assert sum(request.path == "/robots.txt" for request in server.log) >= 3


class SlowClock(Clock):
    """A clock whose sleep takes a little real time, as a pause between requests does."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.2)
        await super().sleep(seconds)


def test_a_site_that_refuses_is_asked_once_however_many_listings(server: Server, tmp_path: Path) -> None:
    challenge = Answer(403, {"cf-mitigated": "challenge"}, "<title>Just a moment...</title>")
    server.intercept = lambda request: challenge if request.path == "/search" else None
    facets = sorted({f for record in server.archive.records for f in record.facets})[:6]
    urls = [f"{server.url}/search?f[0]={facet}" for facet in facets]
    result = run(crawl(urls, tmp_path / "d", SlowClock(), settings={"DOWNLOAD_DELAY": 0.01}))
    assert (result.code, len(server.pages())) == (4, 1)
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_site_that_wants_no_visitors_is_asked_three_times_at_most(
    server: Server, tmp_path: Path, status: int
) -> None:
    facets = sorted({f for record in server.archive.records for f in record.facets})[:8]
    urls = [f"{server.url}/search?f[0]={facet}" for facet in facets]
    good = 3

    def intercept(request: Request) -> Answer | None:
        return Answer(status, {}, "no") if request.path == "/search" and len(server.pages()) > good else None

    server.intercept = intercept
    assert run(crawl(urls, tmp_path / "d", Clock())).code in {4, 5}
    assert len(server.pages()) == good + 3


def test_a_first_run_that_is_asked_to_wait_remembers_it(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: (
        Answer(503, {"Retry-After": "3600"}, "later") if request.path == "/search" else None
    )
    clock = Clock()
    assert harvest(server, tmp_path / "d", clock).code == 5
    server.intercept = None
    server.log.clear()
    assert harvest(server, tmp_path / "d", clock).code == 5
    assert server.log == []
    clock.time += timedelta(hours=1)
    assert harvest(server, tmp_path / "d", clock).code == 0


def test_a_short_pause_does_not_shorten_a_long_one(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    pace = Pace(0.0, clock.now, clock.sleep)
    pace.hear("3600")
    pace.hear("10")
    assert 3590 < pace.left() <= 3600


@pytest.mark.parametrize("path", ["/robots.txt", "/search"])
def test_a_pause_is_kept_before_a_redirect_is_followed_and_before_robots_txt_is_asked_again(
    server: Server, tmp_path: Path, path: str
) -> None:
    clock, times = Clock(), list[float]()
    left = [Answer(302 if path == "/search" else 503, {"Retry-After": "120", "Location": "/search?x=1"}, "")]

    def intercept(request: Request) -> Answer | None:
        if request.path == path:
            times.append(sum(clock.slept))
            return left.pop() if left else None
        return None

    server.intercept = intercept
    harvest(server, tmp_path / "d", clock)
    assert times[0] == 0
    assert 115 < times[1] <= 120


def test_turns_after_a_pause_are_not_bunched() -> None:
    clock = Clock()
    pace = Pace(0.0, clock.now, clock.sleep)
    pace.crawl_delay = 10
    pace.hold(clock.time + timedelta(seconds=100))

    async def turns() -> list[datetime]:
        times: list[datetime] = []

        async def turn() -> None:
            assert await pace.turn()
            times.append(clock.time)

        await asyncio.gather(*(turn() for _ in range(4)))
        return times

    times = run(turns())
    assert all((b - a).total_seconds() > 9.9 for a, b in pairwise(times))
