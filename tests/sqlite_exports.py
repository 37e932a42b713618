"""Loads datasets into SQLite for the tests, and reads them back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.relational import TABLES
from harvester.exports.source import Source
from harvester.exports.sqlite import export
from harvester.exports.sqlite.schema import SEARCHED, search_name


def load(folder: Path, path: Path, *, replace: bool = False) -> Exported:
    with Source(folder) as source:
        return export(source, str(path), Options(replace=replace))


def held(path: Path) -> dict[str, list[Any]]:
    """Return all that a database holds, after asking it whether it is sound."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in SEARCHED:
            db.execute(f"INSERT INTO {search_name(table)} ({search_name(table)}, rank) VALUES ('integrity-check', 1)")
        names = [*(table.name for table in TABLES), "harvest_load"]
        return {name: sorted(map(repr, db.execute(f"SELECT * FROM {name}"))) for name in names}


def unchanged(folder: Path, path: Path) -> None:
    """Load again, and see that neither the bytes nor the time of the file changed."""
    before, stat = path.read_bytes(), path.stat()
    told = load(folder, path)
    assert (told.put, told.removed) == (0, 0)
    assert path.read_bytes() == before and path.stat().st_mtime_ns == stat.st_mtime_ns
    assert list(path.parent.glob(f"{path.name}-*")) == []
