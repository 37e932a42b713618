"""Ledgers as earlier versions left them: two crawls of 23 records, the first of which cut a row off, and a replay."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from conftest import FIXTURES

LEDGERS = FIXTURES / "ledgers"
FORMATS = ("2", "3", "4")
RECORDS = LEDGERS / "records.jsonl"  # what both published


def lay_out(folder: Path, form: str) -> Path:
    """Make the dataset folder of an earlier version; return the path of its ledger."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        db.executescript((LEDGERS / f"format-{form}.sql").read_text(encoding="utf-8"))
    shutil.copy(RECORDS, folder / "records.jsonl")
    (folder / "datapackage.json").write_text('{"resources": []}', encoding="utf-8")
    return folder / "ledger.sqlite"
