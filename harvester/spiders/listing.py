"""The spider for live sites: walks listings page by page, and hands each page to a journal or to Scrapy's feeds."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler

from harvester.archives.limits import MOST_FILE
from harvester.archives.snapshot.exchange import Keeper
from harvester.errors import (
    HarvestError,
    RateLimited,
)
from harvester.items import Record
from harvester.spiders.asking import Ended
from harvester.spiders.documents import DocumentAsking
from harvester.spiders.files import FileAsking
from harvester.spiders.journal import FollowingJournal, Journal
from harvester.spiders.patience import LONGEST_WAIT
from harvester.spiders.polite import utc_now
from harvester.spiders.targets import contact_for, passes_for, site_for
from harvester.spiders.walking import Walking
from harvester.urls import is_loopback


class ListingSpider(Walking):
    """Arguments: `url` (several apart by white space), `site`, `page_size`, `contact`.

    Where there is somebody to keep them (`following`), the listings' documents are asked for too, and with `files` the
    files that these offer, of `most_bytes` at most.
    """

    name = "listing"

    def __init__(
        self,
        url: str | Sequence[str] = (),
        site: str | None = None,
        page_size: str | int | None = None,
        contact: str | None = None,
        twice: bool = False,
        journal: Journal | None = None,
        snapshot: Keeper | None = None,
        first_only: bool = False,
        following: FollowingJournal | None = None,
        files: bool = False,
        most_bytes: int = MOST_FILE,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.urls = url.split() if isinstance(url, str) else list(url)
        self.site = site_for(self.urls, site)
        super().__init__(None, contact_for(self.urls, contact), journal, clock, sleep, **kwargs)
        self.listings = passes_for(self.urls, self.site, int(page_size) if page_size else None, twice=twice)
        self.journal = journal
        self.snapshot = snapshot
        self.first_only = first_only
        self.following = following
        self.files = files
        self.most_bytes = most_bytes
        self._waiting = deque(self.listings)
        self._over = asyncio.Event()
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Say who asks, and go at full speed on this very machine only."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if all(map(is_loopback, spider.urls)):
            crawler.settings.set("DOWNLOAD_DELAY", 0, priority="spider")
            crawler.settings.set("AUTOTHROTTLE_ENABLED", False, priority="spider")
        spider.pace.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Begin with the first listing; the others follow one by one, so that a site that refuses is asked once.

        Once they are over, however they ended, their documents and files are asked for, one at a time. A crawl that is
        ended does not come so far: the engine cancels this.
        """
        if self.journal is not None:
            self.journal.begin(self.listings)
            if until := self.journal.not_before():
                self.pace.hold(until)
        for request in self._begin_next():
            yield request
        if self.following is not None:
            await self._over.wait()
            if not self._broken and self.pace.left() <= LONGEST_WAIT:
                await self._follow(self.following)

    async def _follow(self, journal: FollowingJournal) -> None:
        """Ask for documents and files; ends the crawl as listings do."""
        try:
            await DocumentAsking(self, journal).ask()
            if self.files:
                await FileAsking(self, journal, self.most_bytes, ranges=self.snapshot is None).ask()
        except Ended as end:
            refused = end.error is not None and self.welcome.is_over(end.error.kind)
            reason = "refused" if refused else "asked to wait" if self.pace.left() else "out of reach"
            raise self.end(reason) from end
        except HarvestError as error:
            raise self.end(error.kind) from error

    def _begin_next(self) -> Iterator[Request]:
        """Ask for the first page of the next listing, or the one at which an earlier run stopped."""
        while self._waiting:
            passes = self._waiting.popleft()
            if self.pace.left() > LONGEST_WAIT:
                self.stop_walk(passes, None, RateLimited(f"the server asked not to be asked {self.pace.say()}"))
            elif passes.walk.ask is not None:
                yield self.ask_page(passes)
                return
        self._over.set()

    def onward(self, results: Iterator[Record | Request]) -> Iterator[Record | Request]:
        """Yield results; where no further request is among them, a listing is over and the next one begins."""
        asked = False
        try:
            for result in results:
                asked |= isinstance(result, Request)
                yield result
            if not asked:
                yield from self._begin_next()
        except BaseException:
            self._broken = True  # nothing more will be asked for here, and `start` is not to wait for it
            self._over.set()
            raise
