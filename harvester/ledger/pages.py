"""Writes one page into the ledger: its capture, its place in a walk, and its rows."""

import sqlite3

from harvester.captures import Capture
from harvester.identity import content_digest
from harvester.items import Address, Entry, Reading, Reject
from harvester.ledger.keys import WalkKey, digest_of


class PageWriter:
    """Writes what one capture says, inside a transaction that the ledger holds."""

    def __init__(self, db: sqlite3.Connection, run: int, key: WalkKey, capture: Capture) -> None:
        self.db = db
        self.run = run
        self.key = key
        self.capture = capture

    def write(self, walk: int, address: Address | None, reading: Reading) -> int | None:
        """Write the page and return its number; one that the walk has from this capture already changes nothing."""
        page = self._page(walk, self._capture(), address, reading)
        if page is None:
            return None
        for i, row in enumerate(reading.rows):
            if isinstance(row, Entry):
                self._sight(page, i, row)
            else:
                self._reject(page, i, row)
        return page

    def _capture(self) -> int:
        capture = self.capture
        owner = (
            self.run if self.key.kind == "live" else 0
        )  # the same page fetched twice is two captures; saved, it is one
        identity = digest_of(owner, capture.url, capture.captured_at, capture.digest, capture.file, capture.offset)
        self.db.execute(
            "INSERT OR IGNORE INTO capture (identity, run, url, captured_at, digest, medium, file, position, crawl)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (identity, self.run, capture.url, capture.captured_at, capture.digest, capture.medium, capture.file,
             capture.offset, capture.taken.crawl if capture.taken else None),
        )  # fmt: skip
        return int(self.db.execute("SELECT id FROM capture WHERE identity = ?", (identity,)).fetchone()[0])

    def _page(self, walk: int, capture: int, address: Address | None, reading: Reading) -> int | None:
        counter = reading.counter
        numbers = (counter.first, counter.last, counter.total) if counter else (None, None, None)
        number, size = (address.page, address.page_size) if address else (None, None)
        cursor = self.db.execute(
            "INSERT OR IGNORE INTO page (walk, capture, number, size, first, last, total, rows, layout)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (walk, capture, number, size, *numbers, len(reading.rows), reading.layout),
        )
        return int(cursor.lastrowid or 0) if cursor.rowcount else None

    def _sight(self, page: int, i: int, entry: Entry) -> None:
        said = (entry.url, entry.date_text, entry.title, entry.summary)
        digest = content_digest(*said)
        self.db.execute(
            "INSERT OR IGNORE INTO content (digest, url, date_text, title, summary) VALUES (?, ?, ?, ?, ?)",
            (digest, *said),
        )
        self.db.execute(
            "INSERT INTO sight SELECT ?, ?, id, ? FROM content WHERE digest = ?", (page, i, entry.place, digest)
        )

    def _reject(self, page: int, i: int, row: Reject) -> None:
        capture = self.capture
        self.db.execute(
            "INSERT INTO reject VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (digest_of("row", page, i), self.run, page, i, capture.url, capture.file, capture.digest, self.key.listing,
             row.reason, row.message, row.text, row.place, capture.offset),
        )  # fmt: skip
