"""Gives every sight its record: by its link; else by date and title, joined to a link where that is certain."""

import sqlite3
from collections import defaultdict
from itertools import groupby

from harvester.dates import read_printed
from harvester.identity import joining_key, linked_id, linkless_id, may_join
from harvester.ledger.addresses import own_addresses
from harvester.sites import Site
from harvester.text import squash

_TABLES = """
DROP TABLE IF EXISTS temp.known; DROP TABLE IF EXISTS temp.said;
CREATE TEMP TABLE said (content INTEGER PRIMARY KEY, url TEXT, date TEXT, line TEXT, title TEXT, record TEXT);
CREATE TEMP TABLE known (page INTEGER, row INTEGER, record TEXT, matched_by TEXT, PRIMARY KEY (page, row));
"""


class Settlement:
    """Fills the temporary tables `said` (contents) and `known` (sight -> record).

    `ambiguous` are the walks in which equal entries without links stand apart.
    """

    def __init__(self, db: sqlite3.Connection, site: Site) -> None:
        self.db = db
        self.site = site
        self.ambiguous: set[int] = set()
        self._settle()

    def _settle(self) -> None:
        self.db.executescript(_TABLES)
        self.addresses = own_addresses(self.db, self.site)
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
        number, shown, line, title = content
        url = self.addresses.get(shown, shown) if shown else None
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
            joined = None if twins else self._joined(date, title)
            for *_, walk, first, row, page in sights:
                ordinal = _ordinal(places[walk], first, row)
                record = joined or linkless_id(self.site.name, line, title, ordinal)
                how = "date and title" if joined else "itself"
                self.db.execute("INSERT INTO known VALUES (?, ?, ?, ?)", (page, row, record, how))

    def _joined(self, date: str | None, title: str) -> str | None:
        """Return the one linked record of that date and title, if no other entry without a link could be meant."""
        key = joining_key(date, title)
        if key is None:
            return None
        query = "SELECT DISTINCT {} FROM said WHERE date = ? AND title = ? AND url IS {} NULL"
        linked = [str(record) for (record,) in self.db.execute(query.format("record", "NOT"), key)]
        lines = [str(line) for (line,) in self.db.execute(query.format("line", ""), key)]
        return linked[0] if may_join(linked, lines) else None


def _ordinal(places: list[tuple[int, int]], first: int, row: int) -> int:
    """Return which of several equal entries in one walk stands at a place, counted from 1."""
    positions = sorted({a + b for a, b in places})
    return positions.index(first + row) + 1
