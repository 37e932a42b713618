"""Shows on standard error how far something is: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

EVERY = 60.0


class Meter:
    """Says how many rows of each listing were read."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.said_at = clock()
        self.bar = _bar() if sys.stderr.isatty() else None
        self.tasks: dict[str, TaskID] = {}

    def show(self, name: str, rows: int, total: int | None, *, now: bool = False) -> None:
        """Move the bar; without one say a line if the last is a minute old, or `now`."""
        if self.bar is not None:
            self.bar.start()
            if name not in self.tasks:
                self.tasks[name] = self.bar.add_task(name, total=total)
            self.bar.update(self.tasks[name], completed=rows, total=total)
        elif now or self.clock() - self.said_at >= EVERY:
            self.said_at = self.clock()
            self.say(f"{name}: {rows} of {'?' if total is None else total}")

    def say(self, line: str) -> None:
        """Print a line, above the bar if there is one."""
        if self.bar is not None:
            self.bar.console.print(line, markup=False, highlight=False)
        else:
            click.echo(line, err=True)

    def stop(self) -> None:
        """Stop showing."""
        if self.bar is not None:
            self.bar.stop()


def _bar() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=False)
