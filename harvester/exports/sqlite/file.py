"""Brings an SQLite file up to date: a new one appears whole or not at all, an older one changes in one transaction."""

import sqlite3
from contextlib import closing
from pathlib import Path

from harvester.errors import DestinationError
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.relational import load
from harvester.exports.source import Source
from harvester.exports.sqlite.address import find_file
from harvester.exports.sqlite.database import SqliteDatabase
from harvester.exports.sqlite.refusals import explain, require_features

PATIENCE = 30.0  # seconds for which another program's lock is waited out
# A new file is seen by nobody before it is whole, and is synced then: it needs no journal on the disk, and no sync on
# the way. A memory journal of a file that was empty stays empty.
_UNSEEN = ("journal_mode = MEMORY", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -65536")
# What was changed stays in memory until the commit, up to 256 MiB: SQLite's own 2 MB would be written to the file while
# the load still goes on, and whoever reads would be locked out from there on (default: -2000).
_SHARED = ("cache_size = -262144",)


def export(source: Source, target: str, options: Options) -> Exported:
    """Load a dataset into an SQLite file.

    A file that is there keeps its journal mode and all tables of other names. Of SQLite's own two modes the rollback
    journal, the default, leaves one file that can be copied, also from a read-only medium, and works on network drives;
    a reader is then kept waiting only while the commit is written. Who wants not even that sets WAL in the file once.
    """
    path = find_file(target)
    require_features()
    try:
        if path.is_file():
            return _load_into(path, source, options, _SHARED)
        with placing(path, fresh=True) as part:  # what comes meanwhile may hold another dataset
            part.unlink(missing_ok=True)  # left by a killed process of the same number
            return _load_into(part, source, options, _UNSEEN)
    except sqlite3.Error as error:
        raise explain(error, path, PATIENCE) from error
    except DestinationError as error:
        if error.where is not None or str(path) in error.message:
            raise
        raise DestinationError(error.message, where=str(path), advice=error.advice) from error


def _load_into(path: Path, source: Source, options: Options, pragmas: tuple[str, ...]) -> Exported:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as db:
        # Rows that hang on a record are removed by name. Were SQLite to do it, it would remove or refuse in the user's
        # own tables too, where these refer to a record, and DROP TABLE would count as a removal of all.
        for pragma in ("foreign_keys = OFF", *pragmas):
            db.execute(f"PRAGMA {pragma}")
        return load(source, SqliteDatabase(db), options)
