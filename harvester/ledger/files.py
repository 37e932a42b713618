"""Writes a fetched file into the ledger: its capture, its type, its size. The bytes lie in the dataset's folder."""

import sqlite3
from dataclasses import dataclass

from harvester.ledger.keys import digest_of


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that was fetched: `url` on the site's own host, as the document's page links to it.

    `type` is its media type, None if unknown; `size` its bytes; `file` and `offset` say where in an archive it lies;
    `crawl` is the id of the crawl that fetched it where it is replayed from that one's snapshot.
    """

    url: str
    captured_at: str | None
    digest: str
    type: str | None
    size: int
    file: str | None = None
    offset: int | None = None
    crawl: str | None = None


def add_file(db: sqlite3.Connection, run: int, fetched: FetchedFile) -> None:
    """Write a file that was fetched, inside a transaction; the same capture once more changes nothing."""
    where = (fetched.url, fetched.captured_at, fetched.digest, fetched.file, fetched.offset)
    identity = digest_of("file", *where)
    db.execute(
        "INSERT OR IGNORE INTO capture (identity, run, url, captured_at, digest, medium, file, position, crawl)"
        " VALUES (?, ?, ?, ?, ?, 'file', ?, ?, ?)",
        (identity, run, *where, fetched.crawl),
    )
    capture = db.execute("SELECT id FROM capture WHERE identity = ?", (identity,)).fetchone()[0]
    db.execute("INSERT OR IGNORE INTO file VALUES (?, ?, ?)", (capture, fetched.type, fetched.size))
