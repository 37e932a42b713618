"""The one spider: walks listings page by page, and hands each page to a journal or to Scrapy's feeds."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, Self

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from harvester.captures import Capture
from harvester.errors import HarvestError, OutOfStep, PageError
from harvester.harvest.records import record_of
from harvester.harvest.walk import ListingWalk
from harvester.items import Reading, Record
from harvester.spiders.exchanges import capture_of, error_of, read_response
from harvester.spiders.targets import contact_for, site_for, walks_for
from harvester.urls import is_loopback, origin_of, split_url

# A page that came wrong may come right; these kinds are what the site means, and asking again would be a nuisance.
PERSISTENT = frozenset({"login", "not-found", "content-type", "document", "other-site", "off-site", "robots"})
REFUSALS = frozenset({"challenge", "block"})
MOST_TRIES = 3
MOST_REFUSALS = 3


class Journal(Protocol):
    """Where pages go when a dataset is made; without one, records go to Scrapy's feeds."""

    def begin(self, walks: Sequence[ListingWalk]) -> None:
        """Take the walks before they begin; what is held of one already may be skipped."""

    def page(self, walk: ListingWalk, capture: Capture, reading: Reading) -> None:
        """Take a page that was read and is in step."""

    def failed(self, walk: ListingWalk, capture: Capture | None, error: PageError, *, final: bool) -> None:
        """Take a page that could not be read; `final` if its walk stops there."""


def _now() -> datetime:
    return datetime.now(UTC)


class ListingSpider(scrapy.Spider):
    """Arguments: `url` (several apart by white space), `site`, `page_size`, `contact`."""

    name = "listing"

    def __init__(
        self,
        url: str | Sequence[str] = (),
        site: str | None = None,
        page_size: str | int | None = None,
        contact: str | None = None,
        journal: Journal | None = None,
        first_only: bool = False,
        clock: Callable[[], datetime] = _now,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.urls = url.split() if isinstance(url, str) else list(url)
        self.site = site_for(self.urls, site)
        self.contact = contact_for(self.urls, contact)
        self.walks = walks_for(self.urls, self.site, int(page_size) if page_size else None)
        self.journal = journal
        self.first_only = first_only
        self.clock = clock
        self.refusals = 0
        self.pages_read = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Say who asks, and go at full speed on this very machine only."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.contact:
            agent = f"{crawler.settings['USER_AGENT']} (+{spider.contact})"
            crawler.settings.set("USER_AGENT", agent, priority="spider")
        if all(map(is_loopback, spider.urls)):
            crawler.settings.set("DOWNLOAD_DELAY", 0, priority="spider")
            crawler.settings.set("AUTOTHROTTLE_ENABLED", False, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first page of each listing, or the one at which an earlier run stopped."""
        if self.journal is not None:
            self.journal.begin(self.walks)
        for walk in self.walks:
            yield self._request(walk)

    def _request(self, walk: ListingWalk, tries: int = 1) -> Request:
        assert walk.ask is not None
        return Request(
            _on_origin_of(walk.ask.url, walk.start_url),
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,  # pages are counted by the walk; the filter drops a redirect to the same URL in silence
            cb_kwargs={"walk": walk, "tries": tries},
        )

    def parse(self, response: Response, walk: ListingWalk, tries: int = 1) -> Iterator[Record | Request]:
        """Read a page; go on with the next one, or say why not."""
        capture = capture_of(response, self.site, self.clock())
        try:
            reading = read_response(response, capture, walk)
            walk.check(reading)
            self._doubt(reading, tries)
        except PageError as error:
            yield from self._trouble(walk, capture, error, tries)
            return
        self.refusals = 0
        self.pages_read += 1
        if self.journal is not None:
            self._keep(walk, capture, reading)
        else:
            yield from (record_of(entry, self.site, listings=[walk.listing]) for entry in reading.entries)
        try:
            walk.take(reading)
        except PageError as error:
            self._stop(walk, capture, error)
        if walk.ask is not None and not self.first_only:
            yield self._request(walk)

    def _doubt(self, reading: Reading, tries: int) -> None:
        """Raise OutOfStep for a page that is asked for again before it is believed: rows too few, or none at all."""
        if not reading.agrees and tries < MOST_TRIES:
            raise OutOfStep(f"the counter announces {reading.counter}, {len(reading.rows)} rows came")
        if reading.counter and not reading.counter.total and tries == 1:
            raise OutOfStep("the listing says that it has no results, as it may when its search is down")

    def _keep(self, walk: ListingWalk, capture: Capture, reading: Reading) -> None:
        assert self.journal is not None
        try:
            self.journal.page(walk, capture, reading)
        except HarvestError as error:
            raise CloseSpider(error.kind) from error

    def failed(self, failure: Any) -> Iterator[Request]:
        """Take a request that brought no response; Scrapy has already retried what may pass."""
        walk: ListingWalk = failure.request.cb_kwargs["walk"]
        error = error_of(failure.value, self.site.canonical_url(failure.request.url))
        self._stop(walk, None, error)
        yield from ()

    def _trouble(self, walk: ListingWalk, capture: Capture, error: PageError, tries: int) -> Iterator[Request]:
        """Ask again where that may help; else stop the walk; stop all where the site refuses."""
        self.refusals = self.refusals + 1 if error.kind in REFUSALS else 0
        if self.refusals and (self.pages_read == 0 or self.refusals >= MOST_REFUSALS):
            self._stop(walk, capture, error)
            raise CloseSpider("refused")
        fresh_status = capture.status < 500 and capture.status not in {408, 429}  # Scrapy has retried the others
        if tries < MOST_TRIES and error.kind not in PERSISTENT and fresh_status:
            if self.journal is not None:
                self.journal.failed(walk, capture, error, final=False)
            yield self._request(walk, tries + 1)
            return
        self._stop(walk, capture, error)

    def _stop(self, walk: ListingWalk, capture: Capture | None, error: PageError) -> None:
        walk.ask = None
        if error.where is None:
            error.where = walk.listing
        self.logger.error("%s: %s", type(error).__name__, error)
        if self.journal is not None:
            self.journal.failed(walk, capture, error, final=True)


def _on_origin_of(url: str, start_url: str) -> str:
    """Return a URL of the site's own host on the host that the crawl was pointed at: a copy, a simulator."""
    parts, origin = split_url(url), origin_of(start_url)
    if parts is None or origin is None:
        return url
    scheme, _, netloc = origin.partition("://")
    return parts._replace(scheme=scheme, netloc=netloc).geturl()
