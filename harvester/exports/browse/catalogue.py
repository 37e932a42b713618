"""Makes, beside the tables of an SQLite export, the one that is looked through: a narrow row a record, and an index."""

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from harvester.errors import DestinationError
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.source import Source
from harvester.exports.sqlite import export
from harvester.exports.sqlite.file import PATIENCE
from harvester.exports.sqlite.refusals import explain

FORMAT = 1  # of catalogue.sql: a file that an earlier version made is built anew
TABLES = ("catalogue_state", "catalogue_fts", "catalogue")


def build_database(source: Source, path: Path) -> Exported:
    """Bring an SQLite file up to date with a dataset, and its catalogue with it.

    Raises DestinationError where it cannot be written, or holds something else.
    """
    try:
        if path.exists():
            _refuse_foreign(path)
        exported = export(source, str(path), Options())
        with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as db:
            if not _is_current(db):
                _build(db)
    except sqlite3.Error as error:
        raise explain(error, path, PATIENCE) from error
    return exported


def _tables(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}


def _refuse_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        there = _tables(db).intersection(TABLES)
    if there and there != set(TABLES):
        raise DestinationError(
            f"{path} has a table {min(there)} that this program did not make", advice="Name another file."
        )


def _is_current(db: sqlite3.Connection) -> bool:
    if not _tables(db).issuperset(TABLES):
        return False
    told = db.execute("SELECT catalogue_state.format FROM catalogue_state JOIN harvest_load USING (digest)").fetchone()
    return bool(told == (FORMAT,))


def _build(db: sqlite3.Connection) -> None:
    drops = "".join(f"DROP TABLE IF EXISTS {name};\n" for name in TABLES)
    script = files("harvester.exports.browse").joinpath("catalogue.sql").read_text(encoding="utf-8")
    script = script.replace(":format", str(FORMAT))  # a script takes no parameters
    try:
        db.executescript(f"BEGIN IMMEDIATE;\n{drops}{script}\nCOMMIT;")
    except sqlite3.Error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
