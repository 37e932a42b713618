"""The last look at the newest pages of a listing, as it is told of.

A look is a walk that stopped early, of kind 'incremental'. What it saw counts as seen; a verdict it never gives.
"""

import sqlite3
from dataclasses import dataclass

_LOOK = """
SELECT walk.id, walk.run, walk.total, max(capture.captured_at), sum(page.rows), min(page.id)
FROM walk JOIN page ON page.walk = walk.id JOIN capture ON capture.id = page.capture
WHERE walk.id = (SELECT max(id) FROM walk AS look WHERE look.kind = 'incremental' AND look.id > :walk
    AND look.listing IS :listing AND look.sort IS :sort)
GROUP BY walk.id
"""
_NEW = """
SELECT count(DISTINCT known.record) FROM known JOIN page ON page.id = known.page
WHERE page.walk = ?
AND NOT EXISTS (SELECT 1 FROM known AS before WHERE before.record = known.record AND before.page < ?)
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The last look at a listing's newest pages after its last full walk, as coverage.json tells of it.

    `at` is when its last page was captured, `total` what that announced; of its `rows` so many records were `new`.
    """

    run: int
    at: str
    total: int
    rows: int
    new: int


def last_look(db: sqlite3.Connection, walk: int, listing: str | None, order: str | None) -> Look | None:
    """Return the last look at a listing after a walk of it; None if there was none. Needs a ledger that is settled."""
    found = db.execute(_LOOK, {"walk": walk, "listing": listing, "sort": order}).fetchone()
    if found is None:
        return None
    number, run, total, at, rows, first = found
    (new,) = db.execute(_NEW, (number, first)).fetchone()
    return Look(run, at, total, rows, new)
