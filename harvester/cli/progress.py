"""A journal of a live crawl that shows how far it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from harvester.captures import Capture
from harvester.cli.meter import Meter
from harvester.dataset.crawl import CrawlRun
from harvester.dataset.files import Part
from harvester.errors import PageError
from harvester.harvest.confirmed import HeldPage
from harvester.harvest.passes import ListingPasses
from harvester.items import Document, Reading
from harvester.ledger.due import Due


class WatchedRun:
    """A journal that passes all on to a run, and shows it."""

    def __init__(self, run: CrawlRun, clock: Callable[[], float] = monotonic) -> None:
        self.run = run
        self.meter = Meter(clock)
        self.passes: dict[str, int] = {}
        self.due: dict[str, Due] = {}
        self.had: dict[str, int] = {}

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Pass the listings on, and say which of them go on where they were."""
        self.run.begin(listings)
        for passes in listings:
            walk = passes.walk
            if walk.rows_held:
                self.meter.say(f"{walk.listing}: going on after {walk.rows_held} of {walk.total}")

    def held_page(self, version_url: str) -> HeldPage | None:
        """Pass the question on."""
        return self.run.held_page(version_url)

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Pass a page on and show it."""
        walk = passes.walk
        try:
            self.run.page(passes, capture, reading)
        finally:
            self.meter.show(passes.listing, walk.rows_held, walk.total, now=walk.rows_held == walk.total)
            self._tell_pass(passes)

    def _tell_pass(self, passes: ListingPasses) -> None:
        """Say that a listing is walked again, once for each pass."""
        if passes.number > self.passes.get(passes.listing, passes.number if not passes.why else 1):
            self.meter.say(f"{passes.listing}: {passes.why}; walking it again, pass {passes.number}")
        self.passes[passes.listing] = passes.number

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0.0
    ) -> None:
        """Pass a failure on and say it."""
        self.run.failed(passes, capture, error, final=final, wait=wait)
        waiting = f" in {wait:.0f} seconds" if wait >= 1 else ""
        self.meter.say(f"{error}{'' if final else f' - asking again{waiting}'}")
        self._tell_pass(passes)

    def due_documents(self) -> Due:
        """Pass the question on, and say how many there are to fetch."""
        return self._begin("documents", self.run.due_documents())

    def document(self, capture: Capture, document: Document, asked: Sequence[str]) -> None:
        """Pass a document on and show it."""
        self.run.document(capture, document, asked)
        self._count("documents")

    def due_files(self) -> Due:
        """Pass the question on, and say how many there are to fetch."""
        return self._begin("files", self.run.due_files())

    def part(self, url: str) -> Part:
        """Pass the question on, and say what is there of a file already."""
        part = self.run.part(url)
        if part.validator:
            self.meter.say(f"{url}: {part.size:,} bytes are there")
        return part

    def file(self, part: Part, capture: Capture, media_type: str | None) -> None:
        """Pass a file on and show it."""
        self.run.file(part, capture, media_type)
        self._count("files")

    def files_done(self) -> None:
        """Pass on that there are no more."""
        self.run.files_done()

    def lacking(self, wanted: str, capture: Capture, error: PageError, *, ended: bool = False) -> None:
        """Pass a failure on and say it."""
        self.run.lacking(wanted, capture, error, ended=ended)
        self.meter.say(str(error))

    def stumbled(self, error: PageError, wait: float) -> None:
        """Say what came in the place of a document or file."""
        self.meter.say(f"{error} - asking again" + (f" in {wait:.0f} seconds" if wait >= 1 else ""))

    def _begin(self, wanted: str, due: Due) -> Due:
        self.due[wanted] = due
        self.had[wanted] = due.held
        if due.held and due.urls:
            self.meter.say(f"{wanted}: going on after {due.held} of {due.total}")
        return due

    def _count(self, wanted: str) -> None:
        self.had[wanted] += 1
        had, total = self.had[wanted], self.due[wanted].total
        self.meter.show(wanted, had, total, now=had == total)

    def not_before(self) -> datetime | None:
        """Return what the run remembers, and say it."""
        until = self.run.not_before()
        if until is not None and (seconds := (until - self.run.clock()).total_seconds()) > 0:
            self.meter.say(f"the server asked for a pause, of which {seconds:.0f} seconds are left")
        return until

    def wait_until(self, until: datetime) -> None:
        """Pass on until when the server asked to be left alone."""
        self.run.wait_until(until)

    def end(self) -> None:
        """Stop showing."""
        self.meter.stop()
