"""The dataset's own database: opened by one process at a time, each page written in one transaction."""

import sqlite3
from importlib.resources import files
from pathlib import Path

from harvester.captures import Capture
from harvester.errors import DatasetError
from harvester.identity import content_digest
from harvester.items import Address, Entry, Reading, Reject
from harvester.ledger.keys import Unfinished, WalkKey, digest_of

FILE = "ledger.sqlite"
FORMAT = "1"


class Ledger:
    """Opens (or begins) the ledger of a dataset folder, and holds it alone until closed.

    Raises DatasetError if another process holds it, if it is damaged, or if the folder cannot be written.
    """

    def __init__(self, folder: Path, site: str) -> None:
        self.folder = folder
        self.path = folder / FILE
        new = not self.path.exists()
        if new and (folder / "records.jsonl").exists():
            raise DatasetError(f"{folder} holds records but no {FILE}, without which nothing can be added")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.db = sqlite3.connect(self.path, isolation_level=None, timeout=0.2)
            self._begin(site, new)
        except (OSError, sqlite3.Error) as error:
            raise _explained(error, folder) from error

    def _begin(self, site: str, new: bool) -> None:
        self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.db.execute("PRAGMA journal_mode = WAL")
        # The default FULL syncs at each commit; NORMAL may lose the last pages at a power cut, never what is published.
        self.db.execute("PRAGMA synchronous = NORMAL")
        if not new and (found := self.db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(str(found))
        self.db.execute("BEGIN IMMEDIATE")
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            if not new and self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("it is some other database")
            if (self.folder / "records.jsonl").exists():
                raise sqlite3.DatabaseError("it is empty, though records were published from it")
            for statement in files(__package__).joinpath("schema.sql").read_text(encoding="utf-8").split(";\n"):
                self.db.execute(statement)
            self.db.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("site", site)])
        self.db.execute("COMMIT")
        held = dict(self.db.execute("SELECT name, value FROM meta").fetchall())
        if held.get("format") != FORMAT:
            raise DatasetError(f"{self.path} has format {held.get('format')}; this version reads {FORMAT}")
        if held["site"] != site:
            raise DatasetError(
                f"{self.folder} is a dataset of the site {held['site']}, not of {site}",
                advice="Harvest each site into a folder of its own (-o).",
            )

    def close(self) -> None:
        """Let go of the ledger."""
        self.db.close()

    def begin_run(self, kind: str, started: str, readers: str) -> int:
        """Begin a run (crawl or replay); return its number."""
        cursor = self.db.execute("INSERT INTO run (kind, started, readers) VALUES (?, ?, ?)", (kind, started, readers))
        return int(cursor.lastrowid or 0)

    def finish_run(self, run: int, finished: str) -> None:
        """Note when a run ended."""
        self.db.execute("UPDATE run SET finished = ? WHERE id = ?", (finished, run))

    def published(self) -> int | None:
        """Return the last page that the published files tell of; None if none were published."""
        row = self.db.execute("SELECT value FROM meta WHERE name = 'published'").fetchone()
        return int(row[0]) if row else None

    def note_published(self) -> None:
        """Note that the published files tell of every page held."""
        self.db.execute("INSERT OR REPLACE INTO meta SELECT 'published', coalesce(max(id), 0) FROM page")

    def add_page(self, run: int, key: WalkKey, address: Address | None, capture: Capture, reading: Reading) -> int:
        """Write a page's capture, rows and place in one transaction; a capture already held changes nothing.

        Returns the number of the walk that it belongs to.
        """
        try:
            self.db.execute("BEGIN IMMEDIATE")
            walk = self._walk(run, key)
            page = self._page(walk, self._capture(run, key, capture), address, reading)
            if page is not None:
                self._rows(run, page, capture, key, reading)
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise _explained(error, self.folder) from error
        return walk

    def begin_walk(self, run: int, key: WalkKey) -> int:
        """Return the number of a walk, begun if new: a listing of which no page could be read is accounted for too."""
        return self._walk(run, key)

    def unfinished(self, key: WalkKey) -> Unfinished | None:
        """Return how far the last live walk of a listing got, if it can go on from there.

        It can where its pages were read from the first on, in step, with one total and every row read; else only a
        new walk will do.
        """
        walk = self.db.execute(
            "SELECT id, begun FROM walk WHERE kind = 'live' AND listing = ? AND sort IS ? ORDER BY id DESC LIMIT 1",
            (key.listing, key.sort),
        ).fetchone()
        if walk is None:
            return None
        pages = self.db.execute(
            "SELECT first, last, total, (SELECT count(*) FROM sight WHERE sight.page = page.id) FROM page"
            " WHERE walk = ? ORDER BY id",
            (walk[0],),
        ).fetchall()
        read = 0
        for first, last, total, rows in pages:
            if first != read + 1 or total != pages[0][2] or rows != last - first + 1:
                return None
            read = last
        return Unfinished(walk[1], read, pages[0][2], pages[0][1]) if 0 < read < pages[0][2] else None

    def add_remarks(self, walk: int, remarks: list[str]) -> None:
        """Keep what was odd about a walk though it could be read."""
        self.db.executemany("INSERT OR IGNORE INTO remark VALUES (?, ?)", [(walk, remark) for remark in remarks])

    def add_failure(
        self, run: int, capture: Capture, listing: str | None, reason: str, message: str, text: str
    ) -> None:
        """Keep a whole page that could not be read, or not be fetched; `text` is what it begins with."""
        owner = run if listing is not None else 0  # a saved page that cannot be read is one, however often replayed
        identity = digest_of(owner, capture.url, capture.file, capture.digest, reason)
        self.db.execute(
            "INSERT OR IGNORE INTO reject VALUES (?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (identity, run, capture.url, capture.file, capture.digest, listing, reason, message, text),
        )

    def _walk(self, run: int, key: WalkKey) -> int:
        owner = key.owner(run)
        identity = digest_of(key.kind, owner, key.listing, key.label, key.sort, key.scope)
        self.db.execute(
            "INSERT INTO walk (identity, kind, listing, label, sort, scope, proving, begun, run)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (identity) DO UPDATE SET run = excluded.run",
            (identity, key.kind, key.listing, key.label, key.sort, key.scope, key.proving, owner, run),
        )
        return int(self.db.execute("SELECT id FROM walk WHERE identity = ?", (identity,)).fetchone()[0])

    def _capture(self, run: int, key: WalkKey, capture: Capture) -> int:
        owner = run if key.kind == "live" else 0  # the same page fetched twice is two captures; saved, it is one
        identity = digest_of(owner, capture.url, capture.captured_at, capture.digest, capture.file, capture.offset)
        self.db.execute(
            "INSERT OR IGNORE INTO capture (identity, run, url, captured_at, digest, medium, file, position)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (identity, run, capture.url, capture.captured_at, capture.digest, capture.medium, capture.file,
             capture.offset),
        )  # fmt: skip
        return int(self.db.execute("SELECT id FROM capture WHERE identity = ?", (identity,)).fetchone()[0])

    def _page(self, walk: int, capture: int, address: Address | None, reading: Reading) -> int | None:
        counter = reading.counter
        numbers = (counter.first, counter.last, counter.total) if counter else (None, None, None)
        number, size = (address.page, address.page_size) if address else (None, None)
        cursor = self.db.execute(
            "INSERT OR IGNORE INTO page (walk, capture, number, size, first, last, total, layout)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (walk, capture, number, size, *numbers, reading.layout),
        )
        return int(cursor.lastrowid or 0) if cursor.rowcount else None

    def _rows(self, run: int, page: int, capture: Capture, key: WalkKey, reading: Reading) -> None:
        for i, row in enumerate(reading.rows):
            if isinstance(row, Entry):
                self._sight(page, i, row)
            else:
                self._reject(run, page, i, capture, key, row)

    def _sight(self, page: int, i: int, entry: Entry) -> None:
        said = (entry.url, entry.date_text, entry.title, entry.summary)
        digest = content_digest(*said)
        self.db.execute(
            "INSERT OR IGNORE INTO content (digest, url, date_text, title, summary) VALUES (?, ?, ?, ?, ?)",
            (digest, *said),
        )
        self.db.execute(
            "INSERT INTO sight SELECT ?, ?, id, ? FROM content WHERE digest = ?", (page, i, entry.place, digest)
        )

    def _reject(self, run: int, page: int, i: int, capture: Capture, key: WalkKey, row: Reject) -> None:
        self.db.execute(
            "INSERT INTO reject VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (digest_of("row", page, i), run, page, i, capture.url, capture.file, capture.digest, key.listing,
             row.reason, row.message, row.text, row.place),
        )  # fmt: skip


def _explained(error: OSError | sqlite3.Error, folder: Path) -> DatasetError:
    """Say in a person's words what stopped the ledger."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return DatasetError(
            f"{folder} is in use by another harvest", advice="Wait until it ends, or use another folder."
        )
    if isinstance(error, OSError) or "readonly" in text or "unable to open" in text:
        return DatasetError(
            f"{folder} cannot be written: {text}", advice="Make it writable, or use another folder (-o)."
        )
    if "full" in text:
        return DatasetError(f"the disk is full at {folder}", advice="Make room and run again; what was read is kept.")
    return DatasetError(f"{folder / FILE} is damaged: {text}")
