"""The spider for a site that is gone: takes a listing's pages from a web archive, and hands them to a journal."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Self, TypeVar

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from harvester.archives.limits import MOST_FILE
from harvester.errors import HarvestError
from harvester.spiders.asking import Asking, Manner
from harvester.spiders.courtesy import PAUSE, WAYBACK_URL, base_of
from harvester.spiders.gathering import Gathering
from harvester.spiders.journal import MementoJournal
from harvester.spiders.polite import PoliteSpider, utc_now
from harvester.spiders.targets import contact_for, listing_of, site_for
from harvester.urls import is_loopback

T = TypeVar("T")

_NOTHING: tuple[Request, ...] = ()
_MANNER = Manner(
    "the archive",
    ends=frozenset({"excluded", "robots", "off-site"}),
    final=frozenset({"no-memento", "excluded", "not-archived"}),
    meta={"dont_redirect": True},
)


class WaybackSpider(PoliteSpider):
    """Asks one thing at a time, in `start`; its requests go through the downloader middlewares as all others do.

    It has no name of its own, as it makes datasets only: `scrapy list` has nothing to start.
    """

    def __init__(
        self,
        url: Sequence[str],
        journal: MementoJournal,
        site: str | None = None,
        wayback: str = WAYBACK_URL,
        contact: str | None = None,
        wanted: str | None = None,
        most_bytes: int = MOST_FILE,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.base = base_of(wayback)
        self.site = site_for(url, site)
        super().__init__("wayback", contact_for([self.base], contact), journal, clock, sleep, **kwargs)
        self.addresses = {address.listing or "": address for address in (listing_of(each, self.site) for each in url)}
        self.urls = list(url)
        self.journal = journal
        self.wanted = frozenset((wanted or "").split())
        self.most_bytes = most_bytes
        pause = 0.0 if is_loopback(self.base) else PAUSE
        self.asking = Asking(self, journal, replace(_MANNER, pause=pause), self._told)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Say who asks; the pace is the spider's own, for the index and the captures."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.set("DOWNLOAD_DELAY", 0, priority="spider")
        crawler.settings.set("AUTOTHROTTLE_ENABLED", False, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Do all there is to do; yields nothing."""
        try:
            if until := self.journal.not_before():
                self.pace.hold(until)
            await Gathering(self, self.journal).gather()
        except HarvestError:  # of the dataset itself; the run has it
            self.pace.stopped = True
        except Exception:  # noqa: BLE001 - told as any other spider's, and ends the run with 1
            failure: Any = Failure  # has no types
            self.crawler.signals.send_catch_log(signals.spider_error, failure=failure(), response=None, spider=self)
        for request in _NOTHING:
            yield request

    async def fetch(
        self, url: str, delay: float, read: Callable[[Response, int], T], meta: Mapping[str, Any] | None = None
    ) -> T:
        """Ask until an answer can be read, as Asking does, with `delay` seconds between requests."""
        self.pace.delay = 0.0 if is_loopback(self.base) else delay
        return await self.asking.fetch(url, read, meta=meta)

    def _told(self, url: str) -> str:
        return self.site.fold_hosts(url.removeprefix(self.base))
