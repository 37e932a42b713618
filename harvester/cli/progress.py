"""A journal of a live crawl that shows how far it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from harvester.captures import Capture
from harvester.cli.meter import Meter
from harvester.dataset.crawl import CrawlRun
from harvester.errors import PageError
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading


class WatchedRun:
    """A journal that passes all on to a run, and shows it."""

    def __init__(self, run: CrawlRun, clock: Callable[[], float] = monotonic) -> None:
        self.run = run
        self.meter = Meter(clock)
        self.passes: dict[str, int] = {}

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Pass the listings on, and say which of them go on where they were."""
        self.run.begin(listings)
        for passes in listings:
            walk = passes.walk
            if walk.rows_held:
                self.meter.say(f"{walk.listing}: going on after {walk.rows_held} of {walk.total}")

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
