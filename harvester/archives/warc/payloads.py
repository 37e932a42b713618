"""Keeps pages in a file, not in memory, so that a record which only says "the same as then" becomes a page."""

import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from harvester.archives.finds import Find, PassedOver
from harvester.archives.limits import MOST_FILE
from harvester.archives.warc.revisits import Names, Revisit, differ, unresolved
from harvester.captures import Capture
from harvester.encodings import pack, unpack

_SCHEMA = """
CREATE TABLE originals (id INTEGER PRIMARY KEY, digest TEXT, status INT, content_type TEXT, challenged INT, body BLOB);
CREATE TABLE names (name TEXT PRIMARY KEY, original INT NOT NULL) WITHOUT ROWID;
CREATE TABLE waiting (
    id INTEGER PRIMARY KEY, digest TEXT, record TEXT, time TEXT, url TEXT, captured_at TEXT,
    status INT, content_type TEXT, challenged INT, file TEXT, place INT
);
"""
_NO_TEXT = 0  # stands for all originals that are no text, and were not kept
_DOUBTFUL = -1  # two different originals of one address and second


class Payloads:
    """The pages read so far from all files of one replay, and the revisits whose original has not been met."""

    def __init__(self) -> None:
        # "" is SQLite's name for a database of its own, in a file that has no name and is gone when it is closed.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192;")
        self._base.executescript(_SCHEMA)
        self._base.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def keep(self, names: Names, capture: Capture) -> None:
        """Keep a page under its names."""
        if not names.listed():
            return
        row = (names.digest, capture.status, capture.content_type, capture.challenged, pack(capture.body))
        kept = self._base.execute(
            "INSERT INTO originals (digest, status, content_type, challenged, body) VALUES (?, ?, ?, ?, ?)", row
        )
        self._name(names, kept.lastrowid or 0)

    def keep_no_text(self, names: Names) -> None:
        """Note that what these names stand for is no text."""
        self._name(names, _NO_TEXT)

    def resolve(self, revisit: Revisit) -> Find | None:
        """Return the page that a revisit stands for, or that it is none; None if its original has not been met."""
        for name in revisit.refers_to.listed():
            found = self._base.execute("SELECT original FROM names WHERE name = ?", (name,)).fetchone()
            if found is None or found[0] == _DOUBTFUL:
                continue
            if found[0] == _NO_TEXT:
                return PassedOver("content-type")
            if (capture := self._compose(revisit, found[0])) is not None:
                return capture
        return None

    def resolve_or_leave(self, revisit: Revisit) -> Find | None:
        """Return what a revisit stands for; None if its original has not been met, and it was left until the end."""
        found = self.resolve(revisit)
        if found is None:
            self._leave(revisit)
        return found

    def leftovers(self) -> Iterator[Find]:
        """Yield what the revisits left until now stand for, Damaged where no original was met; each of them once."""
        last = 0
        while row := self._base.execute("SELECT * FROM waiting WHERE id > ? ORDER BY id LIMIT 1", (last,)).fetchone():
            last, names, (url, time, status, content_type, challenged, file, place) = row[0], Names(*row[1:4]), row[4:]
            revisit = Revisit(names, url, time, status, content_type, bool(challenged), file, place)
            yield self.resolve(revisit) or unresolved(revisit)
        self._base.execute("DELETE FROM waiting WHERE id <= ?", (last,))

    def _name(self, names: Names, original: int) -> None:
        for name in names.listed():
            added = self._base.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", (name, original))
            if not added.rowcount and name == names.time and self._is_other(name, original):
                self._base.execute("UPDATE names SET original = ? WHERE name = ?", (_DOUBTFUL, name))

    def _is_other(self, name: str, original: int) -> bool:
        """Return whether a name stands for an original with another body."""
        query = "SELECT body FROM originals WHERE id = ? OR id = (SELECT original FROM names WHERE name = ?)"
        return len(set(self._base.execute(query, (original, name)))) > 1 or original == _NO_TEXT

    def _compose(self, revisit: Revisit, original: int) -> Capture | None:
        query = "SELECT digest, status, content_type, challenged, body FROM originals WHERE id = ?"
        digest, status, content_type, challenged, body = self._base.execute(query, (original,)).fetchone()
        if differ(digest, revisit.refers_to.digest):
            return None
        # 304 says of the answer that it has no body; the page is the one that had been sent before.
        own = revisit.status not in {None, 304}
        return Capture(
            body=unpack(body, "zstd", MOST_FILE),
            url=revisit.url,
            status=revisit.status if own and revisit.status is not None else status,
            content_type=revisit.content_type or content_type,
            challenged=revisit.challenged or (not own and bool(challenged)),
            captured_at=revisit.captured_at,
            file=revisit.file,
            offset=revisit.offset,
        )

    def _leave(self, revisit: Revisit) -> None:
        names = revisit.refers_to
        page = (revisit.url, revisit.captured_at, revisit.status, revisit.content_type, revisit.challenged)
        row = (names.digest, names.record, names.time, *page, revisit.file, revisit.offset)
        self._base.execute(f"INSERT INTO waiting VALUES (NULL{', ?' * len(row)})", row)
