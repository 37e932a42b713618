"""What a crawl has still to fetch beside listings: what the ledger lacks, nothing else."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harvester.ledger.addresses import own_addresses
from harvester.sites import Site

# As in the projection: what a crawl fetched is as old as the crawl.
_AGE = "coalesce(capture.crawl, CASE run.kind WHEN 'crawl' THEN run.started ELSE capture.captured_at END, '')"
# The entries of a listing that have an address: those of its last walk in their order, then those that only earlier
# ones showed. With each, when that was, and when what it says was first seen.
_SHOWN = f"""
SELECT content.url, content.id, {_AGE} FROM sight JOIN content ON content.id = sight.content
JOIN page ON page.id = sight.page JOIN walk ON walk.id = page.walk
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
WHERE walk.kind IN ('live', 'incremental') AND walk.listing = ? AND walk.sort IS ? AND content.url IS NOT NULL
ORDER BY walk.id DESC, page.first, page.id, sight.row
"""
_FIRST_SEEN = f"""
SELECT sight.content, min({_AGE}) FROM sight JOIN page ON page.id = sight.page JOIN walk ON walk.id = page.walk
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
WHERE walk.kind IN ('live', 'incremental') GROUP BY sight.content
"""
_DOCUMENTS = f"""
SELECT json_extract(document.said, '$.url'), {_AGE}, document.said FROM document
JOIN page ON page.id = document.page JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
ORDER BY 2, capture.digest DESC
"""
_FETCHED = "SELECT capture.url FROM file JOIN capture ON capture.id = file.capture"


class _Sight(NamedTuple):
    url: str
    content: int
    age: str


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
    after the newest page had been fetched, or something else than it showed then.
    """
    own = own_addresses(db, site)
    fetched = {own.get(address, address): age for address, age, _ in db.execute(_DOCUMENTS)}  # the newest comes last
    first_seen: dict[int, str] = dict(db.execute(_FIRST_SEEN))
    due: dict[str, str] = {}
    shown: set[str] = set()
    for listing in listings:
        for document, sights in _sights(db, own, listing).items():
            shown.add(document)
            if document not in fetched or _is_news(sights, first_seen, fetched[document]):
                due.setdefault(document, sights[0].url)
    return Due(tuple(due.values()), len(shown) - len(due))


def _sights(db: sqlite3.Connection, own: Mapping[str, str], listing: tuple[str, str | None]) -> dict[str, list[_Sight]]:
    sights: dict[str, list[_Sight]] = {}
    for sight in map(_Sight._make, db.execute(_SHOWN, listing)):
        sights.setdefault(own.get(sight.url, sight.url), []).append(sight)
    return sights


def _is_news(sights: Sequence[_Sight], first_seen: Mapping[int, str], fetched: str) -> bool:
    """Return whether a listing tells of a document what it did not when the newest page was fetched.

    That may be what it had told before, and took back since. Where a listing shows a document twice, in two ways, there
    is no telling which of them was taken back.
    """
    if any(first_seen[sight.content] > fetched for sight in sights):
        return True
    now, then = _latest(sights), _latest([sight for sight in sights if sight.age <= fetched])
    return len(now) == 1 and bool(then) and not now <= then


def _latest(sights: Sequence[_Sight]) -> set[int]:
    """Return what the newest of some sights tell."""
    newest = max((sight.age for sight in sights), default="")
    return {sight.content for sight in sights if sight.age == newest}


def due_files(db: sqlite3.Connection, site: Site, listings: Collection[tuple[str, str | None]]) -> Due:
    """Return the files of the documents of some listings that are not held, each once, in the order of the documents.

    Files of other sites are among them: that they are not fetched is to be told.
    """
    return files_of(db, site, (url for listing in listings for url, _, _ in db.execute(_SHOWN, listing)))


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
