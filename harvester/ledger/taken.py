"""What a crawl took: what the ledger holds of it, read before it forgets."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

_TAKEN = """
SELECT capture.url, capture.captured_at, capture.digest, capture.position, walk.listing, walk.sort, beginner.started,
       walk.pass, walk.proving, page.first, page.last, page.total,
       EXISTS (SELECT 1 FROM reject WHERE reject.page = page.id AND reject.row = page.rows - 1
               AND reject.reason = 'cut-off')
FROM page
JOIN capture ON capture.id = page.capture
JOIN run ON run.id = capture.run
JOIN walk ON walk.id = page.walk
JOIN run AS beginner ON beginner.id = walk.begun
WHERE walk.kind = 'live' AND run.started = ? AND capture.file = ?
ORDER BY page.id
"""

_DOCUMENTS = """
SELECT page.id, capture.url, capture.captured_at, capture.digest, capture.position, document.said
FROM document JOIN page ON page.id = document.page
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
WHERE run.started = ? AND capture.file = ? ORDER BY page.id
"""

_FILES = """
SELECT capture.url, capture.captured_at, capture.digest, capture.position
FROM file JOIN capture ON capture.id = file.capture JOIN run ON run.id = capture.run
WHERE run.started = ? AND capture.file = ? ORDER BY capture.id
"""


@dataclass(frozen=True, slots=True)
class TakenPage:
    """A page that a crawl took, in which walk of which crawl, and where its capture lies.

    `begun` is the id of the crawl that began the walk: its time. `cut_off` says that its last row was not believed.
    """

    url: str
    captured_at: str
    digest: str
    offset: int
    listing: str
    order: str | None
    begun: str
    number: int
    proving: bool
    counter: tuple[int, int, int] | None
    cut_off: bool


# Of a rebuild the ledger that stands knows only that it was; of a run that was taken over from a published feed nobody
# knows what read its pages.
_CRAWLS = """
SELECT started FROM run WHERE kind = 'crawl' AND readers != '' AND coalesce(command, '') NOT LIKE '% --fresh'
"""


def crawls(db: sqlite3.Connection) -> set[str]:
    """Return the ids of all crawls whose pages a ledger was told."""
    return {started for (started,) in db.execute(_CRAWLS)}


def taken_pages(db: sqlite3.Connection, crawl: str, file: str) -> Iterator[TakenPage]:
    """Yield the pages that a crawl took and the ledger still holds, whose captures lie in a file."""
    for row in db.execute(_TAKEN, (crawl, file)):
        url, captured_at, digest, offset, listing, order, begun, number, proving, first, last, total, cut_off = row
        counter = None if total is None else (first, last, total)
        yield TakenPage(
            url, captured_at, digest, offset, listing, order, begun, number, bool(proving), counter, bool(cut_off)
        )


@dataclass(frozen=True, slots=True)
class TakenDocument:
    """A document's page or file that a crawl took, and where its capture lies.

    `kind` is document or file; `asked` are the addresses that led to it by redirects, its own apart: that one led there
    is more than that the page names it.
    """

    kind: str
    url: str
    captured_at: str
    digest: str
    offset: int
    title: str
    asked: tuple[str, ...] = ()


def taken_documents(db: sqlite3.Connection, crawl: str, file: str) -> Iterator[TakenDocument]:
    """Yield the documents' pages, then the files, that a crawl took and whose captures lie in a file."""
    for page, url, captured_at, digest, offset, text in db.execute(_DOCUMENTS, (crawl, file)):
        said = json.loads(text)
        led = db.execute("SELECT url FROM address WHERE page = ? AND led ORDER BY url", (page,))
        asked = tuple(address for (address,) in led if address not in {said["url"], url})
        yield TakenDocument("document", url, captured_at, digest, offset, said["title"], asked)
    for url, captured_at, digest, offset in db.execute(_FILES, (crawl, file)):
        yield TakenDocument("file", url, captured_at, digest, offset, url.rstrip("/").rpartition("/")[2])
