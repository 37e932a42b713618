"""Looks at the newest pages of a listing: what they may take for known, and what is told of the last one.

A look is a walk that stopped early, of kind 'incremental'. What it saw counts as seen; a verdict it never gives.
"""

import sqlite3
from dataclasses import dataclass

from harvester.coverage import COMPLETE
from harvester.harvest.known import Known
from harvester.harvest.records import entry_id
from harvester.items import Entry
from harvester.ledger.keys import WalkKey
from harvester.sites import Site

# A walk whose verdict is kept was published. Of one page nothing is to be saved.
_WALK = f"""
SELECT walk.id, walk.total FROM walk JOIN run ON run.id = walk.begun
WHERE walk.id IN (SELECT id FROM last_walk) AND walk.listing = :listing AND walk.sort IS :sort AND walk.proving
AND walk.verdict = '{COMPLETE}' AND run.started > :since AND run.started < :now
AND (SELECT count(*) FROM page WHERE page.walk = walk.id) > 1
"""
_ROWS = """
SELECT DISTINCT walk.kind = 'live', content.digest, content.url, content.date_text, content.title
FROM walk JOIN page ON page.walk = walk.id JOIN sight ON sight.page = page.id
JOIN content ON content.id = sight.content
WHERE walk.id = :walk OR (walk.kind = 'incremental' AND walk.id > :walk AND walk.listing = :listing
    AND walk.sort IS :sort)
"""
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


def known_of(db: sqlite3.Connection, site: Site, key: WalkKey, since: str, now: str) -> Known | None:
    """Return what a look may take for known; None if only a full walk will do.

    It may where the last walk was complete in the proving order, has more than one page, was published, and begun after
    `since` (as runs tell their start). Needs all of its rows; a look since may have added to them.
    """
    asked = {"listing": key.listing, "sort": key.sort, "since": since, "now": now}
    walk = db.execute(_WALK, asked).fetchone() if key.proving else None
    if walk is None:
        return None
    walked: set[str] = set()
    looked: set[str] = set()
    contents: set[str] = set()
    for is_walk, digest, url, date_text, title in db.execute(_ROWS, {**asked, "walk": walk[0]}):
        record = entry_id(Entry(date_text, title, None, url, ""), site)
        (walked if is_walk else looked).add(record)
        contents.add(digest)
    if len(walked) != walk[1]:
        return None
    return Known(walk[1] + len(looked - walked), frozenset(walked | looked), frozenset(contents))


def stop_walk(db: sqlite3.Connection, walk: int, total: int) -> None:
    """Make a walk a look, with the last page that it took; inside the caller's transaction."""
    db.execute("UPDATE walk SET kind = 'incremental', total = ? WHERE id = ?", (total, walk))


def last_look(db: sqlite3.Connection, walk: int, listing: str | None, order: str | None) -> Look | None:
    """Return the last look at a listing after a walk of it; None if there was none. Needs a ledger that is settled."""
    found = db.execute(_LOOK, {"walk": walk, "listing": listing, "sort": order}).fetchone()
    if found is None:
        return None
    number, run, total, at, rows, first = found
    (new,) = db.execute(_NEW, (number, first)).fetchone()
    return Look(run, at, total, rows, new)
