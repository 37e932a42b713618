"""Looks into a ledger after a run has let go of it: how runs ended, and what was noticed of them.

What was noticed stands in the row of the run: who was told of what, so that no bell rings the same each night.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.errors import DatasetDamaged
from harvester.ledger.faults import explain_fault
from harvester.ledger.runs import last_that_told
from harvester.ledger.shares import Looks, looks_of_run
from harvester.ledger.store import FILE, FORMAT

# Of pages that a run brought the labels that no page before has; only if there were any pages before.
_LABELS = """
SELECT coalesce(json_extract(part.value, '$.label'), '') FROM document
JOIN page ON page.id = document.page JOIN capture ON capture.id = page.capture,
json_each(document.said, '$.unknown') AS part
WHERE capture.run <= :run AND EXISTS (
    SELECT 1 FROM document AS earlier JOIN page ON page.id = earlier.page
    JOIN capture ON capture.id = page.capture WHERE capture.run < :run)
GROUP BY 1 HAVING min(capture.run) = :run ORDER BY 1
"""
_WITHDRAWN = "SELECT record FROM change WHERE run > ? AND run <= ? AND kind = 'withdrawn' ORDER BY seq"
_NOTICED = "SELECT noticed FROM run WHERE noticed IS NOT NULL ORDER BY id DESC LIMIT 1"
# A replay asks nobody. Runs of an earlier format have `finished` only.
# The last is that of the order of runs, as a clock may have been ahead once.
_HEARD = """
SELECT coalesce(ended, finished) FROM run WHERE (kind = 'crawl' OR command IN ('crawl', 'update'))
AND coalesce(ended, finished) IS NOT NULL ORDER BY id DESC LIMIT 1
"""
EXPORT = "export"  # the kind of trouble that a command has which is run after a harvest
_WAIT = 5.0  # seconds; somebody may be reading the ledger


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a ledger says of a run: when it started, what went wrong, what it saw beside what was seen before.

    `labels` are unknown labels that no document's page had before, `withdrawn` the ids of what it found withdrawn, or
    a run before it that was killed before it told.
    """

    started: str
    troubles: Sequence[dict[str, Any]]
    looks: Sequence[Looks]
    labels: Sequence[str]
    withdrawn: Sequence[str]


class Afterwards:
    """A ledger that nobody holds, opened to look at its runs."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def aftermath(self, run: int) -> Aftermath:
        """Return what is said of a run; raises DatasetDamaged if there is none of that number."""
        row = self.db.execute("SELECT started, troubles FROM run WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise DatasetDamaged(f"the ledger knows no run {run}")
        return Aftermath(
            row[0],
            json.loads(row[1] or "[]"),
            looks_of_run(self.db, run),
            [label for (label,) in self.db.execute(_LABELS, {"run": run})],
            [record for (record,) in self.db.execute(_WITHDRAWN, (last_that_told(self.db, run), run))],
        )

    def heard(self) -> str | None:
        """Return when the last run ended that asked anybody (UTC); None if none ever did."""
        found = self.db.execute(_HEARD).fetchone()
        return None if found is None else str(found[0])

    def noticed(self) -> dict[str, Any]:
        """Return what was noted last of who was told of what; empty if nothing was."""
        row = self.db.execute(_NOTICED).fetchone()
        return {} if row is None else dict(json.loads(row[0]))

    def note(self, noticed: dict[str, Any], run: int | None) -> None:
        """Note with a run who was told of what; with the last one where none could begin."""
        row = self.db.execute("SELECT max(id) FROM run").fetchone()[0] if run is None else run
        with self.db:
            self.db.execute("UPDATE run SET noticed = ? WHERE id = ?", (json.dumps(noticed, ensure_ascii=False), row))

    def add_troubles(self, run: int, kind: str, messages: Sequence[str], code: int) -> None:
        """Note with a run what went wrong after it, for which all of it ends with `code`."""
        with self.db:
            (told,) = self.db.execute("SELECT troubles FROM run WHERE id = ?", (run,)).fetchone()
            more = [{"kind": kind, "message": message, "listing": None} for message in messages]
            troubles = json.dumps([*json.loads(told or "[]"), *more], ensure_ascii=False)
            self.db.execute("UPDATE run SET troubles = ?, code = ? WHERE id = ?", (troubles, code, run))


@contextmanager
def looking_back(folder: Path) -> Iterator[Afterwards | None]:
    """Open the ledger of a dataset; None if there is none, or none of the present format: no run has touched it yet.

    Raises DatasetError if somebody holds it, or it is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        yield None
        return
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT)) as db:
            told = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
            yield Afterwards(db) if told == (FORMAT,) else None
    except sqlite3.Error as error:
        raise explain_fault(error, path) from error
