"""The table of `harvest status`, for people: two or three short lines a dataset, and below what is to be done."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.errors import Exit
from harvester.ledger.runs import KINDS, ToldRun
from harvester.standing.status import Status
from harvester.standing.status_data import how, took
from harvester.standing.times import say_span

_RUN = len("59 minutes ago: complete")  # of what is well, on one line
_STYLES = {0: "green", 3: "yellow"}
_WORDS = {"added": "new"}


def render(statuses: Sequence[Status], now: datetime, *, runs: bool) -> Iterator[str]:
    """Yield the lines."""
    table = _table("Dataset", "State", "Records", "Last run", "Walked whole")
    table.columns[2].justify = "right"
    table.columns[3].width = _RUN if _width() < 100 else _RUN + 16
    table.columns[2].no_wrap = table.columns[4].no_wrap = True  # a name may be folded, a number and a time not
    for status in statuses:
        table.add_row(*_row(status, now))
    yield from _lines(table)
    for status in statuses:
        yield from _notes(status, now)
    if runs:
        for status in statuses:
            yield from ("", f"Runs of {status.asked.name}:")
            yield from _lines(_runs(status)) if status.runs else ["  none that is known"]


def _row(status: Status, now: datetime) -> Iterator[Text]:
    shown, last = status.shown, status.last_run
    yield Text(status.asked.name, "bold")
    yield Text(_state(status), _STYLES.get(int(status.code), "red"))
    withdrawn = f"\n{shown.withdrawn:,} withdrawn" if shown and shown.withdrawn else ""
    yield Text(f"{shown.records:,}{withdrawn}" if shown else "-")
    yield Text("never" if last is None else "\n".join(_say_run(last, now)))
    yield Text(_when(shown.walked, now) if shown and shown.walked else "never")


def _state(status: Status) -> str:
    shown = status.shown
    if shown is None:
        said = ["nothing yet" if status.code != Exit.DATASET else "cannot be read"]
    else:
        said = [f"not complete: {shown.verdict}" if shown.lacking else shown.verdict.partition(",")[0]]
        said += ["see below"] if status.trouble else []
    return "\n".join([*said, *(["silent"] if status.silent else []), *(["running"] if status.running else [])])


def _say_run(run: ToldRun, now: datetime) -> Iterator[str]:
    ended = run.ended or run.finished or run.started
    yield f"{_minute(ended)}"
    yield _ago(ended, now) if run.is_old else f"{_ago(ended, now)}: {how(run)}"
    if run.changes is not None:
        yield _changes(run)


def _changes(run: ToldRun) -> str:
    told = [f"{run.changes[kind]:,} {_WORDS.get(kind, kind)}" for kind in KINDS if run.changes and run.changes[kind]]
    return ", ".join(told) or "no change"


def _notes(status: Status, now: datetime) -> Iterator[str]:
    """Yield what is not as it should be, why, and what to do next; nothing of a dataset that is well."""
    notes = []
    if status.running is not None:
        since = status.running.since
        by = f"process {status.running.pid} on {status.running.host}" if status.running.pid else "another process"
        notes.append(f"running since {since} ({_ago(since, now)}), by {by}" if since else f"running, by {by}")
    if status.trouble:
        notes.append(status.trouble)
    notes += _first(status.shown.lacking if status.shown else ())
    if status.last_run is not None and status.last_run.code:
        notes += _first([f"why: {trouble['message']}" for trouble in status.last_run.troubles])
    if status.next:
        notes.append(f"next: {status.next}")
    if notes:
        yield ""
        for note in notes:
            yield from _fill(f"{status.asked.name}: {note}")


def _fill(line: str) -> list[str]:
    """Return a line as a terminal has room for it; elsewhere as it is, to be searched."""
    if not sys.stdout.isatty():
        return [line]
    lines = Text(line).wrap(Console(width=_width()), _width() - 2)
    return [("  " if number else "") + part.plain.rstrip() for number, part in enumerate(lines)]


def _first(lines: Sequence[str], most: int = 3) -> list[str]:
    more = len(lines) - most
    return [*lines[:most], *([f"... and {more} more"] if more > 0 else [])]


def _runs(status: Status) -> Table:
    table = _table("Run", "Started", "How", "Asked", "Changes")
    table.columns[0].justify = table.columns[3].justify = "right"
    table.columns[1].no_wrap = True
    for run in status.runs:
        seconds = took(run)
        asked = f"{run.requests:,}\n{_size(run.bytes or 0)}" if run.requests is not None else "-"
        table.add_row(
            Text(str(run.number)),
            Text(_minute(run.started) + (f"\n{_span(timedelta(seconds=seconds))}" if seconds is not None else "")),
            Text(
                "\n".join(
                    [f"{run.command or run.kind}: {how(run)}", *sorted({str(said["kind"]) for said in run.troubles})]
                )
            ),
            Text(asked),
            Text("-" if run.changes is None else _changes(run)),
        )
    return table


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _lines(table: Table) -> Iterator[str]:
    page = StringIO()
    Console(file=page, width=_width(), force_terminal=sys.stdout.isatty(), highlight=False).print(table)
    for line in page.getvalue().splitlines():
        yield line.rstrip()


def _width() -> int:
    return max(shutil.get_terminal_size().columns, 72)


def _when(time: str, now: datetime) -> str:
    return f"{_minute(time)}\n{_ago(time, now)}"


def _minute(time: str) -> str:
    """Return a time (UTC) without its seconds."""
    return f"{time[:16]}Z"


def _ago(time: str, now: datetime) -> str:
    return f"{_span(now - datetime.fromisoformat(time))} ago"


def _span(span: timedelta) -> str:
    return say_span(max(span, timedelta()))  # a clock may have been set back


def _size(size: int) -> str:
    """Return a number of bytes in a unit of thousands."""
    told = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if told < 1000 or unit == "GB":
            break
        told /= 1000
    return f"{told:,.0f} {unit}" if unit == "B" else f"{told:,.1f} {unit}"
