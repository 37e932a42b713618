"""Reads the ledger out as what is published: records with their captures, and rejects."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

import orjson

from harvester.harvest.documents import document_line
from harvester.harvest.records import record_of
from harvester.identity import content_digest
from harvester.items import Entry, Record
from harvester.ledger.settle import Settlement
from harvester.ledger.walks import Walked, last_walks
from harvester.sites import Site

# A listing before the document's own page, the best medium first (html sorts before text), then the newest, then the
# digest; in one live run pass, listing and position stand for the clock, so that two crawls of the same pages publish
# the same bytes.
_SIGHTS = """
SELECT known.record, known.matched_by, said.url AS link, content.url AS shown, content.date_text, content.title,
       content.summary, content.digest AS content, capture.url, capture.captured_at, capture.digest, capture.medium,
       capture.file, capture.position AS offset, walk.id AS walk, walk.kind, walk.listing, walk.label, walk.sort,
       walk.scope, page.id AS page, sight.row, page.first, page.last, page.total,
       CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + sight.row END AS position,
       run.id AS run,
       coalesce(capture.crawl, CASE run.kind WHEN 'crawl' THEN run.started ELSE capture.captured_at END, '') AS seen_at
FROM known
JOIN sight ON sight.page = known.page AND sight.row = known.row
JOIN content ON content.id = sight.content
JOIN said ON said.content = sight.content
JOIN page ON page.id = sight.page
JOIN capture ON capture.id = page.capture
JOIN walk ON walk.id = page.walk
JOIN run ON run.id = capture.run
ORDER BY known.record, walk.kind = 'documents', capture.medium, seen_at DESC, walk.pass DESC, walk.listing, position,
         capture.digest, sight.row
"""

# The newest page gives the document, whole.
_DOCUMENTS = """
SELECT known.record, said.url, document.said
FROM document JOIN page ON page.id = document.page JOIN known ON known.page = page.id
JOIN sight ON sight.page = page.id JOIN said ON said.content = sight.content
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
ORDER BY known.record,
    coalesce(capture.crawl, CASE run.kind WHEN 'crawl' THEN run.started ELSE capture.captured_at END, '') DESC,
    capture.digest
"""


class HasDatabase(Protocol):
    """A ledger, or a copy of one as it was."""

    db: sqlite3.Connection


class Projection:
    """What a ledger amounts to now. Identity is settled over everything seen, so no order of arrival matters.

    `walks` are the last walks of each listing. `spent`, known when the records were read out, are the sights (page,
    row) that nothing published tells of, and nothing later will.
    """

    def __init__(self, ledger: HasDatabase, site: Site) -> None:
        self.db = ledger.db
        self.site = site
        ambiguous = Settlement(self.db, site).ambiguous
        self.walks: list[Walked] = last_walks(self.db, ambiguous, site.whole)
        self.spent: list[tuple[int, int]] = []
        before = self.db.execute("SELECT before FROM walk WHERE id IN (SELECT id FROM last_walk)")
        told = {number for walked in self.walks for number in (walked.number, walked.before) if number is not None}
        self._leaned_on = {walk for (walk,) in before if walk is not None} | told

    def records(self) -> Iterator[tuple[Record, dict[str, Any]]]:
        """Yield every record, sorted by id, with its line of provenance."""
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        for record_id, group in groupby(cursor.execute(_SIGHTS), key=itemgetter("record")):
            sights = list(group)
            best = sights[0]
            entry = Entry(best["date_text"], best["title"], best["summary"], best["link"], "")
            listings = {sight["listing"] for sight in sights if sight["listing"] is not None}
            record = record_of(entry, self.site, listings=listings, record_id=record_id)
            kept = _kept(sights, self._leaned_on)
            self.spent += _spent(sights, kept)
            yield record, {"id": record_id, "captures": [_told(sight) for sight in kept]}

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield a line of documents.jsonl for each record whose document's page was read, sorted by id."""
        cursor = self.db.cursor()
        for record_id, group in groupby(cursor.execute(_DOCUMENTS), key=itemgetter(0)):
            pages = list(group)
            _, url, said = pages[0]
            told = orjson.loads(said)
            yield document_line(told, self.site, record_id, url, aliases=told["addresses"], published=True)

    def text(self, digest: str) -> bytes:
        """Return the bytes of a text that a line of documents.jsonl lists, by its digest."""
        packed = self.db.execute("SELECT packed FROM text WHERE digest = ?", (digest,)).fetchone()[0]
        return zlib.decompress(packed)

    def rejects(self) -> Iterator[dict[str, Any]]:
        """Yield what could not be read, in a fixed order; of a listing crawled again only what its last walk met.

        Rows go with the walk that is accounted for, whichever runs tried in vain since; pages that never came, with
        the run that asked for them last.
        """
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        query = """
            SELECT reject.reason, reject.message, reject.text, reject.place, reject.url, reject.file, reject.digest,
                   reject.position AS offset, reject.listing, page.walk, page.id AS page, reject.row, page.first,
                   page.last, page.total, capture.captured_at,
                   CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + reject.row END AS position
            FROM reject LEFT JOIN page ON page.id = reject.page LEFT JOIN walk ON walk.id = page.walk
            LEFT JOIN capture ON capture.id = page.capture
            WHERE reject.listing IS NULL OR walk.kind = 'captured' OR walk.id IN (SELECT value FROM json_each(?))
                OR (walk.id IS NULL AND reject.run IN
                    (SELECT max(run) FROM walk AS other WHERE other.listing = reject.listing GROUP BY other.kind))
            ORDER BY coalesce(reject.url, ''), coalesce(reject.file, ''), reject.position, reject.digest, reject.row,
                reject.reason
        """
        for row in cursor.execute(query, (json.dumps(sorted(self._leaned_on)),)):
            told = dict(row)
            yield {"site": self.site.name, **_without_counter(told), "counter": _counter(told)}


def _kept(sights: list[sqlite3.Row], leaned_on: set[int]) -> list[sqlite3.Row]:
    """Leave out what a night after night would repeat: of each listing the first walk, the last, and the changes.

    `leaned_on` are the walks that are accounted for, and those that a verdict on them rests on; they are kept whole.
    """
    kept: list[sqlite3.Row] = []
    lineage = itemgetter("kind", "listing", "label", "sort", "scope")
    ordered = sorted(
        sights, key=lambda s: (_text(lineage(s)), s["walk"], s["seen_at"], s["position"] or 0, s["digest"])
    )
    for _, group in groupby(ordered, key=lambda s: _text(lineage(s))):
        line = list(group)
        ends = {line[0]["walk"], line[-1]["walk"]} | leaned_on
        before = None
        for sight in line:
            said = (sight["content"], sight["medium"])
            if sight["walk"] in ends or said != before:
                kept.append(sight)
            before = said
    return kept


def _spent(sights: list[sqlite3.Row], kept: list[sqlite3.Row]) -> Iterator[tuple[int, int]]:
    """Yield the sights of live walks that are not kept.

    Those of entries without a link stay: how many equal ones a walk showed is what their identity is judged by.
    """
    places = {(sight["page"], sight["row"]) for sight in kept}
    for sight in sights:
        place = (sight["page"], sight["row"])
        if sight["kind"] == "live" and sight["link"] is not None and place not in places:
            yield place


def _text(parts: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(part or "" for part in parts)


def _told(sight: sqlite3.Row) -> dict[str, Any]:
    names = ("url", "captured_at", "digest", "file", "offset", "listing", "position", "medium", "matched_by", "walk")
    told = {name: sight[name] for name in (*names, "page", "row")}
    content = sight["content"]
    if sight["shown"] != sight["link"]:  # by another of its addresses: what it says is told with that of the record
        content = content_digest(sight["link"], sight["date_text"], sight["title"], sight["summary"])
    told["kind"] = "document" if sight["kind"] == "documents" else "listing"
    return {**told, "counter": _counter(dict(sight)), "order": sight["sort"], "content": content}


def _counter(told: dict[str, Any]) -> list[int] | None:
    return None if told["total"] is None else [told["first"], told["last"], told["total"]]


def _without_counter(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in {"first", "last", "total"}}
