"""What was published after an earlier run, read from the versions: exactly, from the run on at which the feed began."""

import sqlite3
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

FOLDED = "folded"  # the name in meta of the last run whose changes were folded

_THEN = """
SELECT version.packed FROM version
JOIN (SELECT record, max(number) AS number FROM version WHERE run <= ? GROUP BY record) AS last USING (record, number)
WHERE version.packed IS NOT NULL ORDER BY version.record
"""


def feed_began(db: sqlite3.Connection) -> int | None:
    """Return the first run of which versions tell what was published; None if none do.

    A ledger of an earlier format has older runs.
    """
    (first,) = db.execute("SELECT min(run) FROM version").fetchone()
    return None if first is None else int(first)


def folded_run(db: sqlite3.Connection) -> int | None:
    """Return the last run whose changes were folded, None if none were; of those before it no state is known."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (FOLDED,)).fetchone()
    return int(row[0]) if row else None


def published_then(db: sqlite3.Connection, run: int) -> Iterator[dict[str, Any]]:
    """Yield the records that stood published when a run had ended, sorted by id."""
    for (packed,) in db.cursor().execute(_THEN, (run,)):
        yield orjson.loads(zlib.decompress(packed))
