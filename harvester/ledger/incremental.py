"""What a look at the newest pages of a listing may take for known, and how a walk becomes such a look."""

import sqlite3
from typing import Any

from harvester.coverage import COMPLETE
from harvester.harvest.known import Known
from harvester.harvest.records import entry_id
from harvester.items import Entry
from harvester.ledger.keys import WalkKey
from harvester.ledger.withdrawn import confirmations_needed
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
# What walks of a listing showed since the one which, with those after it, is enough to tell of an absence.
_BEFORE = f"""
SELECT DISTINCT content.url, content.date_text, content.title
FROM walk JOIN page ON page.walk = walk.id JOIN sight ON sight.page = page.id
JOIN content ON content.id = sight.content
WHERE walk.kind IN ('live', 'incremental') AND walk.listing = :listing AND walk.sort IS :sort
AND walk.id < :walk AND walk.id >= coalesce(
    (SELECT max(id) FROM walk WHERE kind = 'live' AND listing = :listing AND sort IS :sort AND verdict = '{COMPLETE}'
     GROUP BY begun ORDER BY 1 DESC LIMIT 1 OFFSET :others), 0)
"""


def known_of(db: sqlite3.Connection, site: Site, key: WalkKey, since: str, now: str) -> Known | None:
    """Return what a look may take for known; None if only a full walk will do.

    It may where the last walk was complete in the proving order, has more than one page, was published, and begun after
    `since` (as runs tell their start). Needs all of its rows; a look since may have added to them. Not while a record
    that stood in the listing waits for another full walk to tell that it is gone.
    """
    asked: dict[str, Any] = {"listing": key.listing, "sort": key.sort, "since": since, "now": now}
    walk = db.execute(_WALK, asked).fetchone() if key.proving else None
    if walk is None:
        return None
    walked: set[str] = set()
    looked: set[str] = set()
    contents: set[str] = set()
    asked |= {"walk": walk[0], "others": confirmations_needed(db) - 1}
    for is_walk, digest, *said in db.execute(_ROWS, asked):
        (walked if is_walk else looked).add(_record(site, *said))
        contents.add(digest)
    before = {_record(site, *said) for said in db.execute(_BEFORE, asked)}
    if len(walked) != walk[1] or not before <= walked | looked:
        return None
    return Known(walk[1] + len(looked - walked), frozenset(walked | looked), frozenset(contents))


def _record(site: Site, url: str | None, date_text: str | None, title: str) -> str:
    return entry_id(Entry(date_text, title, None, url, ""), site)


def stop_walk(db: sqlite3.Connection, walk: int, total: int) -> None:
    """Make a walk a look, with the last page that it took; inside the caller's transaction."""
    db.execute("UPDATE walk SET kind = 'incremental', total = ? WHERE id = ?", (total, walk))
