"""The file of a ledger: opened or begun, held by one process at a time, written in transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from harvester.errors import DatasetDamaged, DatasetError
from harvester.ledger.faults import explain_fault
from harvester.ledger.holder import forget_holder, note_holder
from harvester.ledger.migrate import migrate

FILE = "ledger.sqlite"
FORMAT = "5"


class Store:
    """Opens (or begins) the ledger of a dataset folder, and holds it alone until closed.

    Raises DatasetError if another process holds it, if it is damaged, or if the folder cannot be written.
    """

    def __init__(self, folder: Path, site: str, file: str = FILE) -> None:
        self.folder = folder
        self.site = site
        self.path = folder / file
        new = not self.path.exists()
        if new and file == FILE and (folder / "records.jsonl").exists():
            raise DatasetDamaged(f"{folder} holds records but no {FILE}, without which nothing can be added")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.db = sqlite3.connect(self.path, isolation_level=None, timeout=0.2)
        except (OSError, sqlite3.Error) as error:
            raise explain_fault(error, self.path) from error
        try:
            self._begin(site, new)
        except (OSError, sqlite3.Error) as error:
            self.db.close()
            raise explain_fault(error, self.path) from error
        except DatasetError:
            self.db.close()
            raise

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
            if self.path.name == FILE and (self.folder / "records.jsonl").exists():
                raise sqlite3.DatabaseError("it is empty, though records were published from it")
            for statement in files(__package__).joinpath("schema.sql").read_text(encoding="utf-8").split(";\n"):
                self.db.execute(statement)
            self.db.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("site", site)])
        held = migrate(self.db, dict(self.db.execute("SELECT name, value FROM meta").fetchall()))
        self.db.execute("COMMIT")
        if held.get("format") != FORMAT:
            raise DatasetError(f"{self.path} has format {held.get('format')}; this version reads {FORMAT}")
        if held["site"] != site:
            raise DatasetError(
                f"{self.folder} is a dataset of the site {held['site']}, not of {site}",
                advice="Harvest each site into a folder of its own (-o).",
            )

    def close(self) -> None:
        """Let go of the ledger."""
        forget_holder(self.path)
        self.db.close()

    def note_holder(self, since: str) -> None:
        """Write down, for a second harvest, who holds the ledger."""
        try:
            note_holder(self.path, since)
        except OSError as error:
            raise explain_fault(error, self.path) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write what happens inside in one transaction, or nothing of it; raises DatasetError."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            raise explain_fault(error, self.path) from error
        finally:
            if self.db.in_transaction:
                with suppress(sqlite3.Error):  # what went wrong first is told; nothing stays that was not committed
                    self.db.execute("ROLLBACK")
