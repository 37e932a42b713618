"""Asks robots.txt before every request, and fetches it anew once a day (RFC 9309, 2.4)."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from harvester.middlewares.robots.answers import LONGEST
from harvester.middlewares.robots.copy import Copy, DeniedByRobots
from harvester.urls import origin_of

ASKED = "robots_txt"  # in the meta of requests for robots.txt itself, which need no leave
# At most 1 + 2 + 5 requests for one copy. The RFC wants five redirects followed (2.3.1.2).
MOST_RETRIES = 2
MOST_REDIRECTS = 5


def _now() -> datetime:
    return datetime.now(UTC)


class RobotsMiddleware:
    """A downloader middleware; one copy for each origin, as the RFC has it (2.3), and one request at a time for it.

    A spider may have `note_crawl_delay(seconds: float | None)`: whenever a copy is fetched, and before the request that
    waits for it goes on, it is told the longest Crawl-delay of the copies held. It may have a `clock` as well.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self.most_age = timedelta(seconds=crawler.settings.getint("ROBOTS_MAX_AGE", 86_400))
        self._copies: dict[str, Copy] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware, as Scrapy asks for it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise DeniedByRobots."""
        if request.meta.get(ASKED):
            return
        origin = origin_of(request.url)
        if origin is None:
            raise DeniedByRobots(f"{request.url[:200]} has no robots.txt")
        copy = await self._copy_of(origin)
        try:
            copy.raise_if_denied(request.url, self.agent)
        except DeniedByRobots:
            self._count("forbidden")
            raise

    async def _copy_of(self, origin: str) -> Copy:
        """Return a fresh copy; requests that come meanwhile wait for the same one.

        One that has become too old is not used on, though the RFC would let it be while the server is out of reach.
        """
        async with self._locks[origin]:
            held = self._copies.get(origin)
            if held is None or not held.is_fresh(self._clock(), self.most_age):
                held = self._copies[origin] = await self._fetch(origin)
                self._tell_delay()
        return held

    async def _fetch(self, origin: str) -> Copy:
        asked_at = self._clock()
        meta = {
            ASKED: True,
            "max_retry_times": MOST_RETRIES,
            "redirect_ttl": MOST_REDIRECTS,
            "download_maxsize": LONGEST,
        }
        # Uncompressed, as it is short; a body that is packed all the same is refused unless it is whole.
        headers = {"Accept": "text/plain,*/*;q=0.5", "Accept-Encoding": "identity"}
        request = Request(f"{origin}/robots.txt", meta=meta, headers=headers, callback=NO_CALLBACK)
        self._count("request_count")
        try:
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
        except Exception as failure:  # noqa: BLE001 - whatever keeps robots.txt from us, nothing is allowed; it is kept
            return Copy.of_failure(failure, asked_at)
        self._count(f"response_status_count/{response.status}")
        return Copy.of_answer(response, asked_at, self.crawler, self.agent)

    def _tell_delay(self) -> None:
        note = getattr(self.crawler.spider, "note_crawl_delay", None)
        if note is not None:
            note(max((copy.delay for copy in self._copies.values() if copy.delay), default=None))

    def _clock(self) -> datetime:
        clock = getattr(self.crawler.spider, "clock", _now)
        now: datetime = clock()
        return now

    def _count(self, name: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"robotstxt/{name}")
