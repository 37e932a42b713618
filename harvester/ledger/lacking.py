"""What a web archive is still to be asked for beside listings: what the ledger lacks of what they show."""

import sqlite3
from collections.abc import Collection

from harvester.ledger.addresses import own_addresses
from harvester.ledger.due import Due, files_of
from harvester.sites import Site

# The entries of a listing that have an address, whichever walk showed them, in the listing's order. Pages without a
# counter go by their number.
_SHOWN = """
SELECT content.url FROM sight JOIN content ON content.id = sight.content
JOIN page ON page.id = sight.page JOIN walk ON walk.id = page.walk
WHERE walk.kind != 'documents' AND walk.listing = ? AND content.url IS NOT NULL
ORDER BY walk.id, coalesce(page.first, page.number * page.size), page.id, sight.row
"""
_CAPTURED = """
SELECT DISTINCT capture.url FROM document
JOIN page ON page.id = document.page JOIN capture ON capture.id = page.capture WHERE capture.url IS NOT NULL
"""
_TIMES = """
SELECT min(capture.captured_at), max(capture.captured_at)
FROM page JOIN walk ON walk.id = page.walk JOIN capture ON capture.id = page.capture WHERE walk.kind = 'documents'
"""


def lacking_documents(db: sqlite3.Connection, site: Site, listings: Collection[str]) -> Due:
    """Return the documents of some listings of which no page is held, by the addresses shown.

    An address that several documents claim is no document's own; that a page of it is held must do.
    """
    held = {address: address for (url,) in db.execute(_CAPTURED) if (address := site.document_url(url)) is not None}
    held |= own_addresses(db, site)
    shown = _shown(db, listings)
    return Due(tuple(url for url in shown if url not in held), len({held[url] for url in shown if url in held}))


def lacking_files(db: sqlite3.Connection, site: Site, listings: Collection[str]) -> Due:
    """Return the files that the documents of some listings offer and that are not held, each once."""
    return files_of(db, site, _shown(db, listings))


def document_times(db: sqlite3.Connection) -> tuple[str, str]:
    """Return when the oldest and the newest page of a document that is held were captured; empty where none is."""
    first, last = db.execute(_TIMES).fetchone()
    return first or "", last or ""


def _shown(db: sqlite3.Connection, listings: Collection[str]) -> list[str]:
    return list(dict.fromkeys(url for listing in listings for (url,) in db.execute(_SHOWN, (listing,))))
