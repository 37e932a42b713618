"""Says in words why SQLite would not: locked, full, no database, too old; and what to do next."""

import sqlite3
from contextlib import closing
from pathlib import Path

from harvester.errors import DestinationError

# 3.27 is the first whose full-text search can leave out all accents (remove_diacritics 2).
OLDEST = (3, 27)
_MASK = 0xFF  # the rest of an error's code says more than is told apart here
_SAID = {
    sqlite3.SQLITE_NOTADB: (
        "is no SQLite database",
        "Name another file; what this one holds was left as it is.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "Nothing of the dataset is lost by it: put the file away, and export again into a new one.",
    ),
    sqlite3.SQLITE_FULL: (
        "cannot be written: the disk is full, or the file may grow no further",
        "Make room and run it again; the database is as it was before.",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot be written: the disk failed, or the file may grow no further",
        "Look after the disk and run it again; the database is as it was before.",
    ),
    sqlite3.SQLITE_READONLY: (
        "cannot be written: file or folder are read-only",
        "Name another file, or allow writing to this one and to the folder in which it lies.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened for writing",
        "SQLite writes a journal beside the file: allow writing to its folder, or name another file.",
    ),
}


def explain(error: sqlite3.Error, path: Path, patience: float) -> DestinationError:
    """Return what an error of SQLite's means for the user."""
    code = getattr(error, "sqlite_errorcode", 0) & _MASK
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DestinationError(
            f"{path} is in use by another program, and was for {patience:g} seconds",
            advice="Close what has it open, or wait until it is done, and run it again. Nothing was changed there.",
        )
    said, advice = _SAID.get(code, ("cannot be written", None))
    return DestinationError(f"{path} {said} ({error})", advice=advice)


def require_features() -> None:
    """Raise DestinationError if the SQLite that Python was built with cannot hold these tables."""
    if sqlite3.sqlite_version_info < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise DestinationError(
            f"Python's SQLite is {sqlite3.sqlite_version}, and {oldest} is the oldest that can search these tables",
            advice="Run it with another Python: `import sqlite3; print(sqlite3.sqlite_version)` says what one has.",
        )
    with closing(sqlite3.connect(":memory:")) as db:
        if not db.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'").fetchone()[0]:
            raise DestinationError(
                "Python's SQLite was built without FTS5, its full-text search",
                advice="Run it with another Python: those of python.org, Debian, Fedora and conda have it.",
            )
