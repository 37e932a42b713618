"""A ledger as it was after an earlier run: a private copy of it, without what later runs brought.

The ledger itself is opened for reading only; nothing is written beside it.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harvester.coverage import INCOMPLETE, NOT_WALKED
from harvester.errors import DatasetBusy, DatasetDamaged
from harvester.ledger.faults import explain_fault
from harvester.ledger.migrate import migrate
from harvester.ledger.store import FILE, FORMAT

# What a later run brought hangs on its captures. Contents of which every sight is gone were first seen later.
_LATER = """
DELETE FROM reject WHERE run > :run;
DELETE FROM page WHERE capture IN (SELECT id FROM capture WHERE run > :run);
DELETE FROM sight WHERE page NOT IN (SELECT id FROM page);
DELETE FROM document WHERE page NOT IN (SELECT id FROM page);
DELETE FROM address WHERE page NOT IN (SELECT id FROM page);
DELETE FROM file WHERE capture IN (SELECT id FROM capture WHERE run > :run);
DELETE FROM capture WHERE run > :run;
DELETE FROM content WHERE id NOT IN (SELECT content FROM sight);
"""
_WALKS = """
SELECT walk.id, walk.listing, walk.sort, walk.run, walk.verdict, walk.total, begun.started, ended.finished,
       ended.started AS went_on
FROM walk JOIN run AS begun ON begun.id = walk.begun JOIN run AS ended ON ended.id = min(walk.run, :run)
WHERE walk.kind = 'live' AND walk.begun <= :run ORDER BY walk.id
"""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run of the dataset: its number, when it started, when it ended (None: it was killed, or read nothing)."""

    number: int
    started: str
    finished: str | None


class PastLedger:
    """A copy of a dataset's ledger, of which `rewind` takes away what later runs brought.

    Raises DatasetError if a harvest holds the ledger, or it is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        if not self.path.is_file():
            raise DatasetDamaged(f"{folder} has no {FILE}, which alone knows earlier states")
        self.db = sqlite3.connect("", isolation_level=None)  # a private file of SQLite's, gone when it is closed
        try:
            _copy(self.path, self.db)
            found = migrate(self.db, dict(self.db.execute("SELECT name, value FROM meta").fetchall()))
            if found.get("format") != FORMAT:
                raise DatasetDamaged(f"{self.path} has format {found.get('format')}; this version reads {FORMAT}")
            runs = self.db.execute("SELECT id, started, finished FROM run ORDER BY id").fetchall()
        except sqlite3.Error as error:
            self.db.close()
            raise explain_fault(error, self.path) from error
        except BaseException:
            self.db.close()
            raise
        self.site: str = found["site"]
        self.runs = tuple(PastRun(*run) for run in runs)
        self.run = self.runs[-1].number if self.runs else 0

    def close(self) -> None:
        """Let go of the copy."""
        self.db.close()

    def rewind(self, run: int) -> None:
        """Take away what the runs after this one brought."""
        self.run = run
        for statement in _LATER.split(";\n"):
            self.db.execute(statement, {"run": run})

    def live_walks(self) -> list[dict[str, Any]]:
        """Return the live walks begun until then, in their order, each with the verdict that is known of it then.

        The pages of old walks are forgotten; what was published of a walk is kept with it. A walk that a later run
        went on with was not over: it is incomplete. One of which nothing was published has the verdict None.
        """
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        walks = [dict(row) for row in cursor.execute(_WALKS, {"run": self.run})]
        for walk in walks:
            if walk["run"] > self.run:
                walk["verdict"] = INCOMPLETE
        # A walk of which no page came is told of by the run that tried it, and by no later one.
        return [w for w in walks if w["run"] == self.run or w["verdict"] not in {None, NOT_WALKED}]


def _copy(path: Path, copy: sqlite3.Connection) -> None:
    """Copy a ledger that nobody holds.

    A ledger that was closed has no file of pending writes, and is read as it is: to open it as usual would leave files
    of SQLite's beside it. Where there is one a harvest holds the ledger, and SQLite says so, or was killed, and SQLite
    plays it in.
    """
    pending = path.with_name(f"{path.name}-wal")
    before = _signature(path)
    how = "mode=ro" if pending.exists() else "immutable=1"
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?{how}", uri=True, timeout=0.2)) as source:
        # The copying itself would wait for a held ledger without end; looking into it is refused at once.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy)
    if how == "immutable=1" and (pending.exists() or _signature(path) != before):
        raise DatasetBusy(f"{path.parent} is in use: a harvest began meanwhile")


def _signature(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
