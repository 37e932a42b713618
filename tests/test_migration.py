"""A ledger of an earlier version opens in this one, keeps what it holds, and publishes the same records."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, read_json
from old_ledgers import FORMATS, RECORDS, lay_out

from harvester.captures import Capture
from harvester.dataset.diff import Comparison
from harvester.dataset.opening import open_state
from harvester.dataset.publish import publish
from harvester.dataset.verify import verify
from harvester.errors import DatasetError
from harvester.items import Document
from harvester.ledger import FILE, Ledger, Projection
from harvester.sample import Archive, running
from harvester.sites import find_site

WILSON = find_site("wilson")
HOST = "https://digitalarchive.wilsoncenter.org"


def shape(path: Path) -> dict[str, Any]:
    """Return tables with their columns, indexes and views, whatever the spelling of the statements."""
    with closing(sqlite3.connect(path)) as db:
        names = db.execute("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2").fetchall()
        tables = {name: db.execute(f"PRAGMA table_info({name})").fetchall() for _, name, _ in names}
        statements = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE name IN ('walk', 'last_walk')"))
    plain = {name: "".join(sql.split()).replace('"', "") for name, sql in statements.items()}
    return {"names": names, "tables": tables, **plain}


def values(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table, as dictionaries."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        tables = [row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in db.execute(f"SELECT * FROM {name} ORDER BY 1")] for name in tables}


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_published_of_an_old_ledger_is_what_was(tmp_path: Path, form: str) -> None:
    lay_out(tmp_path / "d", form)
    ledger = Ledger(tmp_path / "d", "wilson")
    published = publish(ledger, WILSON)
    ledger.close()
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == RECORDS.read_bytes()
    assert not (tmp_path / "d" / "documents.jsonl").exists()
    assert [listing["verdict"] for listing in published.coverage["listings"]] == ["incomplete", "complete"]
    assert verify(tmp_path / "d")[0].faults == []


@pytest.mark.parametrize("form", FORMATS)
def test_an_old_ledger_has_then_the_shape_of_a_new_one(tmp_path: Path, form: str) -> None:
    path = lay_out(tmp_path / "old", form)
    Ledger(tmp_path / "old", "wilson").close()
    Ledger(tmp_path / "new", "wilson").close()
    assert shape(path) == shape(tmp_path / "new" / FILE)


@pytest.mark.parametrize("form", FORMATS)
def test_an_old_ledger_loses_no_value(tmp_path: Path, form: str) -> None:
    path = lay_out(tmp_path / "d", form)
    before = values(path)
    Ledger(tmp_path / "d", "wilson").close()
    after = values(path)
    assert set(before) < set(after)
    for table, rows in before.items():
        if table != "meta":
            assert [{name: row[name] for name in old} for row, old in zip(after[table], rows, strict=True)] == rows


@pytest.mark.parametrize("form", FORMATS)
def test_documents_can_be_added_to_an_old_ledger(tmp_path: Path, form: str) -> None:
    lay_out(tmp_path / "d", form)
    ledger = Ledger(tmp_path / "d", "wilson")
    record = next(record for record, _ in Projection(ledger, WILSON).records() if record.url is not None)
    assert record.url is not None
    run = ledger.begin_run("replay", "2026-01-04T00:00:00.000000Z", "", "documents")
    ledger.add_document(run, Capture(b"<html>", url=record.url), Document(record.url, "A", None, None, "test"))
    assert [line["id"] for line in Projection(ledger, WILSON).documents()] == [record.id]
    ledger.close()


@pytest.mark.parametrize("form", FORMATS)
def test_a_crawl_goes_on_in_an_old_dataset(harvest: Harvest, tmp_path: Path, form: str) -> None:
    lay_out(tmp_path / "d", form)
    with running(Archive(23)) as server:
        assert harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", tmp_path / "d").code == 0
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == RECORDS.read_bytes()
    assert verify(tmp_path / "d")[0].faults == []
    assert read_json(tmp_path / "d" / "coverage.json")["listings"][1]["last_run"]["run"] == 4


@pytest.mark.parametrize("form", FORMATS)
def test_what_fails_on_the_way_leaves_an_old_ledger_as_it_was(tmp_path: Path, form: str) -> None:
    path = lay_out(tmp_path / "d", form)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE VIEW change_record AS SELECT 1")  # the name of an index that comes last
    before = shape(path)
    with pytest.raises(DatasetError, match="change_record"):
        Ledger(tmp_path / "d", "wilson")
    assert shape(path) == before


@pytest.mark.parametrize("form", FORMATS)
def test_an_earlier_state_is_read_out_of_an_old_ledger_that_stays_as_it_is(tmp_path: Path, form: str) -> None:
    before = lay_out(tmp_path / "d", form).read_bytes()
    states = [open_state(f"{tmp_path / 'd'}@{run}") for run in (1, 3)]
    differences = list(Comparison(*states, WILSON.whole).differences())
    assert [len(list(state.records())) for state in states] == [22, 23]
    assert len(differences) == 1  # the row that the first crawl cut off
    for state in states:
        state.close()
    assert (tmp_path / "d" / FILE).read_bytes() == before
