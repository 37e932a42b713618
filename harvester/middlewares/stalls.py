"""Ends a download of which no byte comes any more; Scrapy's own time-out is for the whole of it."""

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

STALL = "harvest_stall"  # in a request's meta: a Stall


@dataclass(slots=True)
class Stall:
    """How many seconds may pass without a byte; who hears bytes says so."""

    seconds: float
    heard_at: float = field(default_factory=monotonic)

    def hear(self) -> None:
        """Note that something came just now."""
        self.heard_at = monotonic()

    @property
    def left(self) -> float:
        """Return the seconds that are left to wait for the next byte."""
        return self.heard_at + self.seconds - monotonic()


class PatientHandler(HTTP11DownloadHandler):
    """Scrapy's own handler; where the request has a Stall, it gives up when nothing has come for long.

    That can only be done here: what is cancelled above goes on below, and keeps the connection.
    """

    async def download_request(self, request: Request) -> Response:
        """Download; raise DownloadTimeoutError when nothing comes any more."""
        stall = request.meta.get(STALL)
        if not isinstance(stall, Stall):
            return await super().download_request(request)
        stall.hear()
        download = asyncio.ensure_future(super().download_request(request))
        try:
            while not download.done():
                await asyncio.wait({download}, timeout=max(stall.left, 0.01))
                if not download.done() and stall.left <= 0:
                    raise DownloadTimeoutError(f"no byte of {request.url} came for {stall.seconds:g} seconds")
            return download.result()
        finally:
            if not download.done():
                download.cancel()
                await asyncio.gather(download, return_exceptions=True)
