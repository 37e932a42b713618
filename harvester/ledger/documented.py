"""Reads the documents out of a settled ledger: what the newest page of each says, and where its listing disagrees."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from harvester.dates import read_printed
from harvester.harvest.documents import document_line, file_name
from harvester.ledger.addresses import Known
from harvester.ledger.times import SEEN_AT
from harvester.sites import Site
from harvester.text import squash

# The newest page gives the document, whole.
_GIVING = f"""
SELECT known.record, document.page, known.link, capture.url, capture.file, capture.position, capture.digest,
       capture.captured_at
FROM document JOIN known ON known.page = document.page JOIN page ON page.id = document.page
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
ORDER BY known.record, {SEEN_AT} DESC, capture.digest, capture.url, capture.file, capture.position
"""
# As in the projection: of the listings' captures of a record the one that would give it.
_LISTED = f"""
SELECT known.record, content.date_text, content.title
FROM known JOIN sight ON sight.page = known.page AND sight.row = known.row JOIN content ON content.id = sight.content
JOIN page ON page.id = known.page JOIN walk ON walk.id = page.walk
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
WHERE walk.kind != 'documents'
AND known.record IN (SELECT record FROM known AS paged JOIN document ON document.page = paged.page)
ORDER BY known.record, capture.medium, {SEEN_AT} DESC, walk.pass DESC, walk.listing,
    CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + sight.row END, capture.digest, sight.row
"""
_FILES = f"""
SELECT capture.url, file.type, file.size, capture.digest FROM file
JOIN capture ON capture.id = file.capture JOIN run ON run.id = capture.run
ORDER BY {SEEN_AT}, capture.digest DESC
"""


@dataclass(frozen=True, slots=True)
class Giving:
    """The page that gives a document: its record, the address that it is known by, where the page lies."""

    record: str
    page: int
    link: str
    url: str | None
    file: str | None
    offset: int | None
    digest: str
    captured_at: str | None

    def said(self, db: sqlite3.Connection) -> dict[str, Any]:
        """Return what the page says."""
        told = db.execute("SELECT said FROM document WHERE page = ?", (self.page,)).fetchone()[0]
        return dict(orjson.loads(told))


def giving_pages(db: sqlite3.Connection) -> Iterator[Giving]:
    """Yield the page that gives each document, sorted by the record's id."""
    for _, pages in groupby(db.execute(_GIVING), key=lambda row: row[0]):
        yield Giving(*next(pages))


def document_lines(db: sqlite3.Connection, site: Site, known: Iterable[Known]) -> Iterator[dict[str, Any]]:
    """Yield a line of documents.jsonl for each document, sorted by id."""
    aliases = {one.record: one.joined.addresses for one in known}
    listed: dict[str, tuple[str | None, str]] = {}
    for record, date_text, title in db.execute(_LISTED):
        listed.setdefault(record, (date_text, title))
    files = {
        url: {"type": media_type, "bytes": size, "hash": digest, "file": file_name(digest, media_type)}
        for url, media_type, size, digest in db.execute(_FILES)
    }
    for giving in giving_pages(db):
        said = giving.said(db)
        yield document_line(
            said, site, giving.record, giving.link, aliases=aliases[giving.record], files=files,
            differs=_differences(listed.get(giving.record), said, site), published=True,
        )  # fmt: skip


def unknown_parts(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Yield the parts that were not read of the pages that give documents, sorted by the record's id."""
    for giving in giving_pages(db):
        for unknown in giving.said(db)["unknown"]:
            where = {name: getattr(giving, name) for name in ("url", "file", "offset", "digest", "captured_at")}
            yield {"id": giving.record, **unknown, **where}


def _differences(listed: tuple[str | None, str] | None, said: dict[str, Any], site: Site) -> Iterator[dict[str, Any]]:
    """Yield where a listing and the document's page disagree: titles by their letters, dates by what they mean."""
    if listed is None:
        return
    date_text, title = listed
    if squash(title) != squash(said["title"]):
        yield {"field": "title", "listing": title, "document": said["title"]}
    if read_printed(date_text, site.dates).date != read_printed(said["date_text"], site.dates).date:
        yield {"field": "date", "listing": date_text, "document": said["date_text"]}
