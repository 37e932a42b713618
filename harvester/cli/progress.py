"""Shows on standard error how far a crawl is: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable, Sequence
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from harvester.captures import Capture
from harvester.dataset.run import Run
from harvester.errors import PageError
from harvester.harvest.walk import ListingWalk
from harvester.items import Reading

_EVERY = 60.0


class WatchedRun:
    """A journal that passes all on to a run, and shows it."""

    def __init__(self, run: Run, clock: Callable[[], float] = monotonic) -> None:
        self.run = run
        self.clock = clock
        self.rows: dict[str, int] = {}
        self.totals: dict[str, int] = {}
        self.said_at = clock()
        self.bar = _bar() if sys.stderr.isatty() else None
        self.tasks: dict[str, TaskID] = {}

    def begin(self, walks: Sequence[ListingWalk]) -> None:
        """Pass the walks on, and say which of them go on where they were."""
        self.run.begin(walks)
        for walk in walks:
            if walk.rows_held:
                self.rows[walk.listing] = walk.rows_held
                self._say(f"{walk.listing}: going on after {walk.rows_held} of {walk.total}")

    def page(self, walk: ListingWalk, capture: Capture, reading: Reading) -> None:
        """Pass a page on and show it."""
        self.run.page(walk, capture, reading)
        self.rows[walk.listing] = self.rows.get(walk.listing, 0) + len(reading.rows)
        if reading.counter:
            self.totals[walk.listing] = reading.counter.total
        self._show(walk.listing)

    def failed(self, walk: ListingWalk, capture: Capture | None, error: PageError, *, final: bool) -> None:
        """Pass a failure on and say it."""
        self.run.failed(walk, capture, error, final=final)
        self._say(f"{error}{'' if final else ' - asking again'}")

    def end(self) -> None:
        """Stop showing."""
        if self.bar is not None:
            self.bar.stop()

    def _show(self, listing: str) -> None:
        rows, total = self.rows[listing], self.totals.get(listing)
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
