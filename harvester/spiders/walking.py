"""Asks for the pages of one listing after the other, reads them, and decides what to do where one cannot be had."""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

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
from harvester.sites import Site
from harvester.spiders.conditions import HELD, NOT_MODIFIED, confirm, version_url
from harvester.spiders.exchanges import capture_of, error_of, read_response
from harvester.spiders.journal import Journal
from harvester.spiders.patience import LONGEST_WAIT, MOST_TRIES, may_pass
from harvester.spiders.polite import PoliteSpider
from harvester.spiders.targets import on_origin_of


class Walking(PoliteSpider):
    """The walk through a listing, page by page; the spider says what comes after it (`onward`)."""

    site: Site
    journal: Journal | None
    snapshot: Keeper | None
    first_only: bool

    def onward(self, results: Iterator[Record | Request]) -> Iterator[Record | Request]:
        """Yield results; where no further request is among them, the listing is over."""
        raise NotImplementedError

    def ask_page(self, passes: ListingPasses, tries: int = 1, wait: float = 0.0) -> Request:
        """Return the request for the page that the walk asks for, to be sent after `wait` seconds."""
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
            # Pages are asked for again here, where their meaning is known.
            meta={"dont_retry": True, WAIT: wait, HELD: held},
            cb_kwargs={"passes": passes, "tries": tries},
        )

    def _held(self, passes: ListingPasses, url: str) -> HeldPage | None:
        """Return the page to ask about. What is looked at again is to come whole, and so is what a snapshot keeps."""
        if self.journal is None or self.snapshot is not None or passes.number > 1:
            return None
        return self.journal.held_page(version_url(url, self.site))

    def parse(self, response: Response, passes: ListingPasses, tries: int = 1) -> Iterator[Record | Request]:
        """Read a page; go on with the next one, or say why not."""
        yield from self.onward(self._read(response, passes, tries))

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
            yield self.ask_page(passes)
            return
        yield from self._take(passes, capture, walk.believe(reading))
        if passes.walk.ask is not None and not self.first_only:
            yield self._control(passes, passes.whole) if passes.whole else self.ask_page(passes)

    def _control(self, passes: ListingPasses, whole: ListingWalk) -> Request:
        """Ask whether the whole archive has results, before it is believed that a listing has none."""
        assert whole.ask is not None
        request = self.ask_page(passes).replace(url=on_origin_of(whole.ask.url, whole.start_url))
        return request.replace(
            callback=self.parse_whole, cb_kwargs={"passes": passes, "whole": whole, "tries": MOST_TRIES}
        )

    def parse_whole(self, response: Response, passes: ListingPasses, whole: ListingWalk, tries: int) -> Iterator[Any]:
        """Look at the listing again if the search is up; else say that it is down."""
        yield from self.onward(self._read_whole(response, passes, whole, tries))

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
        yield self.ask_page(passes)

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
            self.stop_walk(passes, capture, error)
        except HarvestError as error:
            raise self.end(error.kind) from error

    def failed(self, failure: Any) -> Iterator[Record | Request]:
        """Take a request that brought no response."""
        request = failure.request
        for error in (failure.value, failure.value.__cause__):  # of robots.txt it is the cause
            if isinstance(error, DatasetError):
                raise self.end(error.kind)  # the exchange could not be kept
        passes, tries = request.cb_kwargs["passes"], request.cb_kwargs["tries"]
        if not failure.check(TurnLost):
            error = error_of(failure.value, self.site.canonical_url(request.url))
            yield from self.onward(self._trouble(passes, None, error, tries))
        elif self.pace.left() > LONGEST_WAIT:
            error = RateLimited(f"the server asked not to be asked {self.pace.say()}")
            yield from self.onward(self._trouble(passes, None, error, tries))

    def _trouble(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, tries: int
    ) -> Iterator[Request]:
        """Ask again where it may help; walk again where the listing moved; else stop, all of it if we are unwelcome."""
        if self.welcome.doubt(error.kind):
            self.pace.slow_down()
        if self.welcome.is_over(error.kind):
            self.stop_walk(passes, capture, error)
            raise self.end("refused")
        if self.pace.left() > LONGEST_WAIT:
            self.stop_walk(passes, capture, RateLimited(f"{error.message}; it asks not to be asked {self.pace.say()}"))
            raise self.end("asked to wait")
        moved = isinstance(error, ListingMoved) or (passes.untouched and isinstance(error, OutOfStep))
        begun = bool(passes.walk.seen or passes.before)
        if tries < MOST_TRIES and may_pass(error.kind, begun=begun):
            wait = self.pace.backoff(tries)
            self._note(passes, capture, error, wait=max(wait, self.pace.left()))
            yield self.ask_page(passes, tries + 1, wait)
        elif moved and passes.again("it changed while it was read"):
            self._note(passes, capture, error, wait=0.0)
            yield self.ask_page(passes)
        else:
            self.stop_walk(passes, capture, error)

    def _note(self, passes: ListingPasses, capture: Capture | None, error: PageError, *, wait: float) -> None:
        if self.journal is not None:
            self.journal.failed(passes, capture, error, final=False, wait=wait)

    def stop_walk(self, passes: ListingPasses, capture: Capture | None, error: PageError) -> None:
        """End the walk through a listing for this run, and tell why."""
        passes.walk.ask = None
        if error.where is None:
            error.where = passes.listing
        self.logger.error("%s: %s", type(error).__name__, error)
        if self.journal is not None:
            self.journal.failed(passes, capture, error, final=True)

    def end(self, reason: str) -> CloseSpider:
        """Return what ends the crawl; requests that wait for their turn are given up."""
        self.pace.stopped = True
        return CloseSpider(reason)
