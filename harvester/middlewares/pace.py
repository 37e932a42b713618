"""Holds each request until its turn has come, and hears when a server asks for a pause.

robots.txt is asked for out of turn, but not within a pause.
"""

from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from harvester.middlewares.robots import ASKED

WAIT = "harvest_wait"  # in a request's meta: seconds to wait before it is sent


class TurnLost(IgnoreRequest):
    """The crawl ended while the request waited for its turn, or the server wants to be left alone for long."""


class PaceMiddleware:
    """Asks the spider's pace for a turn, if it has one; stands after robots.txt, whose Crawl-delay counts."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait; raise TurnLost if the crawl ended meanwhile, or the server wants to be left alone for long."""
        pace: Any = getattr(self.crawler.spider, "pace", None)
        if pace is None:
            return
        if not await pace.turn(request.meta.pop(WAIT, 0.0), out_of_turn=bool(request.meta.get(ASKED))):
            raise TurnLost("the request was not sent")


class PauseMiddleware:
    """Tells the spider of a Retry-After; stands below retries and redirects, which wait too (RFC 9110, 10.2.3)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware for a crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response as it is."""
        hear = getattr(self.crawler.spider, "hear", None)
        if hear is not None and response.status >= 300:
            hear((response.headers.get("Retry-After") or b"").decode("latin-1"))
        return response
