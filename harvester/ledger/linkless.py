"""Gives entries without a link their record: that of the same date and whole title if it is the only one, else one."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from harvester.identity import joining_key, linkless_id, may_join
from harvester.sites import Site

# What is printed of records that have a link: `by` is 0 in listings, 1 on a document's page that no listing shows, 2
# on one that some listing shows.
_PRINTS = """
DROP TABLE IF EXISTS temp.print;
CREATE TEMP TABLE print AS
SELECT DISTINCT known.record, known.link, said.date, said.title, walk.kind = 'documents' AS by
FROM known JOIN sight ON sight.page = known.page AND sight.row = known.row JOIN said ON said.content = sight.content
JOIN page ON page.id = known.page JOIN walk ON walk.id = page.walk;
UPDATE temp.print SET by = 2 WHERE by = 1 AND record IN (SELECT record FROM temp.print WHERE by = 0);
CREATE INDEX temp.print_title ON print (title, date);
"""
_LINKLESS = """
SELECT said.line, said.title, said.date, page.walk, coalesce(page.first, 0), sight.row, sight.page
FROM sight JOIN said ON said.content = sight.content JOIN page ON page.id = sight.page
WHERE said.record IS NULL ORDER BY 1, 2, 4, 5, 6, 7
"""


@dataclass(frozen=True, slots=True)
class _Match:
    """The record that an entry joins, its link, and whether only document pages are evidence of it."""

    record: str
    link: str
    by_pages: bool


class _Entry:
    """Equal entries without a link: where they stand in each walk, and the record that they may join."""

    def __init__(self, line: str, title: str, date: str | None, sights: list[tuple[int, int, int, int]]) -> None:
        self.line = line
        self.title = title
        self.date = date
        self.sights = sights
        self.places: dict[int, set[int]] = defaultdict(set)
        for walk, first, row, _ in sights:
            self.places[walk].add(first + row)
        self.twins = {walk for walk, places in self.places.items() if len(places) > 1}
        self.match: _Match | None = None

    def known(self, site: str) -> Iterator[tuple[int, int, str, str | None, str, str]]:
        """Yield what each sight is of; several equal entries of a walk are numbered by their place."""
        for walk, first, row, page in self.sights:
            ordinal = sorted(self.places[walk]).index(first + row) + 1
            alone = linkless_id(site, self.line, self.title, ordinal)
            if self.match is not None:
                yield page, row, self.match.record, self.match.link, alone, "date and title"
            else:
                yield page, row, alone, None, alone, "itself"


def settle_linkless(db: sqlite3.Connection, site: Site) -> set[int]:
    """Add to the table `known` the entries without a link; return the walks in which equal ones stand apart.

    An entry joins the one record that listings show under its date and title, if no other entry without a link could
    be meant. Document pages count as well where no listing shows such a record; but they are weaker evidence, as a page
    may have another title than its listing, which is that of another record's entry. So they never stand against what
    a listing shows of the records that it lists, and an entry is not joined by them to a record that its own walk shows
    in another row.
    """
    rows = db.execute(_LINKLESS).fetchall()
    if rows:
        db.executescript(_PRINTS)
    entries = [
        _Entry(line, title, date, [row[3:] for row in group])
        for (line, title, date), group in groupby(rows, key=lambda row: row[:3])
    ]
    for entry in entries:
        entry.match = None if entry.twins else _match(db, entry)
    _refuse_shown(db, entries)
    known = (told for entry in entries for told in entry.known(site.name))
    db.executemany("INSERT INTO known VALUES (?, ?, ?, ?, ?, ?)", known)
    return {walk for entry in entries for walk in entry.twins}


def _match(db: sqlite3.Connection, entry: _Entry) -> _Match | None:
    key = joining_key(entry.date, entry.title)
    if key is None:
        return None
    query = "SELECT DISTINCT line FROM said WHERE date = ? AND title = ? AND record IS NULL"
    lines = [str(line) for (line,) in db.execute(query, key)]
    found = db.execute("SELECT record, link, by FROM print WHERE date = ? AND title = ?", key).fetchall()
    printed: Mapping[str, tuple[str, int]] = {
        record: (link, by) for record, link, by in sorted(found, key=lambda row: -row[2])
    }
    strong = [record for record, (_, by) in printed.items() if by < 2]
    linked = strong or list(printed)
    if not may_join(linked, lines):
        return None
    link, by = printed[linked[0]]
    return _Match(linked[0], link, by > 0)


def _refuse_shown(db: sqlite3.Connection, entries: list[_Entry]) -> None:
    """Take back what only document pages speak for, where a walk shows the record in another row as well."""
    shown: Counter[tuple[str, int]] = Counter()
    for entry in entries:
        if entry.match is not None:
            shown.update((entry.match.record, walk) for walk in entry.places)
    query = """
        SELECT 1 FROM known JOIN page ON page.id = known.page
        WHERE record = ? AND walk IN (SELECT value FROM json_each(?))
    """
    for entry in entries:
        if entry.match is None or not entry.match.by_pages:
            continue
        walks = str(sorted(entry.places))
        twice = any(shown[entry.match.record, walk] > 1 for walk in entry.places)
        if twice or db.execute(query, (entry.match.record, walks)).fetchone():
            entry.match = None
