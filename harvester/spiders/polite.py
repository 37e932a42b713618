"""What every spider does that asks politely: it says who asks, keeps a pace, and hears what servers ask for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol, Self

import scrapy
from scrapy.crawler import Crawler

from harvester.spiders.patience import Pace
from harvester.spiders.welcome import Welcome


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Pauses(Protocol):
    """Who remembers, for the next run too, until when a server asked to be left alone."""

    def wait_until(self, until: datetime) -> None:
        """Keep until when the server asked to be left alone."""


class PoliteSpider(scrapy.Spider):
    """Asks with a contact, at its own pace; `pauses` remembers what a server asked for, None where nobody does."""

    def __init__(
        self,
        name: str | None,
        contact: str | None,
        pauses: Pauses | None,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self.contact = contact
        self.pauses = pauses
        self.clock = clock
        self.pace = Pace(0.0, clock, sleep or self._nap)
        self.welcome = Welcome()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Say who asks."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.contact:
            agent = f"{crawler.settings['USER_AGENT']} (+{spider.contact})"
            crawler.settings.set("USER_AGENT", agent, priority="spider")
        return spider

    async def _nap(self, seconds: float) -> None:
        """Sleep, in naps so short that Ctrl-C need not wait."""
        await asyncio.sleep(min(seconds, 0.5))
        self.pace.stopped |= not self.crawler.crawling

    def note_crawl_delay(self, seconds: float | None) -> None:
        """Take the Crawl-delay of robots.txt, each time that it was read."""
        self.pace.crawl_delay = seconds or 0.0

    def hear(self, retry_after: str) -> None:
        """Keep to a Retry-After, in this run and the next."""
        self.pace.hear(retry_after)
        if retry_after and self.pace.not_before is not None and self.pauses is not None:
            self.pauses.wait_until(self.pace.not_before)
