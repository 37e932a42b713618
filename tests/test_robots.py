"""robots.txt by RFC 9309: the rules as cases in fixtures/robots, then whole crawls against every kind of answer."""

import asyncio
import gzip
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import FIXTURES, Ran, read_lines
from scrapy import Request as ScrapyRequest
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.utils.misc import load_object

from harvester.middlewares.robots import DeniedByRobots, RobotsMiddleware
from harvester.middlewares.robots.answers import LONGEST
from harvester.sample import Answer, Request, Server

AGENT = "archive-harvester"


def parse(robots: str | list[str], encoding: str = "utf-8") -> RobotParser:
    """Return the parser that a crawl uses, for a file given as text or lines."""
    settings = Settings()
    settings.setmodule("harvester.settings")
    text = robots if isinstance(robots, str) else "\n".join([*robots, ""])
    parser: RobotParser = load_object(settings["ROBOTSTXT_PARSER"]).from_crawler(None, text.encode(encoding))
    return parser


def cases() -> list[Any]:
    files = sorted((FIXTURES / "robots").glob("*.json"))
    return [
        pytest.param(case, id=f"{file.stem}-{case['name']}")
        for file in files
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    parser = parse(case["robots"], case.get("encoding", "utf-8"))
    told = {path: parser.allowed(f"https://example.org{path}", AGENT) for path in case.get("paths", {})}
    assert told == case.get("paths", {}), case["rule"]
    if "delay" in case:
        delay = case["delay"]
        assert parser.crawl_delay(AGENT) == (delay if delay is None else float(delay)), case["rule"]


def test_half_a_mebibyte_is_read_to_its_end() -> None:
    lines = [f"Disallow: /filler/{number:08d}" for number in range(500 * 1024 // 26)]
    parser = parse(["User-agent: *", *lines, "Disallow: /last"])
    assert not parser.allowed("https://example.org/last", AGENT)
    assert not parser.allowed("https://example.org/filler/00019000", AGENT)
    assert parser.allowed("https://example.org/other", AGENT)


COSTLY = """
from test_robots import AGENT, parse
for piece in ("<", "<>", "<a ", "*a", "\\u00e9", "%", "user agent ", " \\t", ":", "\\ufeff"):
    parser = parse(["User-agent: *", "Disallow: /" + piece * 200_000, piece * 200_000, "Disallow: /*b"])
    assert not parser.allowed("https://example.org/" + "a" * 2000 + "b", AGENT)
"""


def test_no_line_costs_more_than_its_length() -> None:
    subprocess.run([sys.executable, "-c", COSTLY], cwd=Path(__file__).parent, check=True, timeout=60)


def crawl(server: Server, tmp_path: Path, *args: object, **settings: Any) -> Ran:
    """Run `harvest crawl` in a process of its own, with settings changed."""
    script = f"import sys\nfrom harvester import settings\nvars(settings).update({settings!r})\n" + PROBE
    url = f"{server.url}/search"
    command = ["crawl", url, "--site", "wilson", "--page-size", 10, "-o", tmp_path / "d", *args]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *map(str, command)],
        capture_output=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


PROBE = """
from harvester.cli import main
from harvester.spiders.listing import ListingSpider
ListingSpider.note_crawl_delay = lambda self, seconds: print(f"delay={seconds}", file=sys.stderr)
main()
"""
ONE_PAGE = ("--page-size", 100)
RULES = "User-agent: *\nDisallow: /search\n"
CHALLENGE = "<html><head><title>Just a moment...</title></head><body>triggerInterstitialChallenge</body></html>"


def asked(server: Server) -> list[Request]:
    """Return the requests for robots.txt, or what it redirected to."""
    return [request for request in server.log if request.path != "/search"]


def gzipped(body: str) -> bytes:
    return gzip.compress(body.encode(), mtime=0)


ALLOWING = {
    "401": Answer(401, {}, "<h1>Log in</h1>"),
    "403": Answer(403, {}, "<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"),
    "404": Answer(404, {}, RULES),
    "410": Answer(410),
    "451": Answer(451),
    "204": Answer(204),
    "200-empty": Answer(200, {"Content-Type": "text/plain"}),
    "200-comments-only": Answer(200, {"Content-Type": "text/plain"}, "# Are you a bot? captcha-delivery.com\n"),
    "200-rules-that-name-a-challenge": Answer(
        200, {}, "User-agent: *\nDisallow: /cdn-cgi/challenge-platform\n# <b>Access Denied</b>\n"
    ),
    "200-soft-404": Answer(200, {}, "<html><head><title>Page not found</title></head><body>404</body></html>"),
    "200-other-page": Answer(200, {}, "<html><body><h1>Welcome</h1><p>Search our holdings.</p></body></html>"),
    "gzip-not-asked-for": Answer(200, {"Content-Encoding": "gzip"}, gzipped("User-agent: *\nDisallow: /x\n")),
}


@pytest.mark.parametrize("kind", ALLOWING)
def test_answers_that_let_a_crawl_go_on(server: Server, tmp_path: Path, kind: str) -> None:
    server.intercept = lambda request: ALLOWING[kind] if request.path == "/robots.txt" else None
    ran = crawl(server, tmp_path, *ONE_PAGE)
    assert ran.code == 0, ran.out
    assert len(asked(server)) == 1


# The answer, what is said of it, and how often it is asked for.
REFUSING = {
    "408": (Answer(408), "the server answered 408", 3),
    "425": (Answer(425), "the server answered 425", 1),
    "429": (Answer(429), "the server answered 429", 3),
    "500": (Answer(500, {}, "User-agent: *\nAllow: /\n"), "the server answered 500", 3),
    "501": (Answer(501), "the server answered 501", 1),
    "503": (Answer(503), "the server answered 503", 3),
    "206": (Answer(206, {}, "User-agent: *\n"), "the server answered 206", 1),
    "304": (Answer(304), "the server answered 304", 1),
    "off-site": (Answer(302, {"Location": "https://example.org/robots.txt"}), "it redirects to another site", 1),
    "circle": (Answer(302, {"Location": "/robots.txt"}), "max redirections reached", 6),
    "200-challenge": (Answer(200, {}, CHALLENGE), "the site asks for proof of being a person", 1),
    "403-challenge": (Answer(403, {}, CHALLENGE), "the site asks for proof of being a person", 1),
    "404-challenge-by-header": (Answer(404, {"cf-mitigated": "challenge"}), "answered with a challenge", 1),
    "200-block": (Answer(200, {}, "<html><h1>Sorry, you have been blocked</h1></html>"), "blocks this reader", 1),
    "200-block-in-plain-text": (Answer(200, {"Content-Type": "text/plain"}, "Access Denied\n"), "blocks this", 1),
    "200-login": (Answer(200, {}, "<html><h1>Log in</h1><form><input type=password></form></html>"), "a login", 1),
    "200-maintenance": (Answer(200, {}, "<html><h1>Site under maintenance</h1></html>"), "under maintenance", 1),
    "200-binary": (Answer(200, {"Content-Type": "text/plain"}, b"\x1f\x8b" + bytes(100)), "it is no text", 1),
    "too-long": (Answer(200, {}, "# filler\n" * 120_000), "longer than 1024 KiB", 1),
    "too-long-unpacked": (
        Answer(200, {"Content-Encoding": "gzip"}, gzipped("#\n" * 600_000)),
        "more than 1,048,576 bytes",
        1,
    ),
    "gzip-cut": (
        Answer(200, {"Content-Encoding": "gzip"}, gzipped("User-agent: *\n" + RULES)[:-12]),
        "ends in the middle",
        1,
    ),
    "gzip-that-is-none": (Answer(200, {"Content-Encoding": "gzip"}, "User-agent: *\n"), "no whole gzip", 1),
    "encoding-not-asked-for": (Answer(200, {"Content-Encoding": "br"}, b"\x0b\x02\x80abc\x03"), "not asked for", 1),
    "delay-of-an-hour": (Answer(200, {}, "User-agent: *\nCrawl-delay: 3600\n"), "3600 seconds between pages", 1),
    "delay-without-end": (Answer(200, {}, "User-agent: *\nCrawl-delay: inf\n"), "inf seconds between pages", 1),
}


@pytest.mark.parametrize("kind", REFUSING)
def test_answers_that_stop_a_crawl(server: Server, tmp_path: Path, kind: str) -> None:
    answer, said, times = REFUSING[kind]
    server.intercept = lambda request: answer if request.path == "/robots.txt" else None
    ran = crawl(server, tmp_path)
    assert ran.code == 4, ran.out
    assert "robots.txt" in ran.out and said in ran.out
    assert "Traceback" not in ran.err
    assert (server.pages(), len(asked(server))) == ([], times)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, {}, RULES, delay=5), "within the time allowed"),
        (Answer(200, {}, RULES, cut=0, reset=True), ""),
        (Answer(200, {}, "User-agent: *\n" * 100 + RULES, cut=20), "cut off"),
        (Answer(200, {}, RULES, cut=-1), ""),
    ],
    ids=["time-out", "reset", "cut", "closed"],
)
def test_a_network_that_fails_on_robots_txt_stops_a_crawl(
    server: Server, tmp_path: Path, answer: Answer, said: str
) -> None:
    server.intercept = lambda request: answer if request.path == "/robots.txt" else None
    ran = crawl(server, tmp_path, DOWNLOAD_TIMEOUT=0.5)
    assert ran.code == 5, ran.out
    assert said in ran.out
    assert (server.pages(), len(asked(server))) == ([], 3)


def test_an_error_of_the_server_that_passes_is_asked_again(server: Server, tmp_path: Path) -> None:
    left = [Answer(503), Answer(500)]
    server.intercept = lambda request: left.pop() if request.path == "/robots.txt" and left else None
    assert crawl(server, tmp_path, *ONE_PAGE).code == 0
    assert len(asked(server)) == 3


def test_retries_are_few_whatever_pages_are_given(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: Answer(503) if request.path == "/robots.txt" else None
    assert crawl(server, tmp_path, RETRY_TIMES=9, REDIRECT_MAX_TIMES=9).code == 4
    assert len(asked(server)) == 3


@pytest.mark.parametrize("hops", [1, 5, 6])
def test_redirects_on_the_same_host_are_followed_five_times(server: Server, tmp_path: Path, hops: int) -> None:
    def intercept(request: Request) -> Answer | None:
        if request.path == "/search":
            return None
        hop = int(request.path.rpartition("-")[2]) if "-" in request.path else 0
        return Answer(301, {"Location": f"/rules-{hop + 1}"}) if hop < hops else Answer(200, {}, RULES)

    server.intercept = intercept
    ran = crawl(server, tmp_path)
    assert (ran.code, len(asked(server))) == (4, 1 + min(hops, 5))
    assert ("robots.txt disallows" in ran.out) == (hops <= 5)
    assert server.pages() == []


def test_all_listings_that_wait_for_one_robots_txt_obey_it(server: Server, tmp_path: Path) -> None:
    server.robots = RULES
    facets = sorted({facet for record in server.archive.records for facet in record.facets})[:3]
    ran = crawl(server, tmp_path, *(f"{server.url}/search?f[0]={facet}" for facet in facets))
    assert ran.code == 4
    assert [request.path for request in server.log] == ["/robots.txt"]


def test_robots_txt_is_asked_once_by_name_without_cookies_uncompressed(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: replace(server.answer(request), headers={"Set-Cookie": "a=b"})
    assert crawl(server, tmp_path, "--contact", "me@example.org").code == 0
    (request,) = asked(server)
    assert request.path_qs == "/robots.txt"
    assert request.headers["User-Agent"].endswith("(+me@example.org)")
    assert request.headers["Accept-Encoding"] == "identity"
    assert {"cookie", "referer"}.isdisjoint(map(str.lower, request.headers))
    assert not any("Cookie" in page.headers for page in server.pages())
    assert len(server.pages()) == 11


def test_the_own_group_is_obeyed_in_a_crawl(server: Server, tmp_path: Path) -> None:
    server.robots = "User-agent: *\nDisallow: /\n\nUser-agent: Archive-Harvester/0\nDisallow: /*page=4\n"
    ran = crawl(server, tmp_path)
    assert ran.code == 4
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 40
    assert "robots.txt disallows" in ran.out


@pytest.mark.parametrize(("delay", "told"), [("0.25", "0.25"), ("600", "600.0"), ("0", "None"), ("soon", "None")])
def test_the_spider_is_told_the_crawl_delay(server: Server, tmp_path: Path, delay: str, told: str) -> None:
    server.robots = f"User-agent: *\nCrawl-delay: {delay}\n"
    ran = crawl(server, tmp_path, "--dry-run")
    assert f"delay={told}\n" in ran.err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, {}, RULES), "robots.txt disallows"),
        (Answer(503), "could not be fetched"),
        (Answer(200, {}, "User-agent: *\nCrawl-delay: 1e9\n"), "1e+09 seconds between pages"),
    ],
    ids=["disallows", "unreachable", "delays"],
)
def test_a_robots_txt_that_changes_stops_the_crawl_which_keeps_what_it_has(
    server: Server, tmp_path: Path, answer: Answer, said: str
) -> None:
    server.intercept = lambda request: answer if request.path == "/robots.txt" and len(server.pages()) == 4 else None
    ran = crawl(server, tmp_path, ROBOTS_MAX_AGE=0)
    assert ran.code == 4
    assert said in ran.out
    assert len(server.pages()) == 4
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 40


class Site:
    """A crawler, engine and spider in one, for the middleware alone: answers robots.txt from a table of origins."""

    def __init__(self, **robots: str | Exception) -> None:
        self.settings = Settings({"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": AGENT})
        self.settings.set("ROBOTSTXT_PARSER", "harvester.middlewares.robots.ExclusionParser")
        self.robots = robots
        self.signals, self.engine, self.spider, self.stats = SignalManager(), self, self, None
        self.asked: list[str] = []
        self.delays: list[float | None] = []
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.middleware = RobotsMiddleware.from_crawler(cast(Any, self))

    def clock(self) -> datetime:
        return self.now

    def note_crawl_delay(self, seconds: float | None) -> None:
        self.delays.append(seconds)

    async def download_async(self, request: ScrapyRequest) -> Response:
        self.asked.append(request.url)
        assert request.meta["download_maxsize"] == LONGEST
        await asyncio.sleep(0)
        told = self.robots[request.url.partition(":")[0]]
        if isinstance(told, Exception):
            raise told
        return Response(request.url, body=told.encode())

    def lets(self, *urls: str) -> list[bool]:
        """Return for each of the URLs, asked for at the same time, whether it may be fetched."""

        async def ask() -> list[bool]:
            tries = (self.middleware.process_request(ScrapyRequest(url)) for url in urls)
            ended = await asyncio.gather(*tries, return_exceptions=True)
            assert all(end is None or isinstance(end, DeniedByRobots) for end in ended), ended
            return [end is None for end in ended]

        return asyncio.run(ask())


def test_requests_that_come_together_wait_for_one_answer() -> None:
    site = Site(https=RULES)
    assert site.lets(*(f"https://example.org/search?page={n}" for n in range(9)), "https://example.org/a") == [
        *[False] * 9,
        True,
    ]
    assert site.asked == ["https://example.org/robots.txt"]


def test_a_copy_is_used_for_a_day_and_no_longer() -> None:
    site = Site(https="")
    assert site.lets("https://example.org/search") == [True]
    site.robots["https"] = RULES
    site.now += timedelta(hours=23, minutes=59, seconds=59)
    assert site.lets("https://example.org/search") == [True]
    site.now += timedelta(seconds=1)
    assert site.lets("https://example.org/search") == [False]
    assert len(site.asked) == 2


def test_a_clock_that_was_set_back_makes_no_copy_last_longer() -> None:
    site = Site(https="")
    site.lets("https://example.org/a")
    site.now -= timedelta(days=30)
    site.lets("https://example.org/a")
    assert len(site.asked) == 2


def test_an_old_copy_is_not_used_on_while_the_server_is_out_of_reach() -> None:
    site = Site(https="User-agent: *\nDisallow:\n")
    assert site.lets("https://example.org/search") == [True]
    site.robots["https"] = CannotResolveHostError("example.org")
    site.now += timedelta(days=1)
    assert site.lets("https://example.org/search", "https://example.org/a") == [False, False]
    assert len(site.asked) == 2


def test_what_the_network_said_is_the_cause() -> None:
    failure = CannotResolveHostError("example.org")
    site = Site(https=failure)
    with pytest.raises(DeniedByRobots, match=r"could not be fetched.*example\.org") as raised:
        asyncio.run(site.middleware.process_request(ScrapyRequest("https://example.org/")))
    assert raised.value.__cause__ is failure


def test_too_many_redirects_are_not_the_networks_fault() -> None:
    site = Site(https=IgnoreRequest("max redirections reached"))
    with pytest.raises(DeniedByRobots, match="max redirections reached") as raised:
        asyncio.run(site.middleware.process_request(ScrapyRequest("https://example.org/")))
    assert raised.value.__cause__ is None


def test_each_origin_has_a_robots_txt_of_its_own() -> None:
    site = Site(https="", http=RULES)
    urls = ("https://example.org/search", "http://example.org/search", "HTTPS://EXAMPLE.org/search")
    assert site.lets(*urls) == [True, False, True]
    assert site.asked == ["https://example.org/robots.txt", "http://example.org/robots.txt"]


def test_the_longest_crawl_delay_of_all_origins_is_told() -> None:
    site = Site(https="User-agent: *\nCrawl-delay: 9\n", http="User-agent: *\nCrawl-delay: 4\n")
    site.lets("https://example.org/")
    site.lets("http://example.org/")
    site.robots["https"] = ""
    site.now += timedelta(days=1)
    site.lets("https://example.org/")
    assert site.delays == [9, 9, 4]


def test_no_request_passes_that_claims_not_to_obey() -> None:
    site = Site(https=RULES)
    request = ScrapyRequest("https://example.org/search", meta={"dont_obey_robotstxt": True})
    with pytest.raises(DeniedByRobots):
        asyncio.run(site.middleware.process_request(request))
