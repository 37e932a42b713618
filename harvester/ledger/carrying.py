"""Carries the memory of a dataset over into a ledger that was built anew: runs, versions, changes, settings.

What the archive showed is not carried over; that is what a rebuild reads anew.
"""

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from harvester.ledger.feed import FEED_AFTER
from harvester.ledger.versions import FOLDED

# What holds for the dataset, not for what one ledger has read.
_KEPT = ("withdraw_after", FOLDED, FEED_AFTER)


def carry_over(standing: sqlite3.Connection, fresh: sqlite3.Connection) -> None:
    """Put what the standing ledger remembers into the fresh one, in place of what was put there before.

    Runs that both know stay as the fresh one knows them. Inside the caller's transaction.
    """
    _forget(fresh)
    names = [row[1] for row in fresh.execute("PRAGMA table_info(run)")]
    _copy(standing, fresh, "run", names, "INSERT OR IGNORE")
    _copy(standing, fresh, "version", ["record", "number", "run", "packed"])
    _copy(standing, fresh, "change", ["seq", "run", "kind", "record", "version", "told"])
    for name in _KEPT:
        row = standing.execute("SELECT name, value FROM meta WHERE name = ?", (name,)).fetchone()
        if row is not None:
            fresh.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)


def take_over(lines: Iterable[Mapping[str, Any]], fresh: sqlite3.Connection) -> None:
    """Put a published change feed into a ledger, where no other knows it any more. Inside the caller's transaction.

    Of the runs it is known when they began, and no more.
    """
    _forget(fresh)
    numbers: Counter[str] = Counter()
    state: dict[str, dict[str, Any]] = {}
    for line in lines:
        record, kind = line["id"], line["change"]
        if kind == "added":
            state[record] = line["record"]
        elif "fields" in line:
            state[record] = state[record] | {name: told["after"] for name, told in line["fields"].items()}
        else:
            state.pop(record, None)
        numbers[record] += 1
        packed = zlib.compress(orjson.dumps(state[record])) if record in state else None
        beside = {name: line[name] for name in ("into", "walks") if name in line}
        _note_run(fresh, line["run"], line["at"])
        fresh.execute("INSERT INTO version VALUES (?, ?, ?, ?)", (record, numbers[record], line["run"], packed))
        fresh.execute(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?)",
            (line["seq"], line["run"], kind, record, numbers[record], json.dumps(beside) if beside else None),
        )


def _forget(fresh: sqlite3.Connection) -> None:
    """Take away what an earlier try, that was killed before its end, had carried over."""
    fresh.execute("DELETE FROM change")
    fresh.execute("DELETE FROM version")


def _note_run(db: sqlite3.Connection, run: int, at: str) -> None:
    db.execute("INSERT OR IGNORE INTO run (id, kind, started, readers) VALUES (?, 'crawl', ?, '')", (run, at))


def _copy(a: sqlite3.Connection, b: sqlite3.Connection, table: str, names: list[str], how: str = "INSERT") -> None:
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    rows = a.execute(f"SELECT {columns} FROM {table}")
    b.executemany(f"{how} INTO {table} ({columns}) VALUES ({marks})", rows)
