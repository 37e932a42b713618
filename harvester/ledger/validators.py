"""What servers said of the versions of pages that are held, and the pages that can be asked about by it."""

import sqlite3

from harvester.captures import Validators
from harvester.harvest.confirmed import HeldPage
from harvester.items import Counter
from harvester.ledger.held import entries_of

# A page of which rows were forgotten cannot be had again from the ledger, nor one that other readers read.
_HELD = """
SELECT page.id, validator.etag, validator.modified, capture.digest, capture.medium, page.layout, page.first, page.last,
       page.total, page.rows
FROM validator JOIN page ON page.id = validator.page JOIN capture ON capture.id = page.capture
JOIN run ON run.id = capture.run
WHERE validator.url = ? AND run.readers = ? ORDER BY page.id DESC LIMIT 1
"""
# Of each address the newest is asked by, whichever server it is of.
_SPENT = """
DELETE FROM validator WHERE page NOT IN (SELECT id FROM page)
OR page NOT IN (SELECT max(page) FROM validator GROUP BY substr(url, 1, instr(url, '#')))
"""


def add_validators(db: sqlite3.Connection, page: int, validators: Validators) -> None:
    """Keep what a server said of a page, inside the caller's transaction."""
    told = (page, validators.url, validators.etag, validators.modified)
    db.execute("INSERT OR REPLACE INTO validator VALUES (?, ?, ?, ?)", told)


def forget_validators(db: sqlite3.Connection) -> None:
    """Remove what nobody will ask by any more."""
    db.execute(_SPENT)


def held_page(db: sqlite3.Connection, url: str, readers: str) -> HeldPage | None:
    """Return the newest page of an address that can be asked about, if all that it said is held.

    `url` is one of `Validators`; `readers` are the versions that would read the page now.
    """
    found = db.execute(_HELD, (url, readers)).fetchone()
    if found is None:
        return None
    page, etag, modified, digest, medium, layout, first, last, total, rows = found
    entries = entries_of(db, page)
    if len(entries) != rows:
        return None
    return HeldPage(etag, modified, digest, medium, layout, Counter(first, last, total), entries)
