"""A dataset in SQLite: the same records, brought up to date, never half."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biting import publish_bites
from conftest import Harvest

FIELDS = "id site url title date date_text date_earliest date_latest date_precision date_note summary withdrawn".split()


def held(path: Path) -> list[dict[str, Any]]:
    """Return the records of a database as records.jsonl has them."""
    with closing(sqlite3.connect(path)) as db:
        listings: dict[str, list[str]] = {}
        for record, listing in db.execute("SELECT record, listing FROM record_listings ORDER BY record, listing"):
            listings.setdefault(record, []).append(listing)
        rows = db.execute(f"SELECT {', '.join(FIELDS)} FROM records ORDER BY id").fetchall()
    told = [dict(zip(FIELDS, row, strict=True)) for row in rows]
    return [{**one, "listings": listings.get(one["id"], []), "withdrawn": bool(one["withdrawn"])} for one in told]


@pytest.mark.parametrize("form", ["sqlite:///{}", "{}"])
def test_all_that_bites_comes_back_as_it_went_in(harvest: Harvest, tmp_path: Path, form: str) -> None:
    records = publish_bites(tmp_path / "d")
    path = tmp_path / "out.sqlite"
    ran = harvest("export", "d", form.format(path))
    assert ran.code == 0, ran.err
    assert held(path) == records
    again = harvest("export", "d", form.format(path))
    assert again.code == 0 and "nothing had changed" in again.out
