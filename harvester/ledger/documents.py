"""Writes one document's page into the ledger: its capture, what it says, its addresses, its texts."""

import json
import zlib
from collections.abc import Iterable

from harvester.harvest.documents import entry_of, said_by, text_digest
from harvester.items import Document, Reading
from harvester.ledger.pages import PageWriter


class DocumentWriter(PageWriter):
    """Writes what one capture of a document's page says, inside a transaction that the ledger holds."""

    def write_document(self, walk: int, document: Document, asked: Iterable[str]) -> None:
        """Write the page as one of one row, and what it says beyond; a capture that is held already changes nothing."""
        page = self.write(walk, None, Reading(None, (entry_of(document),), None, document.layout))
        if page is None:
            return
        said = json.dumps(said_by(document), ensure_ascii=False, sort_keys=True)
        self.db.execute("INSERT INTO document VALUES (?, ?)", (page, said))
        addresses = {document.url, *document.addresses, *asked}
        self.db.executemany("INSERT INTO address VALUES (?, ?)", [(url, page) for url in sorted(addresses)])
        texts = [(text_digest(text), zlib.compress(text.body.encode("utf-8", "replace"))) for text in document.texts]
        self.db.executemany("INSERT OR IGNORE INTO text VALUES (?, ?)", texts)
