"""What a crawl has still to fetch beside listings: what the ledger lacks, nothing else."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from harvester.ledger.addresses import own_addresses
from harvester.sites import Site

# The entries of a listing that have an address: those of its last walk in their order, then those that only earlier
# ones showed. With each, when what it says was first seen.
_SHOWN = """
SELECT content.url, content.id FROM sight JOIN content ON content.id = sight.content
JOIN page ON page.id = sight.page JOIN walk ON walk.id = page.walk
WHERE walk.kind = 'live' AND walk.listing = ? AND walk.sort IS ? AND content.url IS NOT NULL
ORDER BY walk.id DESC, page.first, page.id, sight.row
"""
# As in the projection: what a crawl fetched is as old as the crawl.
_AGE = "coalesce(capture.crawl, CASE run.kind WHEN 'crawl' THEN run.started ELSE capture.captured_at END, '')"
_FIRST_SEEN = f"""
SELECT sight.content, min({_AGE}) FROM sight JOIN page ON page.id = sight.page JOIN walk ON walk.id = page.walk
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
WHERE walk.kind = 'live' GROUP BY sight.content
"""
_DOCUMENTS = f"""
SELECT json_extract(document.said, '$.url'), {_AGE}, document.said FROM document
JOIN page ON page.id = document.page JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
ORDER BY 2, capture.digest DESC
"""
_FETCHED = "SELECT capture.url FROM file JOIN capture ON capture.id = file.capture"


@dataclass(frozen=True, slots=True)
class Due:
    """Addresses to ask for, in order; `held` counts those that are not asked for, as they are held."""

    urls: tuple[str, ...]
    held: int

    @property
    def total(self) -> int:
        """Return how many there are in all."""
        return len(self.urls) + self.held


def due_documents(db: sqlite3.Connection, site: Site, listings: Collection[tuple[str, str | None]]) -> Due:
    """Return the documents of some listings (with their order) that are to be fetched, by the address shown.

    Those are the documents of which no page is held, and those of which a listing shows something that was first seen
    after the newest page had been fetched.
    """
    own = own_addresses(db, site)
    fetched = {own.get(address, address): age for address, age, _ in db.execute(_DOCUMENTS)}  # the newest comes last
    first_seen: dict[int, str] = dict(db.execute(_FIRST_SEEN))
    due: dict[str, str] = {}
    shown: set[str] = set()
    for url, content in _shown(db, listings):
        document = own.get(url, url)
        shown.add(document)
        if document not in fetched or first_seen[content] > fetched[document]:
            due.setdefault(document, url)
    return Due(tuple(due.values()), len(shown) - len(due))


def due_files(db: sqlite3.Connection, site: Site, listings: Collection[tuple[str, str | None]]) -> Due:
    """Return the files of the documents of some listings that are not held, each once, in the order of the documents.

    Files of other sites are among them: that they are not fetched is to be told.
    """
    return files_of(db, site, (url for url, _ in _shown(db, listings)))


def files_of(db: sqlite3.Connection, site: Site, shown: Iterable[str]) -> Due:
    """Return the files that the documents at some addresses offer and that are not held, each once."""
    promised = promised_files(db, site, shown)
    held = {url for (url,) in db.execute(_FETCHED)}
    return Due(tuple(url for url in promised if url not in held), sum(url in held for url in promised))


def promised_files(db: sqlite3.Connection, site: Site, shown: Iterable[str] | None = None) -> list[str]:
    """Return the files that the documents at some addresses offer by their newest pages; None for all documents."""
    own = own_addresses(db, site)
    said = {own.get(address, address): text for address, _, text in db.execute(_DOCUMENTS)}
    documents = said if shown is None else dict.fromkeys(own.get(url, url) for url in shown)
    told = (json.loads(said[document])["files"] for document in documents if document in said)
    return list(dict.fromkeys(link["url"] for links in told for link in links))


def _shown(db: sqlite3.Connection, listings: Collection[tuple[str, str | None]]) -> Iterator[tuple[str, int]]:
    return chain.from_iterable(db.execute(_SHOWN, listing) for listing in listings)
