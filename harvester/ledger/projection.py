"""Reads the ledger out as what is published: records with their captures, and rejects."""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

from harvester.harvest.records import record_of
from harvester.identity import content_digest
from harvester.items import Entry, Record
from harvester.ledger.documented import document_lines
from harvester.ledger.rejected import reject_lines
from harvester.ledger.settle import Settlement
from harvester.ledger.texts import held_text
from harvester.ledger.times import SEEN_AT
from harvester.ledger.walks import Walked, last_walks
from harvester.ledger.withdrawn import find_gone
from harvester.sites import Site

# The best medium first (html sorts before text), so that a text extract never hides what a page has; a listing before
# the document's own page, then the newest, then the digest. In one live run pass, listing and position stand for the
# clock (see SEEN_AT).
_SIGHTS = f"""
SELECT known.record, known.matched_by, known.link, known.alone, content.url AS shown, content.date_text, content.title,
       content.summary, content.digest AS content, capture.url, capture.captured_at, capture.digest, capture.medium,
       capture.file, capture.position AS offset, walk.id AS walk, walk.kind, walk.listing, walk.label, walk.sort,
       walk.scope, page.id AS page, sight.row, page.first, page.last, page.total,
       CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + sight.row END AS position,
       run.id AS run, {SEEN_AT} AS seen_at
FROM known
JOIN sight ON sight.page = known.page AND sight.row = known.row
JOIN content ON content.id = sight.content
JOIN page ON page.id = sight.page
JOIN capture ON capture.id = page.capture
JOIN walk ON walk.id = page.walk
JOIN run ON run.id = capture.run
ORDER BY known.record, capture.medium, walk.kind = 'documents', seen_at DESC, walk.pass DESC, walk.listing, position,
         capture.digest, sight.row, capture.url, capture.file, capture.position
"""
# Walks of crawls, to the end or stopped early.
_LIVE = frozenset({"live", "incremental"})


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
        self.settlement = Settlement(self.db, site)
        self.walks: list[Walked] = last_walks(self.db, self.settlement.ambiguous, site.whole)
        self.gone = find_gone(self.db, self.walks, self.settlement.ambiguous, site.whole)
        self.spent: list[tuple[int, int]] = []
        before = self.db.execute("SELECT before FROM walk WHERE id IN (SELECT id FROM last_walk)")
        told = {number for walked in self.walks for number in (walked.number, walked.before) if number is not None}
        self._leaned_on = {walk for (walk,) in before if walk is not None} | told

    def records(self) -> Iterator[tuple[Record, dict[str, Any]]]:
        """Yield every record, sorted by id, with its line of provenance.

        `merged` in that are the other ids under which captures of the record would stand by themselves: an entry that
        shows another of its addresses, or none; so whoever cites such an id finds the record.
        """
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        for record_id, group in groupby(cursor.execute(_SIGHTS), key=itemgetter("record")):
            sights = list(group)
            best = sights[0]
            entry = Entry(best["date_text"], best["title"], best["summary"], best["link"], "")
            listings = {sight["listing"] for sight in sights if sight["listing"] is not None}
            absences = self.gone.withdrawn.get(record_id, ())
            record = record_of(entry, self.site, listings=listings, record_id=record_id, withdrawn=bool(absences))
            kept = _kept(sights, self._leaned_on)
            self.spent += _spent(sights, kept, self.settlement.evidence)
            merged = sorted({sight["alone"] for sight in sights} - {record_id})
            yield (
                record,
                {
                    "id": record_id,
                    "merged": merged,
                    "withdrawn_by": [asdict(absence) for absence in absences],
                    "captures": [_told(sight) for sight in kept],
                },
            )

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield a line of documents.jsonl for each record whose document's page was read, sorted by id."""
        return document_lines(self.db, self.site, self.settlement.documents)

    def text(self, digest: str) -> bytes:
        """Return a text's published bytes by its digest; raises DatasetDamaged if it is not held."""
        return held_text(self.db, digest)

    def rejects(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of rejects.jsonl, in a fixed order."""
        return reject_lines(self.db, self.site.name, self.settlement.documents, self._leaned_on)


def _kept(sights: list[sqlite3.Row], leaned_on: set[int]) -> list[sqlite3.Row]:
    """Leave out what a night after night would repeat: of each listing the first walk, the last, and the changes.

    `leaned_on` are the walks that are accounted for, and those that a verdict on them rests on; they are kept whole.
    """
    kept: list[sqlite3.Row] = []
    ordered = sorted(sights, key=lambda s: (_lineage(s), s["walk"], s["seen_at"], s["position"] or 0, s["digest"]))
    for _, group in groupby(ordered, key=_lineage):
        line = list(group)
        ends = {line[0]["walk"], line[-1]["walk"]} | leaned_on
        before = None
        for sight in line:
            said = (sight["content"], sight["medium"])
            if sight["walk"] in ends or said != before:
                kept.append(sight)
            before = said
    return kept


def _spent(sights: list[sqlite3.Row], kept: list[sqlite3.Row], evidence: set[str]) -> Iterator[tuple[int, int]]:
    """Yield the sights of live walks that are not kept.

    Those of entries without a link stay: how many equal ones a walk showed is what their identity is judged by. So do
    those of addresses that are `evidence`.
    """
    places = {(sight["page"], sight["row"]) for sight in kept}
    for sight in sights:
        place = (sight["page"], sight["row"])
        judged = sight["shown"] is None or sight["shown"] in evidence
        if sight["kind"] in _LIVE and not judged and place not in places:
            yield place


def _lineage(sight: sqlite3.Row) -> tuple[str, ...]:
    """Return what walks of one listing share, whether they came to their end or stopped early."""
    kind = "live" if sight["kind"] in _LIVE else sight["kind"]
    return (kind, *(sight[name] or "" for name in ("listing", "label", "sort", "scope")))


def _told(sight: sqlite3.Row) -> dict[str, Any]:
    names = ("url", "captured_at", "digest", "file", "offset", "listing", "position", "medium", "matched_by", "walk")
    told = {name: sight[name] for name in (*names, "page", "row")}
    # What an entry says is told with the address that the record is known by, so that it can be compared with that.
    told["content"] = content_digest(sight["link"], sight["date_text"], sight["title"], sight["summary"])
    told["kind"] = "document" if sight["kind"] == "documents" else "listing"
    counter = None if sight["total"] is None else [sight["first"], sight["last"], sight["total"]]
    return {**told, "counter": counter, "order": sight["sort"]}
