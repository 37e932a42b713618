"""Hears every byte that goes over the wire, and has it kept; loaded only where a snapshot is asked for.

This is the one place that leans on private names of Scrapy and Twisted: the pool's factory, the protocol that it
builds, and that one's `_finishResponse`. Scrapy's signals come too late for it: header case, the reason phrase, the
order of headers and the chunks are gone by then.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response

from harvester.archives.snapshot.exchange import KEPT, Exchange
from harvester.middlewares.stalls import PatientHandler

# What is said to a proxy only: no part of the exchange with the archive, and a password is not to be handed on.
_SECRET = re.compile(rb"(?im)^proxy-authorization:[^\n]*\n")


@dataclass(slots=True)
class _Heard:
    """What has gone over the wire so far; `ended` says that the answer came to its end."""

    begun: datetime
    address: str | None
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    ended: bool = False

    def exchange(self, url: str, error: Exception | None) -> Exchange:
        """Return the exchange that it amounts to, `error` being what came of it, if one did."""
        sent = _SECRET.sub(b"", bytes(self.sent))
        return Exchange(url, self.begun, sent, bytes(self.received), self.address, self._why_cut(error))

    def _why_cut(self, error: Exception | None) -> str | None:
        """Return why an answer breaks off. One that ends with the connection looks ended also where we closed it."""
        if isinstance(error, DownloadTimeoutError):
            return "time"
        if self.ended:
            return None
        return "length" if isinstance(error, DownloadCancelledError) else "disconnect"


_Listen = Callable[[str | None], _Heard]


class RecordingHandler(PatientHandler):
    """The handler of all crawls, which has each exchange kept before anybody sees the response, or the failure.

    The spider's `snapshot` keeps them, its `clock` says when they began. One request at a time, so that what is heard
    is known to be of that request; Twisted may send one twice, where a connection turns out to have been closed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._alone = asyncio.Lock()
        self._heard: list[_Heard] = []
        factory: Any = partial(_Factory, self._listen)
        self._pool._factory = factory

    async def download_request(self, request: Request) -> Response:
        """Download, and keep what went over the wire; where it breaks off it is kept as far as it came."""
        async with self._alone:
            self._heard = []
            request.meta.pop(KEPT, None)
            try:
                response = await super().download_request(request)
            except Exception as error:
                self._keep(request, error)
                raise
            self._keep(request, None)
            return response

    def _listen(self, address: str | None) -> _Heard:
        spider: Any = self._crawler.spider
        heard = _Heard(spider.clock(), address)
        self._heard.append(heard)
        return heard

    def _keep(self, request: Request, error: Exception | None) -> None:
        spider: Any = self._crawler.spider
        for heard in self._heard:
            if heard.sent:
                request.meta[KEPT] = spider.snapshot.keep(heard.exchange(urldefrag(request.url)[0], error))


class _Protocol(_LenientHTTP11ClientProtocol):
    """A connection that tells what passes it."""

    transport: Any
    listen: _Listen
    heard: _Heard | None = None

    def request(self, request: Any) -> Any:
        transport = self.transport
        self.heard = self.listen(getattr(transport.getPeer(), "host", None))
        self.transport = _Tee(transport, self.heard.sent)
        try:
            return super().request(request)
        finally:
            self.transport = transport

    def dataReceived(self, data: bytes) -> None:
        if self.heard is not None:
            self.heard.received += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:
        """Take note that an answer is whole, before its request is told; `rest` came after it and is no part of it."""
        heard, self.heard = self.heard, None
        if heard is not None:
            del heard.received[len(heard.received) - len(rest) :]
            heard.ended = True
        super()._finishResponse(rest)


class _Tee:
    """A transport that notes what is written to it."""

    def __init__(self, transport: Any, sent: bytearray) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent += data
        self._transport.write(data)

    def writeSequence(self, pieces: Any) -> None:
        self.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Factory(_LenientHTTP11ClientFactory):
    """Builds connections that tell what passes them."""

    def __init__(self, listen: _Listen, *args: Any) -> None:
        super().__init__(*args)  # type: ignore[no-untyped-call]
        self.listen = listen

    def buildProtocol(self, addr: Any) -> _Protocol:
        protocol = _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.listen = self.listen
        return protocol
