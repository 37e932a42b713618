"""Serves an archive over HTTP on loopback, notes every request, and lets a test put in answers of its own."""

import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TextIO

from harvester.sample.archive import Archive
from harvester.sample.conditions import Conditions
from harvester.sample.exchange import HTML, Answer, Request, Sent
from harvester.sample.site import ALLOW_ALL, answer_request

COMPRESSION = 3  # markup shrinks to a seventh anyway, and the server is not to be the slow end of a measurement


class Server:
    """The site behind a base address `url`; change `intercept`, `robots` and `compress` at any time.

    `log` has all requests in the order they came in, and `sent` what was answered to each; only ever appended to, so
    any thread may read them. `now` is the clock by which pages tell when they changed; without one they don't.
    `intercept` sees each request first; the Answer it returns replaces the site's, None leaves it alone.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        robots: str | None = ALLOW_ALL,
        compress: bool = True,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.archive = archive
        self.robots = robots
        self.compress = compress
        self.url = ""
        self.log: list[Request] = []
        self.sent: list[Sent] = []
        self.conditions = Conditions(now)
        self.intercept: Callable[[Request], Answer | None] | None = None
        self.journal: TextIO | None = None

    def pages(self) -> list[Request]:
        """Return the requests for pages of listings, in the order they came in."""
        return [request for request in list(self.log) if request.path == "/search"]

    def answer(self, request: Request) -> Answer:
        """Return the site's own answer, for an interceptor to build on."""
        return answer_request(self.archive, request, self.robots)

    def take(self, request: Request) -> Answer:
        """Note a request and return what goes on the wire for it."""
        self.log.append(request)
        if self.journal is not None:
            self.journal.write(f"{request.method} {request.path_qs}\n")
            self.journal.flush()
        told = self.intercept(request) if self.intercept else None
        whole = self.answer(request) if told is None else told
        checked = self.conditions.answer(whole, request, self.archive.habits.validators)
        answer = self._encode(checked, request)
        self.sent.append(Sent(answer.status, answer.size if request.method == "GET" else 0))
        return answer

    @asynccontextmanager
    async def listen(self, port: int = 0) -> AsyncIterator[None]:
        """Serve while the context lasts; port 0 takes any free one. OSError if the port is taken."""
        # Here, as aiohttp takes a quarter of a second to import, which who only renders pages need not wait for.
        from harvester.sample.wire import listen_on

        async with listen_on(port, self.take) as self.url:
            yield

    def _encode(self, answer: Answer, request: Request) -> Answer:
        """Compress the body if the client takes gzip; headers that the answer sets are left alone."""
        headers = {**answer.headers}
        names = {name.lower() for name in headers}
        takes_gzip = self.compress and _takes_gzip(request.headers.get("Accept-Encoding", ""))
        if answer.status == 304:
            return replace(answer, headers={**headers, "Vary": "Accept-Encoding"} if takes_gzip else headers)
        if "content-type" not in names:
            headers["Content-Type"] = HTML
        if not takes_gzip or not answer.body or answer.plain or "content-encoding" in names:
            return replace(answer, headers=headers)
        packed = gzip.compress(answer.data, COMPRESSION, mtime=0)
        return replace(answer, headers={**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}, body=packed)


def _takes_gzip(accepted: str) -> bool:
    """Return whether an Accept-Encoding header names gzip, other than to refuse it."""
    offers = ["".join(part.lower().split()).partition(";q=") for part in accepted.split(",")]
    return any(name == "gzip" and (not weight or weight.strip("0.")) for name, _, weight in offers)
