"""Keeps a ledger from growing night after night: what no published file tells any more is forgotten.

Document pages and files are never forgotten: no crawl asks again for one that it holds, unless its listing shows
something new, so they don't grow by the night.
"""

import sqlite3
from collections.abc import Iterable

from harvester.ledger.validators import forget_validators

# The pages of the last walk of each listing stay, and of the pass before it: the account is made of them. Of older
# walks those stay of which a row is told.
_SUPERSEDED = """
SELECT page.id FROM page JOIN walk ON walk.id = page.walk
WHERE walk.kind IN ('live', 'incremental') AND walk.id NOT IN (SELECT id FROM last_walk)
AND walk.id NOT IN (SELECT before FROM walk WHERE id IN (SELECT id FROM last_walk) AND before IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM sight WHERE sight.page = page.id)
"""


def forget(db: sqlite3.Connection, spent: Iterable[tuple[int, int]]) -> None:
    """Remove spent sights (page, row), then the pages, captures, rejects and remarks that nothing leads to."""
    db.executemany("DELETE FROM sight WHERE page = ? AND row = ?", spent)
    db.execute("CREATE TEMP TABLE IF NOT EXISTS superseded (page INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM temp.superseded")
    db.execute(f"INSERT INTO temp.superseded {_SUPERSEDED}")
    db.execute("DELETE FROM reject WHERE page IN (SELECT page FROM temp.superseded)")
    db.execute("DELETE FROM page WHERE id IN (SELECT page FROM temp.superseded)")
    forget_validators(db)
    db.execute("DELETE FROM capture WHERE id NOT IN (SELECT capture FROM page UNION SELECT capture FROM file)")
    db.execute("DELETE FROM remark WHERE walk NOT IN (SELECT walk FROM page)")
    db.execute(
        "DELETE FROM reject WHERE page IS NULL AND listing IS NOT NULL AND wanted IS NULL AND run <"
        " (SELECT max(run) FROM walk WHERE walk.kind IN ('live', 'incremental') AND walk.listing = reject.listing)"
    )
