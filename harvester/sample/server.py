"""Serves an archive over HTTP on loopback, notes every request, and breaks answers when told to."""

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TextIO

from aiohttp import web

from harvester.sample.archive import Archive
from harvester.sample.exchange import HTML, Answer, Request
from harvester.sample.site import ALLOW_ALL, answer_request

HOST = "127.0.0.1"
COMPRESSION = 3  # markup shrinks to a tenth anyway, and the server is not to be the slow end of a measurement
PIECE = 1024  # bytes between pauses
SHUTDOWN = 0.1  # seconds for answers under way when the server ends; aiohttp would wait for a minute


class Server:
    """The site behind a base address `url`; change `intercept`, `robots` and `compress` at any time.

    `log` has all requests in the order they came in; only ever appended to, so any thread may read it.
    `intercept` sees each request first; the Answer it returns replaces the site's, None leaves it alone.
    """

    def __init__(self, archive: Archive, *, robots: str | None = ALLOW_ALL, compress: bool = True) -> None:
        self.archive = archive
        self.robots = robots
        self.compress = compress
        self.url = ""
        self.log: list[Request] = []
        self.intercept: Callable[[Request], Answer | None] | None = None
        self.journal: TextIO | None = None

    def pages(self) -> list[Request]:
        """Return the requests for pages of listings, in the order they came in."""
        return [request for request in list(self.log) if request.path == "/search"]

    def answer(self, request: Request) -> Answer:
        """Return the site's own answer, for an interceptor to build on."""
        return answer_request(self.archive, request, self.robots)

    @asynccontextmanager
    async def listen(self, port: int = 0) -> AsyncIterator[None]:
        """Serve while the context lasts; port 0 takes any free one. OSError if the port is taken."""
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=SHUTDOWN)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
            self.url = f"http://{HOST}:{runner.addresses[0][1]}"
            yield
        finally:
            await runner.cleanup()

    async def _handle(self, raw: web.BaseRequest) -> web.StreamResponse:
        request = Request(raw.method, raw.raw_path, raw.headers)
        self.log.append(request)
        if self.journal is not None:
            self.journal.write(f"{request.method} {request.path_qs}\n")
            self.journal.flush()
        told = self.intercept(request) if self.intercept else None
        answer = told if told is not None else self.answer(request)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        return await _send(raw, self._encode(answer, raw.headers.get("Accept-Encoding", "")))

    def _encode(self, answer: Answer, accepted: str) -> Answer:
        """Compress the body if the client takes gzip; headers that the answer sets are left alone."""
        headers = {"Content-Type": HTML, **answer.headers}
        names = {name.lower() for name in headers}
        if not self.compress or not _takes_gzip(accepted) or not answer.body or "content-encoding" in names:
            return replace(answer, headers=headers)
        packed = gzip.compress(answer.data, COMPRESSION, mtime=0)
        return replace(answer, headers={**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}, body=packed)


def _takes_gzip(accepted: str) -> bool:
    """Return whether an Accept-Encoding header names gzip, other than to refuse it."""
    offers = ["".join(part.lower().split()).partition(";q=") for part in accepted.split(",")]
    return any(name == "gzip" and (not weight or weight.strip("0.")) for name, _, weight in offers)


async def _send(raw: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    if answer.cut is None and not answer.reset and not answer.pause:
        return web.Response(status=answer.status, headers=answer.headers, body=answer.data)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.data)
    if answer.cut is None or answer.cut >= 0:
        await response.prepare(raw)
        body = answer.data if answer.cut is None else answer.data[: answer.cut]
        for start in range(0, len(body), PIECE):
            await asyncio.sleep(answer.pause)
            await response.write(body[start : start + PIECE])
    if answer.cut is not None or answer.reset:
        _close(raw, answer.reset)
    return response


def _close(raw: web.BaseRequest, reset: bool) -> None:
    transport = raw.transport
    if transport is None:
        return
    if reset:
        # Lingering for no time at all is what makes the kernel send RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
