"""A web archive of the sample: an index of captures, and the captures, as the Wayback Machine answers them."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, quote, quote_plus, unquote, unquote_plus, urljoin, urlsplit

from harvester.sample.archive import Archive
from harvester.sample.exchange import HTML, Answer, Request
from harvester.sample.habits import Habits
from harvester.sample.server import Server
from harvester.sample.site import ALLOW_ALL, answer_request

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
MOST_LINES = 150_000
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "#%")
BLOCKED = "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
MISSING = (
    "<html><head><title>Wayback Machine</title></head><body><h1>Hrm.</h1><p>Not in the archive.</p></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One capture: when (fourteen digits), of which URL as it was spelt, and what the site answered.

    `lost`: the index has it, and the archive does not find it. `moved`: asked for it, the archive sends the reader to
    the nearest one. `revisit`: the index tells of it as of one that was the same before. `location` is where the site
    had moved the page to, with a status of 3xx.
    """

    timestamp: str
    url: str
    body: bytes = b""
    status: int = 200
    mimetype: str = "text/html"
    lost: bool = False
    moved: bool = False
    revisit: bool = False
    location: str = ""

    @property
    def urlkey(self) -> str:
        """Return the URL as indexes sort by it."""
        return make_urlkey(self.url)

    @property
    def time(self) -> datetime:
        """Return when it was taken."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def line(self, fields: Sequence[str]) -> list[str]:
        """Return the capture's line in an index; what is not known is a hyphen."""
        digest = base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()
        mimetype, status = ("warc/revisit", "-") if self.revisit else (self.mimetype, str(self.status))
        values = (self.urlkey, self.timestamp, self.url, mimetype, status, digest, str(len(self.body)))
        return [dict(zip(FIELDS, values, strict=True)).get(field, "-") for field in fields]


def shoot(archive: Archive, timestamp: str, url: str) -> Shot:
    """Take a capture of what the sample has under an address on any host, as it stands now."""
    parts = urlsplit(url)
    headers = {"Host": parts.hostname or ""}
    answer = answer_request(archive, Request("GET", f"{parts.path}?{parts.query}", headers), None)
    mimetype = answer.headers.get("Content-Type", HTML).partition(";")[0]
    location = urljoin(url, answer.headers.get("Location", "")) if "Location" in answer.headers else ""
    return Shot(timestamp, url, answer.data, answer.status, mimetype, location=location)


def make_urlkey(url: str) -> str:
    """Return a URL's key: host backwards, without "www." and port, all in lower case, the query in order.

    What is percent-encoded and need not be is decoded, as in SURT: clients write "[" both ways.

    >>> make_urlkey("https://www.Example.org:443/search?page=1&f%5B0%5D=A")
    'org,example)/search?f[0]=a&page=1'
    """
    parts = urlsplit(url if "://" in url else "http://" + url)
    parts = parts._replace(query=_fold(parts.query))
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").lower())
    query = "&".join(sorted(parts.query.lower().split("&")))
    return ",".join(reversed(host.split("."))) + ")" + (parts.path.lower() or "/") + (f"?{query}" if query else "")


def _fold(query: str) -> str:
    """Return a query with one spelling of each character; what is no print, "#" and "%" are encoded."""
    return quote(unquote(query, "latin-1"), safe=_PLAIN, encoding="latin-1")


class Wayback(Server):
    """Answers the index at /cdx/search/cdx and the captures below /web/; what else a server does, it does too.

    `noise` are broken lines that stand in every answer of the index. A site that is `excluded` is answered with 403.
    """

    def __init__(
        self,
        shots: Sequence[Shot],
        *,
        noise: Sequence[str] = (),
        excluded: bool = False,
        most_lines: int = MOST_LINES,
        robots: str | None = ALLOW_ALL,
    ) -> None:
        super().__init__(Archive(0), robots=robots)
        self.archive.habits = Habits(validators="none")  # what is played back has those of its time, if any
        self.shots = sorted(shots, key=lambda shot: (shot.urlkey, shot.timestamp, shot.url))
        self.noise = tuple(noise)
        self.excluded = excluded
        self.most_lines = most_lines

    def pages(self) -> list[Request]:
        """Return the requests for captures, in the order they came in."""
        return [request for request in list(self.log) if request.path_qs.startswith("/web/")]

    def answer(self, request: Request) -> Answer:
        """Return the archive's own answer."""
        if request.path == "/cdx/search/cdx":
            return self._answer_index(request)
        found = re.fullmatch(r"/web/(\d{14})id_/(https?:/.*)", request.path_qs)
        if found is not None:
            return self._answer_memento(found[1], found[2])
        return super().answer(request)

    def _answer_index(self, request: Request) -> Answer:
        if self.excluded:
            return Answer(403, {"X-Archive-Wayback-Runtime-Error": BLOCKED, "Content-Type": "text/plain"}, BLOCKED)
        asked = {key: values[-1] for key, values in parse_qs(request.query).items()}
        wanted = make_urlkey(asked["url"])
        prefix = asked.get("matchType", "exact") == "prefix"
        found = [s for s in self.shots if (s.urlkey.startswith(wanted) if prefix else s.urlkey == wanted)]
        if "resumeKey" in asked:
            found = [s for s in found if f"{s.urlkey} {s.timestamp}!{s.url}" > unquote_plus(asked["resumeKey"])]
        limit = min(int(asked.get("limit", self.most_lines)), self.most_lines)
        fields = asked.get("fl", ",".join(FIELDS)).split(",")
        lines = [*self.noise, *(" ".join(shot.line(fields)) for shot in found[:limit])] if found else []
        if len(found) > limit and asked.get("showResumeKey") == "true":
            last = found[limit - 1]
            lines += ["", quote_plus(f"{last.urlkey} {last.timestamp}!{last.url}")]
        return Answer(200, {"Content-Type": "text/plain"}, "".join(f"{line}\n" for line in lines))

    def _answer_memento(self, timestamp: str, url: str) -> Answer:
        if self.excluded:
            return Answer(403, {"X-Archive-Wayback-Runtime-Error": BLOCKED}, MISSING)
        key = make_urlkey(url)
        same = [shot for shot in self.shots if shot.urlkey == key]
        at = [shot for shot in same if shot.timestamp == timestamp]
        exact = next((shot for shot in at if shot.url == url), at[0] if at else None)
        if exact is not None and not exact.lost and not exact.moved:
            return _play(exact)
        there = [shot for shot in same if not shot.lost and not shot.moved]
        if not there or (exact is not None and exact.lost):
            return Answer(404, {"Content-Type": HTML}, MISSING)
        asked = datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        nearest = min(there, key=lambda shot: (abs(shot.time - asked), shot.timestamp))
        return Answer(302, {"Location": f"/web/{nearest.timestamp}id_/{nearest.url}", "Content-Type": HTML})


def _play(shot: Shot) -> Answer:
    headers = {
        "Memento-Datetime": format_datetime(shot.time, usegmt=True),
        "Link": f'<{shot.url}>; rel="original", <http://web.archive.org/web/timemap/link/{shot.url}>; rel="timemap"',
        "Content-Type": HTML if shot.mimetype == "text/html" else shot.mimetype,
        "X-Archive-Orig-Content-Length": str(len(shot.body)),
        "X-Archive-Src": "sample-00001.warc.gz",
    }
    if 300 <= shot.status < 400:
        headers["Location"] = f"/web/{shot.timestamp}id_/{shot.location or shot.url + '?moved'}"
    return Answer(shot.status, headers, shot.body)
