"""Writes one document's page into the ledger: its capture, what it says, its addresses, its texts."""

import json
from collections.abc import Iterable

from harvester.harvest.documents import entry_of, said_by
from harvester.items import Document, Reading
from harvester.ledger.pages import PageWriter
from harvester.ledger.texts import keep_texts


class DocumentWriter(PageWriter):
    """Writes what one capture of a document's page says, inside a transaction that the ledger holds."""

    def write_document(self, walk: int, document: Document, asked: Iterable[str]) -> None:
        """Write the page as one of one row, and what it says beyond.

        Of a capture that is held already only the addresses that led to it are news: another replay may know of
        others, and which one came first must not matter.
        """
        page = self.write(walk, None, Reading(None, (entry_of(document),), None, document.layout))
        if page is None:
            self._addresses(self._held(walk), asked, led=True)
            return
        said = json.dumps(said_by(document), ensure_ascii=False, sort_keys=True)
        self.db.execute("INSERT INTO document VALUES (?, ?)", (page, said))
        self._addresses(page, {document.url, *document.addresses}, led=False)
        self._addresses(page, asked, led=True)
        keep_texts(self.db, document.texts)

    def _addresses(self, page: int, addresses: Iterable[str], *, led: bool) -> None:
        self.db.executemany(
            "INSERT INTO address VALUES (?, ?, ?) ON CONFLICT (url, page) DO UPDATE SET led = max(led, excluded.led)",
            [(url, page, led) for url in sorted(set(addresses))],
        )

    def _held(self, walk: int) -> int:
        query = "SELECT id FROM page WHERE walk = ? AND capture = ?"
        return int(self.db.execute(query, (walk, self._capture())).fetchone()[0])
