"""Reads the ledger out as what is published: records with their captures, rejects, and the pages of each walk."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from harvester.coverage import Coverage, SeenPage, account
from harvester.dates import read_printed
from harvester.harvest.records import record_of
from harvester.identity import linked_id, linkless_id
from harvester.items import Entry, Record
from harvester.ledger.ledger import Ledger
from harvester.sites import Site
from harvester.text import squash

# The best medium first (html sorts before text), then the newest, then the digest; within one live run listing and
# position stand for the clock, so that two crawls of the same pages publish the same bytes.
_SIGHTS = """
SELECT known.record, known.matched_by, content.url AS link, content.date_text, content.title, content.summary,
       content.digest AS content, capture.url, capture.captured_at, capture.digest, capture.medium, capture.file,
       capture.position AS offset, walk.id AS walk, walk.kind, walk.listing, walk.label, walk.sort, walk.scope,
       page.id AS page, sight.row, page.first, page.last, page.total,
       CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + sight.row END AS position,
       run.id AS run, CASE walk.kind WHEN 'live' THEN run.started ELSE coalesce(capture.captured_at, '') END AS seen_at
FROM known
JOIN sight ON sight.page = known.page AND sight.row = known.row
JOIN content ON content.id = sight.content
JOIN sized AS page ON page.id = sight.page
JOIN capture ON capture.id = page.capture
JOIN walk ON walk.id = page.walk
JOIN run ON run.id = capture.run
ORDER BY known.record, capture.medium, seen_at DESC, walk.listing, position, capture.digest, sight.row
"""


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk's account, and what is told of it in coverage.json."""

    number: int
    kind: str
    listing: str | None
    label: str | None
    order: str | None
    scope: str
    proving: bool
    told_apart: bool
    run: int
    coverage: Coverage
    remarks: tuple[str, ...]


class Projection:
    """What a ledger amounts to now. Identity is settled over everything seen, so no order of arrival matters."""

    def __init__(self, ledger: Ledger, site: Site) -> None:
        self.db = ledger.db
        self.site = site
        self.ambiguous: set[int] = set()  # walks in which equal entries without links stand apart
        self._settle()

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
            yield record, {"id": record_id, "captures": [_told(sight) for sight in _kept(sights)]}

    def rejects(self) -> Iterator[dict[str, Any]]:
        """Yield what could not be read, in a fixed order; of a listing crawled again only what its last walk met."""
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        query = """
            SELECT reject.reason, reject.message, reject.text, reject.place, reject.url, reject.file, reject.digest,
                   reject.listing, page.walk, page.id AS page, reject.row, page.first, page.last, page.total,
                   CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + reject.row END AS position
            FROM reject LEFT JOIN sized AS page ON page.id = reject.page LEFT JOIN walk ON walk.id = page.walk
            WHERE reject.listing IS NULL OR coalesce(walk.kind, 'live') = 'captured' OR reject.run =
                (SELECT max(run) FROM walk AS other WHERE other.kind = 'live' AND other.listing = reject.listing)
            ORDER BY coalesce(reject.url, ''), coalesce(reject.file, ''), reject.digest, reject.row, reject.reason
        """
        for row in cursor.execute(query):
            told = dict(row)
            yield {"site": self.site.name, **_without_counter(told), "counter": _counter(told)}

    def walks(self) -> list[Walked]:
        """Return the account of every walk that read a page, and of all of the last run, by number."""
        rows = self.db.execute(
            "SELECT id, kind, listing, label, sort, scope, proving, run FROM walk"
            " WHERE run = (SELECT max(id) FROM run) OR id IN (SELECT walk FROM page) ORDER BY id"
        ).fetchall()
        walked = []
        for number, kind, listing, label, order, scope, proving, run in rows:
            remarks = self.db.execute("SELECT text FROM remark WHERE walk = ? ORDER BY text", (number,)).fetchall()
            coverage = account(self._pages(number), proving=bool(proving), live=kind == "live")
            told_apart = number not in self.ambiguous
            told = tuple(text for (text,) in remarks)
            walked.append(
                Walked(number, kind, listing, label, order, scope, bool(proving), told_apart, run, coverage, told)
            )
        return walked

    def _pages(self, walk: int) -> list[SeenPage]:
        pages = self.db.execute(
            "SELECT id, first, last, total FROM page WHERE walk = ? ORDER BY id", (walk,)
        ).fetchall()
        seen = []
        for page, first, last, total in pages:
            rows = self._rows(page)
            keys, titles = tuple(key for key, _ in rows), tuple(title for _, title in rows)
            seen.append(SeenPage(first, last, total, keys, walk not in self.ambiguous, titles))
        return seen

    def _rows(self, page: int) -> list[tuple[str | None, str | None]]:
        """Return the record and the title of each row of a page; None for a reject."""
        rows = self.db.execute(
            "SELECT sight.row, known.record, said.title FROM sight JOIN said ON said.content = sight.content"
            " JOIN known ON known.page = sight.page AND known.row = sight.row WHERE sight.page = ?"
            " UNION ALL SELECT row, NULL, NULL FROM reject WHERE page = ? ORDER BY 1",
            (page, page),
        )
        return [(record, title) for _, record, title in rows]

    def _settle(self) -> None:
        """Give every sight its record: by its link; else by date and title, joined to a link where that is certain."""
        self.db.executescript(
            """
            DROP TABLE IF EXISTS temp.known; DROP TABLE IF EXISTS temp.said; DROP TABLE IF EXISTS temp.sized;
            CREATE TEMP TABLE said
                (content INTEGER PRIMARY KEY, url TEXT, date TEXT, line TEXT, title TEXT, record TEXT);
            CREATE TEMP TABLE known (page INTEGER, row INTEGER, record TEXT, matched_by TEXT, PRIMARY KEY (page, row));
            CREATE TEMP TABLE sized AS SELECT page.*, (SELECT count(*) FROM main.sight WHERE sight.page = page.id)
                + (SELECT count(*) FROM main.reject WHERE reject.page = page.id) AS rows FROM main.page;
            CREATE UNIQUE INDEX temp.sized_id ON sized (id);
            """
        )
        contents = self.db.execute("SELECT id, url, date_text, title FROM content")
        self.db.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)", map(self._say, contents))
        self.db.execute("CREATE INDEX temp.said_title ON said (title, date)")
        self.db.execute(
            "INSERT INTO known SELECT sight.page, sight.row, said.record, 'link' FROM sight"
            " JOIN said ON said.content = sight.content WHERE said.url IS NOT NULL"
        )
        self._settle_linkless()
        self.db.execute("CREATE INDEX temp.known_record ON known (record)")

    def _say(
        self, content: tuple[int, str | None, str | None, str]
    ) -> tuple[int, str | None, str | None, str, str, str | None]:
        number, url, line, title = content
        date = read_printed(line, self.site.dates).date
        return number, url, date, squash(line or ""), squash(title), linked_id(self.site.name, url) if url else None

    def _settle_linkless(self) -> None:
        """Number the equal entries of each walk by their place, then look for the one record that each may join."""
        rows = self.db.execute(
            """
            SELECT said.line, said.title, said.date, page.walk, coalesce(page.first, 0), sight.row, sight.page
            FROM sight JOIN said ON said.content = sight.content JOIN page ON page.id = sight.page
            WHERE said.url IS NULL ORDER BY 1, 2, 4, 5, 6, 7
            """
        ).fetchall()
        for (line, title, date), group in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
            sights = list(group)
            places: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for *_, walk, first, row, _page in sights:
                if (first, row) not in places[walk]:
                    places[walk].append((first, row))
            twins = {walk for walk, seen in places.items() if len({first + row for first, row in seen}) > 1}
            self.ambiguous |= twins
            joined = None if twins else self._joined(date, line, title)
            for *_, walk, first, row, page in sights:
                ordinal = _ordinal(places[walk], first, row)
                record = joined or linkless_id(self.site.name, line, title, ordinal)
                how = "date and title" if joined else "itself"
                self.db.execute("INSERT INTO known VALUES (?, ?, ?, ?)", (page, row, record, how))

    def _joined(self, date: str | None, line: str, title: str) -> str | None:
        """Return the one linked record of that date and title, if no other entry without a link could be meant.

        An unknown date matches nothing: two unknowns are no evidence.
        """
        if date is None:
            return None
        linked = self.db.execute(
            "SELECT DISTINCT record FROM said WHERE title = ? AND date = ? AND url IS NOT NULL", (title, date)
        ).fetchall()
        lines = self.db.execute(
            "SELECT DISTINCT line FROM said WHERE title = ? AND date = ? AND url IS NULL", (title, date)
        ).fetchall()
        return str(linked[0][0]) if len(linked) == 1 and [line] == [text for (text,) in lines] else None


def _ordinal(places: list[tuple[int, int]], first: int, row: int) -> int:
    """Return which of several equal entries in one walk stands at a place, counted from 1."""
    positions = sorted({a + b for a, b in places})
    return positions.index(first + row) + 1


def _kept(sights: list[sqlite3.Row]) -> list[sqlite3.Row]:
    """Leave out what a night after night would repeat: of each listing the first walk, the last, and the changes."""
    kept: list[sqlite3.Row] = []
    lineage = itemgetter("kind", "listing", "label", "sort", "scope")
    ordered = sorted(
        sights, key=lambda s: (_text(lineage(s)), s["walk"], s["seen_at"], s["position"] or 0, s["digest"])
    )
    for _, group in groupby(ordered, key=lambda s: _text(lineage(s))):
        line = list(group)
        ends = {line[0]["walk"], line[-1]["walk"]}
        before = None
        for sight in line:
            if sight["walk"] in ends or sight["content"] != before:
                kept.append(sight)
            before = sight["content"]
    return kept


def _text(parts: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(part or "" for part in parts)


def _told(sight: sqlite3.Row) -> dict[str, Any]:
    names = ("url", "captured_at", "digest", "file", "offset", "listing", "position", "medium", "matched_by", "walk")
    told = {name: sight[name] for name in (*names, "page", "row")}
    return {**told, "counter": _counter(dict(sight)), "order": sight["sort"], "content": sight["content"]}


def _counter(told: dict[str, Any]) -> list[int] | None:
    return None if told["total"] is None else [told["first"], told["last"], told["total"]]


def _without_counter(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in {"first", "last", "total"}}


def coverage_as_data(walked: Walked) -> dict[str, Any]:
    """Return a walk's account as plain data, ranges as lists."""
    data = asdict(walked.coverage)
    data["duplicates"] = [{"id": key, "positions": list(at)} for key, at in walked.coverage.duplicates.items()]
    return {name: [list(v) if isinstance(v, tuple) else v for v in value] if isinstance(value, tuple) else value
            for name, value in data.items()}  # fmt: skip
