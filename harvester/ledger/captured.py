"""What the ledger holds of a listing's captures, so that none of them is fetched again."""

import sqlite3
from dataclasses import dataclass

from harvester.items import Counter, Entry
from harvester.ledger.held import entries_of


@dataclass(frozen=True, slots=True)
class HeldCapture:
    """One page that was captured and read: its walk's order and scope, its counter, and the entries that it had."""

    url: str
    captured_at: str
    order: str | None
    scope: str
    counter: Counter | None
    entries: tuple[Entry, ...]


def held_captures(db: sqlite3.Connection, listing: str) -> list[HeldCapture]:
    """Return the captures of a listing whose URL and time are known, but for those of a crawl's own snapshot."""
    pages = db.execute(
        "SELECT page.id, url, captured_at, sort, scope, page.first, page.last, page.total FROM page"
        " JOIN walk ON walk.id = page.walk JOIN capture ON capture.id = page.capture"
        " WHERE walk.kind = 'captured' AND walk.listing = ? AND walk.crawl IS NULL"
        " AND url IS NOT NULL AND captured_at IS NOT NULL ORDER BY page.id",
        (listing,),
    ).fetchall()
    return [
        HeldCapture(url, at, order, scope, None if total is None else Counter(first, last, total), entries_of(db, page))
        for page, url, at, order, scope, first, last, total in pages
    ]


def copy_page(db: sqlite3.Connection, url: str, captured_at: str, walk: int) -> None:
    """Let a page that was captured be one of another walk too; a capture is kept once however many walks it is in."""
    found = db.execute(
        "SELECT page.id FROM page JOIN capture ON capture.id = page.capture JOIN walk ON walk.id = page.walk"
        " WHERE url = ? AND captured_at = ? AND walk.kind != 'documents' LIMIT 1",
        (url, captured_at),
    ).fetchone()
    if found is None:
        return
    copied = db.execute(
        "INSERT OR IGNORE INTO page (walk, capture, number, size, first, last, total, rows, layout)"
        " SELECT ?, capture, number, size, first, last, total, rows, layout FROM page WHERE id = ?",
        (walk, *found),
    )
    if copied.rowcount:
        query = "INSERT INTO sight SELECT ?, row, content, place FROM sight WHERE page = ?"
        db.execute(query, (copied.lastrowid, *found))
