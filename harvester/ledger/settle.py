"""Gives every sight its record: a document's page by its addresses, an entry by its link, else by date and title."""

import sqlite3
from itertools import chain

from harvester.dates import read_printed
from harvester.identity import linked_id
from harvester.ledger.addresses import known_documents
from harvester.ledger.linkless import settle_linkless
from harvester.sites import Site
from harvester.text import squash

_TABLES = """
DROP TABLE IF EXISTS temp.known; DROP TABLE IF EXISTS temp.said;
CREATE TEMP TABLE said (
    content INTEGER PRIMARY KEY, date TEXT, line TEXT, title TEXT, link TEXT, record TEXT, alone TEXT, how TEXT
);
CREATE TEMP TABLE known (
    page INTEGER, row INTEGER, record TEXT, link TEXT, alone TEXT, matched_by TEXT, PRIMARY KEY (page, row)
);
"""
_LINKED = """
INSERT INTO known SELECT sight.page, sight.row, said.record, said.link, said.alone, said.how FROM sight
JOIN said ON said.content = sight.content
WHERE said.record IS NOT NULL AND sight.page NOT IN (SELECT page FROM document)
"""
_PAGE = """
INSERT INTO known SELECT page, row, ?, ?, said.alone, 'address' FROM sight JOIN said ON said.content = sight.content
WHERE page = ?
"""


class Settlement:
    """Fills the temporary tables `said` (what contents are by themselves) and `known` (what each sight is of).

    `link` is the address that the record is known by, null if it has none; `alone` the id that the sight would have by
    itself (that of the record, where the other is still some record's). `documents` are those of which pages are held;
    `ambiguous` are the walks in which equal entries without links stand apart; `evidence` are the addresses of which a
    listing shows that they are several records, though pages share them.
    """

    def __init__(self, db: sqlite3.Connection, site: Site) -> None:
        self.db = db
        self.site = site
        self.db.executescript(_TABLES)
        self.documents = known_documents(db, site)
        self._addresses = {url: (one.url, one.record) for one in self.documents for url in one.joined.addresses}
        contents = self.db.execute("SELECT id, url, date_text, title FROM content")
        self.db.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(self._say, contents))
        self.db.execute("CREATE INDEX temp.said_title ON said (title, date)")
        self.db.execute(_LINKED)
        pages = ((one.record, one.url, page) for one in self.documents for page in one.pages)
        self.db.executemany(_PAGE, pages)
        self.db.execute("CREATE INDEX temp.known_record ON known (record)")
        self.ambiguous = settle_linkless(db, site)
        self.db.execute("UPDATE known SET alone = record WHERE alone != record AND alone IN (SELECT record FROM known)")
        self.evidence = set(chain.from_iterable(one.joined.apart for one in self.documents))

    def _say(self, content: tuple[int, str | None, str | None, str]) -> tuple[int | str | None, ...]:
        number, shown, line, title = content
        told = number, read_printed(line, self.site.dates).date, squash(line or ""), squash(title)
        if shown is None:
            return (*told, None, None, None, None)
        alone = linked_id(self.site.name, shown)
        link, record = self._addresses.get(shown, (shown, alone))
        return (*told, link, record, alone, "link" if link == shown else "alias")
