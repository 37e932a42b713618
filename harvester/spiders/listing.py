"""The spider for live sites: walks listings page by page, and hands each page to a journal or to Scrapy's feeds."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from harvester.archives.limits import MOST_FILE
from harvester.archives.snapshot.exchange import Keeper
from harvester.captures import Capture
from harvester.errors import (
    DatasetError,
    HarvestError,
    ListingMoved,
    OutOfStep,
    PageError,
    RateLimited,
    UnreachablePage,
)
from harvester.harvest.confirmed import HeldPage
from harvester.harvest.passes import ListingPasses
from harvester.harvest.records import record_of
from harvester.harvest.walk import ListingWalk
from harvester.items import Reading, Record
from harvester.middlewares.pace import WAIT, TurnLost
from harvester.spiders.asking import Ended
from harvester.spiders.conditions import HELD, NOT_MODIFIED, confirm, version_url
from harvester.spiders.documents import DocumentAsking
from harvester.spiders.exchanges import capture_of, error_of, read_response
from harvester.spiders.files import FileAsking
from harvester.spiders.journal import FollowingJournal, Journal
from harvester.spiders.patience import LONGEST_WAIT, MOST_TRIES, may_pass
from harvester.spiders.polite import PoliteSpider, utc_now
from harvester.spiders.targets import contact_for, on_origin_of, passes_for, site_for
from harvester.urls import is_loopback


class ListingSpider(PoliteSpider):
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
            raise self._close(reason) from end
        except HarvestError as error:
            raise self._close(error.kind) from error

    def _begin_next(self) -> Iterator[Request]:
        """Ask for the first page of the next listing, or the one at which an earlier run stopped."""
        while self._waiting:
            passes = self._waiting.popleft()
            if self.pace.left() > LONGEST_WAIT:
                self._stop(passes, None, RateLimited(f"the server asked not to be asked {self.pace.say()}"))
            elif passes.walk.ask is not None:
                yield self._request(passes)
                return
        self._over.set()

    def _onward(self, results: Iterator[Record | Request]) -> Iterator[Record | Request]:
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

    def _request(self, passes: ListingPasses, tries: int = 1, wait: float = 0.0) -> Request:
        walk = passes.asking
        assert walk.ask is not None
        url = on_origin_of(walk.ask.url, walk.start_url)
        held = self._held(passes, url) if tries == 1 else None
        return Request(
            url,
            headers=held.conditions if held else None,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,  # pages are counted by the walk; the filter drops a redirect to the same URL in silence
            meta={
                "dont_retry": True,
                WAIT: wait,
                HELD: held,
            },  # pages are asked for again here, where their meaning is known
            cb_kwargs={"passes": passes, "tries": tries},
        )

    def _held(self, passes: ListingPasses, url: str) -> HeldPage | None:
        """Return the page to ask about. What is looked at again is to come whole, and so is what a snapshot keeps."""
        if self.journal is None or self.snapshot is not None or passes.number > 1:
            return None
        return self.journal.held_page(version_url(url, self.site))

    def parse(self, response: Response, passes: ListingPasses, tries: int = 1) -> Iterator[Record | Request]:
        """Read a page; go on with the next one, or say why not."""
        yield from self._onward(self._read(response, passes, tries))

    def _read(self, response: Response, passes: ListingPasses, tries: int) -> Iterator[Record | Request]:
        capture, walk = capture_of(response, self.site, self.clock()), passes.asking
        try:
            if response.status == NOT_MODIFIED:
                capture, reading = confirm(response, capture, walk)
            else:
                reading = read_response(response, capture, walk)
            walk.check(reading)
            if tries < MOST_TRIES:
                walk.doubt(reading)
        except PageError as error:
            yield from self._trouble(passes, capture, error, tries)
            return
        self.welcome.read()
        if walk is passes.last_page:
            passes.take_up(walk.believe(reading))
            yield self._request(passes)
            return
        yield from self._take(passes, capture, walk.believe(reading))
        if passes.walk.ask is not None and not self.first_only:
            yield self._control(passes, passes.whole) if passes.whole else self._request(passes)

    def _control(self, passes: ListingPasses, whole: ListingWalk) -> Request:
        """Ask whether the whole archive has results, before it is believed that a listing has none."""
        assert whole.ask is not None
        request = self._request(passes).replace(url=on_origin_of(whole.ask.url, whole.start_url))
        return request.replace(
            callback=self.parse_whole, cb_kwargs={"passes": passes, "whole": whole, "tries": MOST_TRIES}
        )

    def parse_whole(self, response: Response, passes: ListingPasses, whole: ListingWalk, tries: int) -> Iterator[Any]:
        """Look at the listing again if the search is up; else say that it is down."""
        yield from self._onward(self._read_whole(response, passes, whole, tries))

    def _read_whole(
        self, response: Response, passes: ListingPasses, whole: ListingWalk, tries: int
    ) -> Iterator[Record | Request]:
        capture = capture_of(response, self.site, self.clock())
        try:
            counter = read_response(response, capture, whole).counter
            if counter is None or not counter.total:
                raise UnreachablePage("the search shows no results for the whole archive either: it is down")
        except PageError as error:
            yield from self._trouble(passes, capture, error, tries)
            return
        yield self._request(passes)

    def _take(self, passes: ListingPasses, capture: Capture, reading: Reading) -> Iterator[Record]:
        """Hand a page on, and move the walk."""
        if self.journal is None:
            listing = passes.listing
            passes.take(reading)
            yield from (record_of(entry, self.site, listings=[listing]) for entry in reading.entries)
            return
        try:
            self.journal.page(passes, capture, reading)
        except PageError as error:
            self._stop(passes, capture, error)
        except HarvestError as error:
            raise self._close(error.kind) from error

    def failed(self, failure: Any) -> Iterator[Record | Request]:
        """Take a request that brought no response."""
        request = failure.request
        for error in (failure.value, failure.value.__cause__):  # of robots.txt it is the cause
            if isinstance(error, DatasetError):
                raise self._close(error.kind)  # the exchange could not be kept
        passes, tries = request.cb_kwargs["passes"], request.cb_kwargs["tries"]
        if not failure.check(TurnLost):
            error = error_of(failure.value, self.site.canonical_url(request.url))
            yield from self._onward(self._trouble(passes, None, error, tries))
        elif self.pace.left() > LONGEST_WAIT:
            error = RateLimited(f"the server asked not to be asked {self.pace.say()}")
            yield from self._onward(self._trouble(passes, None, error, tries))

    def _trouble(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, tries: int
    ) -> Iterator[Request]:
        """Ask again where it may help; walk again where the listing moved; else stop, all of it if we are unwelcome."""
        if self.welcome.doubt(error.kind):
            self.pace.slow_down()
        if self.welcome.is_over(error.kind):
            self._stop(passes, capture, error)
            raise self._close("refused")
        if self.pace.left() > LONGEST_WAIT:
            self._stop(passes, capture, RateLimited(f"{error.message}; it asks not to be asked {self.pace.say()}"))
            raise self._close("asked to wait")
        moved = isinstance(error, ListingMoved) or (passes.untouched and isinstance(error, OutOfStep))
        begun = bool(passes.walk.seen or passes.before)
        if tries < MOST_TRIES and may_pass(error.kind, begun=begun):
            wait = self.pace.backoff(tries)
            self._note(passes, capture, error, wait=max(wait, self.pace.left()))
            yield self._request(passes, tries + 1, wait)
        elif moved and passes.again("it changed while it was read"):
            self._note(passes, capture, error, wait=0.0)
            yield self._request(passes)
        else:
            self._stop(passes, capture, error)

    def _note(self, passes: ListingPasses, capture: Capture | None, error: PageError, *, wait: float) -> None:
        if self.journal is not None:
            self.journal.failed(passes, capture, error, final=False, wait=wait)

    def _stop(self, passes: ListingPasses, capture: Capture | None, error: PageError) -> None:
        passes.walk.ask = None
        if error.where is None:
            error.where = passes.listing
        self.logger.error("%s: %s", type(error).__name__, error)
        if self.journal is not None:
            self.journal.failed(passes, capture, error, final=True)

    def _close(self, reason: str) -> CloseSpider:
        """Return what ends the crawl; requests that wait for their turn are given up."""
        self.pace.stopped = True
        return CloseSpider(reason)
