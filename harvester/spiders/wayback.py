"""The spider for a site that is gone: takes a listing's pages from a web archive, and hands them to a journal."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from harvester.errors import HarvestError, PageError, RateLimited, UnreachablePage
from harvester.middlewares.pace import WAIT, TurnLost
from harvester.spiders.courtesy import PAUSE, WAYBACK_URL, Ended, base_of
from harvester.spiders.exchanges import error_of
from harvester.spiders.gathering import Gathering
from harvester.spiders.journal import MementoJournal
from harvester.spiders.patience import LONGEST_WAIT, MOST_TRIES, may_pass
from harvester.spiders.polite import PoliteSpider, utc_now
from harvester.spiders.targets import contact_for, listing_of, site_for
from harvester.spiders.welcome import MOST_IN_A_ROW
from harvester.urls import is_loopback

T = TypeVar("T")

_NOTHING: tuple[Request, ...] = ()
_FINAL = frozenset({"no-memento", "excluded", "not-archived"})


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
        self._out_of_reach = 0

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

    async def fetch(self, url: str, delay: float, read: Callable[[Response, int], T]) -> T:
        """Ask until an answer can be read, three times at most; `read` is given the answer and which try it is.

        Raises the PageError of the last try; Ended where nothing more is to be asked in this run.
        """
        self.pace.delay = 0.0 if is_loopback(self.base) else delay
        wait = 0.0
        if self.pace.left() > LONGEST_WAIT:
            raise Ended(RateLimited(f"the archive asked not to be asked {self.pace.say()}"))
        for tries in range(1, MOST_TRIES + 1):
            try:
                result = read(await self._download(url, wait), tries)
            except PageError as error:
                wait = self._bear(error, tries)
            else:
                self.welcome.read()
                self._out_of_reach = 0
                return result
        raise AssertionError("the last try returns or raises")

    async def _download(self, url: str, wait: float) -> Response:
        engine = self.crawler.engine
        assert engine is not None
        meta = {"dont_retry": True, "dont_redirect": True, WAIT: wait}
        request = Request(url, dont_filter=True, meta=meta, callback=NO_CALLBACK)
        try:
            return await engine.download_async(request)
        except TurnLost as lost:
            if self.pace.left() > LONGEST_WAIT:
                raise Ended(RateLimited(f"the archive asked not to be asked {self.pace.say()}")) from lost
            raise Ended from lost
        except Exception as failure:
            raise error_of(failure, self.site.fold_hosts(url.removeprefix(self.base))) from failure

    def _bear(self, error: PageError, tries: int) -> float:
        """Return the seconds to wait before the next try; raise the error, or Ended, where there is none."""
        if self.welcome.doubt(error.kind):
            self.pace.slow_down()
        if isinstance(error, RateLimited) and not self.pace.left() and not is_loopback(self.base):
            self.pace.hold(self.clock() + timedelta(seconds=PAUSE))
        if error.kind in {"excluded", "robots", "off-site"} or self.welcome.is_over(error.kind):
            raise Ended(error)
        if self.pace.left() > LONGEST_WAIT:
            raise Ended(RateLimited(f"{error.message}; it asks not to be asked {self.pace.say()}"))
        if tries == MOST_TRIES or error.kind in _FINAL or not may_pass(error.kind, begun=True):
            self._out_of_reach = self._out_of_reach + 1 if isinstance(error, UnreachablePage) else 0
            if self._out_of_reach >= MOST_IN_A_ROW:
                raise Ended(error)
            raise error
        wait = self.pace.backoff(tries)
        self.journal.stumbled(error, max(wait, self.pace.left()))
        return wait
