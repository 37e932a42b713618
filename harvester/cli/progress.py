"""Shows on standard error how far a crawl is: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from harvester.captures import Capture
from harvester.dataset.crawl import CrawlRun
from harvester.errors import PageError
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading

_EVERY = 60.0


class WatchedRun:
    """A journal that passes all on to a run, and shows it."""

    def __init__(self, run: CrawlRun, clock: Callable[[], float] = monotonic) -> None:
        self.run = run
        self.clock = clock
        self.said_at = clock()
        self.bar = _bar() if sys.stderr.isatty() else None
        self.tasks: dict[str, TaskID] = {}
        self.passes: dict[str, int] = {}

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Pass the listings on, and say which of them go on where they were."""
        self.run.begin(listings)
        for passes in listings:
            walk = passes.walk
            if walk.rows_held:
                self._say(f"{walk.listing}: going on after {walk.rows_held} of {walk.total}")

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Pass a page on and show it."""
        walk = passes.walk
        try:
            self.run.page(passes, capture, reading)
        finally:
            self._show(passes.listing, walk.rows_held, walk.total)
            self._tell_pass(passes)

    def _tell_pass(self, passes: ListingPasses) -> None:
        """Say that a listing is walked again, once for each pass."""
        if passes.number > self.passes.get(passes.listing, passes.number if not passes.why else 1):
            self._say(f"{passes.listing}: {passes.why}; walking it again, pass {passes.number}")
        self.passes[passes.listing] = passes.number

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0.0
    ) -> None:
        """Pass a failure on and say it."""
        self.run.failed(passes, capture, error, final=final, wait=wait)
        waiting = f" in {wait:.0f} seconds" if wait >= 1 else ""
        self._say(f"{error}{'' if final else f' - asking again{waiting}'}")
        self._tell_pass(passes)

    def not_before(self) -> datetime | None:
        """Return what the run remembers, and say it."""
        until = self.run.not_before()
        if until is not None and (seconds := (until - self.run.clock()).total_seconds()) > 0:
            self._say(f"the server asked for a pause, of which {seconds:.0f} seconds are left")
        return until

    def wait_until(self, until: datetime) -> None:
        """Pass on until when the server asked to be left alone."""
        self.run.wait_until(until)

    def end(self) -> None:
        """Stop showing."""
        if self.bar is not None:
            self.bar.stop()

    def _show(self, listing: str, rows: int, total: int | None) -> None:
        if self.bar is not None:
            self.bar.start()
            if listing not in self.tasks:
                self.tasks[listing] = self.bar.add_task(listing, total=total)
            self.bar.update(self.tasks[listing], completed=rows, total=total)
        elif self.clock() - self.said_at >= _EVERY or rows == total:
            self.said_at = self.clock()
            self._say(f"{listing}: {rows} of {'?' if total is None else total}")

    def _say(self, line: str) -> None:
        if self.bar is not None:
            self.bar.console.print(line, markup=False, highlight=False)
        else:
            click.echo(line, err=True)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=False)
