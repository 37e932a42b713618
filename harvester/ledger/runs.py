"""The runs of a ledger as they are told to people: how each ended, what it cost, what it changed."""

import json
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from harvester.ledger.versions import folded_run

KINDS = ("added", "changed", "withdrawn", "returned", "merged", "dropped")
_COLUMNS = ("id", "kind", "started", "finished", "command", "ended", "code", "requests", "bytes", "troubles")
# Changes are numbered before the files are renamed. A run that was killed between, or failed (1, 7), told nobody of its
# own; runs of an earlier format (no command) had none.
_LAST_THAT_TOLD = """
SELECT coalesce(max(id), 0) FROM run
WHERE id < ? AND (command IS NULL OR (ended IS NOT NULL AND finished IS NOT NULL AND code NOT IN (1, 7)))
"""
_ASKING = frozenset({"crawl", "update"})


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run: times are UTC; `ended` is None if it was killed or is under way, `finished` if it left nothing to publish.

    `changes` counts what it changed of what is published, by kind; None where that is not known, as the feed was folded
    or not kept yet. Of a run of an earlier format `command`, and how it ended, are not known.
    """

    number: int
    kind: str
    started: str
    finished: str | None
    command: str | None
    ended: str | None
    code: int | None
    requests: int | None
    bytes: int | None
    troubles: tuple[dict[str, Any], ...]
    changes: dict[str, int] | None

    @property
    def heard(self) -> str | None:
        """Return when it had heard of the site: the end of a run that asked somebody and read a page; else None."""
        asked = self.kind == "crawl" or self.command in _ASKING
        return (self.ended or (self.finished if self.is_old else None)) if asked and self.finished else None

    @property
    def is_old(self) -> bool:
        """Return whether it is of a program that kept no history."""
        return self.command is None


def last_that_told(db: sqlite3.Connection, run: int) -> int:
    """Return the last run before this one that told what it changed, 0 if none did; this one tells what is since."""
    return int(db.execute(_LAST_THAT_TOLD, (run,)).fetchone()[0])


def told_runs(db: sqlite3.Connection) -> tuple[ToldRun, ...]:
    """Return all runs, the newest first; the ledger may be of an earlier format."""
    held = {name for _, name, *_ in db.execute("PRAGMA table_info(run)")}
    columns = ", ".join(name if name in held else f"NULL AS {name}" for name in _COLUMNS)
    changes = _changes(db)
    rows = db.execute(f"SELECT {columns} FROM run ORDER BY id DESC").fetchall()
    folded = folded_run(db) or 0
    return tuple(_told(row, None if changes is None or row[0] <= folded else changes[row[0]]) for row in rows)


def _told(row: tuple[Any, ...], changes: dict[str, int] | None) -> ToldRun:
    said = dict(zip(_COLUMNS, row, strict=True))
    troubles = tuple(json.loads(said.pop("troubles") or "[]"))
    return ToldRun(number=said.pop("id"), troubles=troubles, changes=changes, **said)


def _changes(db: sqlite3.Connection) -> defaultdict[int, dict[str, int]] | None:
    """Return how many changes of each kind each run made; None if the ledger is too old to know."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'change'").fetchone():
        return None
    counted: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for run, kind, count in db.execute("SELECT run, kind, count(*) FROM change GROUP BY run, kind"):
        counted[run][kind] = count
    return counted
