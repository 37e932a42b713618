"""Keeps the texts of documents: each once, packed; and gives them back as they are published."""

import sqlite3
import zlib
from collections.abc import Iterable

from harvester.errors import DatasetDamaged
from harvester.harvest.documents import text_digest
from harvester.items import Text


def keep_texts(db: sqlite3.Connection, texts: Iterable[Text]) -> None:
    """Keep some texts; one that is held already is not packed again."""
    for text in texts:
        digest = text_digest(text)
        if db.execute("SELECT 1 FROM text WHERE digest = ?", (digest,)).fetchone() is None:
            packed = zlib.compress(text.body.encode("utf-8", "replace"))
            db.execute("INSERT INTO text VALUES (?, ?)", (digest, packed))


def held_text(db: sqlite3.Connection, digest: str) -> bytes:
    """Return a text's published bytes by its digest; raises DatasetDamaged if it is not held or cannot be unpacked."""
    found = db.execute("SELECT packed FROM text WHERE digest = ?", (digest,)).fetchone()
    if found is None:
        raise DatasetDamaged(f"a document's text is not held ({digest[:19]}...)")
    try:
        return zlib.decompress(found[0])
    except zlib.error as error:
        raise DatasetDamaged(f"a document's text cannot be unpacked ({digest[:19]}...): {error}") from error
