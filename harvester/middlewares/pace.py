"""Holds each request until its turn has come; robots.txt is asked for out of turn, but never before a time agreed."""

from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from harvester.middlewares.robots import ASKED

WAIT = "harvest_wait"  # in a request's meta: seconds to wait before it is sent


class TurnLost(IgnoreRequest):
    """The crawl ended while the request waited for its turn."""


class PaceMiddleware:
    """Asks the spider's pace for a turn, if it has one; stands after robots.txt, whose Crawl-delay counts."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait; raise TurnLost if the crawl ended meanwhile."""
        pace: Any = getattr(self.crawler.spider, "pace", None)
        if pace is None:
            return
        if not await (pace.held() if request.meta.get(ASKED) else pace.turn(request.meta.pop(WAIT, 0.0))):
            raise TurnLost("the crawl ended before the request was sent")
