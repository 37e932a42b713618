"""What a database holds after many nights, however they went, is what one holds that was loaded from nothing."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from published import Life, document, id_of, publish, record
from sqlite_exports import held, load, unchanged

from harvester.errors import DestinationError
from harvester.exports.exported import Exported
from harvester.exports.relational import loading
from harvester.exports.relational.dated import decade_of, year_of


@pytest.mark.parametrize("seed", range(6))
def test_brought_up_to_date_is_loaded_from_nothing(tmp_path: Path, seed: int) -> None:
    """One database is loaded every night, one misses nights, one goes back to an old copy of itself."""
    life, chance = Life(tmp_path / "d", seed), random.Random(seed)
    nightly, missing, restored, copy = (tmp_path / f"{name}.db" for name in ("nightly", "missing", "restored", "copy"))
    with closing(life):
        for night in range(15):
            life.night(quiet=chance.random() < 0.15, fold=chance.random() < 0.2, anew=chance.random() < 0.1)
            load(life.folder, fresh := tmp_path / f"fresh-{night}.db")
            load(life.folder, nightly)
            load(life.folder, restored)
            expected = held(fresh)
            assert held(nightly) == expected, night
            assert held(restored) == expected, night
            if night == 0 or chance.random() < 0.4:
                load(life.folder, missing)
                assert held(missing) == expected, night
            if night == 2 or chance.random() < 0.2:
                shutil.copy(restored, copy)
            elif copy.exists() and chance.random() < 0.3:
                shutil.copy(copy, restored)


def test_many_lives_meet_every_kind_of_change_and_former_ids(tmp_path: Path) -> None:
    shapes, former = set(), 0
    for seed in range(6):
        life = Life(tmp_path / f"d{seed}", seed)
        with closing(life):
            for _ in range(15):
                life.night()
        shapes |= life.shapes
        load(life.folder, path := tmp_path / f"{seed}.db")
        with closing(sqlite3.connect(path)) as db:
            former += db.execute("SELECT count(*) FROM former_ids JOIN records ON records.id = record").fetchone()[0]
    assert shapes == {"added", "changed", "withdrawn", "returned", "merged", "dropped"}
    assert former > 0


def test_the_second_load_writes_nothing(tmp_path: Path) -> None:
    life = Life(tmp_path / "d", 3)
    with closing(life):
        for _ in range(5):
            life.night()
            load(life.folder, path := tmp_path / "o.db")
            unchanged(life.folder, path)


def test_what_did_not_change_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the feed, 1 of 50 records is written; without one, the same is found by comparing."""
    records = [record(number) for number in range(50)]
    added = [{"seq": n, "run": 1, "at": "", "change": "added", "id": one["id"]} for n, one in enumerate(records, 1)]
    publish(tmp_path / "d", records, [document(1)], added)
    load(tmp_path / "d", tmp_path / "fed.db")
    shutil.copy(tmp_path / "fed.db", tmp_path / "compared.db")
    records[7] = {**records[7], "title": "Another"}
    last = {"seq": 51, "run": 2, "at": "", "change": "changed", "id": records[7]["id"]}
    publish(tmp_path / "d", records, [document(1)], [*added, last], 2)
    compared: list[str] = []
    compare = loading.compare
    monkeypatch.setattr(loading, "compare", lambda rows, lines: compared.append("") or compare(rows, lines))
    told = load(tmp_path / "d", tmp_path / "fed.db")
    assert (told.put, told.removed, compared) == (1, 0, [])
    publish(tmp_path / "d", records, [document(1)], None, 2)
    told = load(tmp_path / "d", tmp_path / "compared.db")
    assert (told.put, told.removed, compared) == (1, 0, [""])
    gone = {"seq": 52, "run": 3, "at": "", "change": "dropped", "id": records.pop()["id"]}
    publish(tmp_path / "d", records, [document(1)], [*added, last, gone], 3)
    told = load(tmp_path / "d", tmp_path / "fed.db")
    assert (told.put, told.removed, compared) == (0, 1, [""])


def test_a_feed_that_tells_less_than_was_published_is_not_believed(tmp_path: Path) -> None:
    added = [{"seq": 1, "run": 1, "at": "", "change": "added", "id": id_of(1)}]
    publish(tmp_path / "d", [record(1)], changes=added)
    load(tmp_path / "d", path := tmp_path / "o.db")
    publish(tmp_path / "d", [record(1), record(2)], changes=added, run=2)
    assert load(tmp_path / "d", path).put == 1
    load(tmp_path / "d", fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


def test_a_document_of_a_record_that_went_and_came_back_is_there_again(tmp_path: Path) -> None:
    """Both between two loads, so that documents.jsonl is what it was, and neither load may lose it."""
    path = tmp_path / "o.db"
    told: list[dict[str, Any]] = []
    states = ([record(1), record(2)], [record(2)], [record(1), record(2)])
    for run, (records, kind) in enumerate(zip(states, ("added", "dropped", "added"), strict=True), 1):
        told.append({"seq": run, "run": run, "at": "", "change": kind, "id": id_of(1)})
        papers = [document(1), document(2)] if len(records) == 2 else [document(2)]
        publish(tmp_path / "d", records, papers, told, run)
        if run != 2:
            load(tmp_path / "d", path)
    load(tmp_path / "d", fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


def test_documents_that_went_with_their_record_are_missed_though_their_file_is_the_same(tmp_path: Path) -> None:
    """A record went, and by a fault of the dataset its document stood there still; then the record came back."""
    path, folder = tmp_path / "o.db", tmp_path / "d"
    for run, numbers in enumerate(([1, 2], [2], [1, 2]), 1):
        publish(folder, map(record, numbers), [document(1), document(2)], None, run)
        load(folder, path)
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("SELECT count(*) FROM documents").fetchone() == (2,)
    load(folder, fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


MERGED = {
    "once": ([("merged", 5, 1)], {5: 1}),
    "twice, and leads to the last": ([("merged", 5, 6), ("added", 6, None), ("merged", 6, 1)], {5: 1, 6: 1}),
    "and came back": ([("merged", 2, 1), ("added", 2, None)], {}),
    "into one that was dropped": ([("merged", 5, 6), ("dropped", 6, None)], {}),
    "in a circle": ([("merged", 5, 6), ("merged", 6, 5)], {}),
    "into one that took its place later": (
        [("merged", 2, 1), ("added", 2, None), ("merged", 1, 2), ("added", 1, None)],
        {},
    ),
}


@pytest.mark.parametrize("case", MERGED)
def test_a_former_id_leads_to_a_record_that_is_there(tmp_path: Path, case: str) -> None:
    told, leads = MERGED[case]
    feed = [
        {"seq": n, "run": 1, "at": "", "change": kind, "id": id_of(one), "into": into and id_of(into)}
        for n, (kind, one, into) in enumerate(told, 1)
    ]
    publish(tmp_path / "d", [record(1), record(2)], changes=feed)
    load(tmp_path / "d", path := tmp_path / "o.db")
    with closing(sqlite3.connect(path)) as db:
        found = dict(db.execute("SELECT id, record FROM former_ids"))
    assert found == {id_of(one): id_of(into) for one, into in leads.items()}


HARMS = {
    "a record": "DELETE FROM records WHERE rowid = 2",
    "all records": "DELETE FROM records",
    "a listing of a record": "DELETE FROM record_listings WHERE record = (SELECT min(record) FROM record_listings)",
    "a document": "DELETE FROM documents",
    "a term": "DELETE FROM document_terms WHERE rowid = 1",
    "a text": "DELETE FROM document_texts",
    "an account": "DELETE FROM listings",
    "a former id more": "INSERT INTO former_ids VALUES ('wilson-x', (SELECT min(id) FROM records))",
    "a name more": "INSERT INTO document_terms SELECT record, role, 99, name, url FROM document_terms WHERE rowid = 1",
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("quiet", [True, False], ids=["nothing published since", "something published since"])
def test_a_table_that_somebody_was_at_is_mended(tmp_path: Path, harm: str, quiet: bool) -> None:
    publish(tmp_path / "d", [record(1), record(2), record(3)], [document(1), document(2)])
    load(tmp_path / "d", path := tmp_path / "o.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(HARMS[harm])
    if not quiet:
        publish(tmp_path / "d", [record(1), record(2), record(3), record(4)], [document(1), document(2)], run=2)
    assert load(tmp_path / "d", path).put
    load(tmp_path / "d", fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)
    unchanged(tmp_path / "d", path)


def test_what_is_told_of_a_load(tmp_path: Path) -> None:
    path, folder = tmp_path / "o.db", tmp_path / "d"
    publish(folder, [record(1), record(2), record(3)], [document(1), document(2)])
    assert load(folder, path) == Exported(3, 3, 0)
    publish(folder, [record(1), record(3)], [document(3)], run=2)
    assert load(folder, path) == Exported(2, 2, 1)  # of 1 the document went, of 3 it came
    publish(folder, [record(1), record(3)], [document(3)], run=3)
    assert load(folder, path) == Exported(2, 0, 0)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT as_of FROM harvest_load").fetchone() == ("2026-01-04T01:00:00Z",)


YEARS = {
    "July 22, 1958": (1958, 1950), "November 1967": (1967, 1960), "1950s": (None, 1950), "circa 1885": (None, None),
    "before 1900": (None, None), "since 1962": (None, None), None: (None, None),
}  # fmt: skip


def test_a_year_and_a_decade_are_told_only_of_a_date_that_can_mean_no_other(tmp_path: Path) -> None:
    publish(tmp_path / "d", map(record, range(7)))
    load(tmp_path / "d", path := tmp_path / "o.db")
    with closing(sqlite3.connect(path)) as db:
        told = {
            date: (year, decade) for date, year, decade in db.execute("SELECT date_text, year, decade FROM records")
        }
    assert told == YEARS


@pytest.mark.parametrize("doubted", ["1958~", "1958?", "1958%", "1958-07-?22"])
def test_no_year_and_no_decade_is_told_of_a_date_that_is_doubted(doubted: str) -> None:
    line = {"date": doubted, "date_earliest": "1958-07-22", "date_latest": "1958-07-22"}
    assert (year_of(line), decade_of(line)) == (None, None)


def test_another_dataset_is_refused_and_replaces_it_when_asked_to(tmp_path: Path) -> None:
    publish(tmp_path / "one", [record(1)])
    publish(tmp_path / "other", [record(2)])
    load(tmp_path / "one", path := tmp_path / "o.db")
    before = path.read_bytes()
    with pytest.raises(DestinationError, match="holds the dataset one of wilson, not other of wilson") as raised:
        load(tmp_path / "other", path)
    assert str(path) in str(raised.value) and path.read_bytes() == before
    load(tmp_path / "other", path, replace=True)
    load(tmp_path / "other", fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


@pytest.mark.parametrize(("number", "refused"), [(0, False), (2, True)], ids=["older", "newer"])
def test_tables_of_another_format(tmp_path: Path, number: int, refused: bool) -> None:
    """Of any format only three columns of harvest_load are known: an older one is built anew, a newer one refused."""
    publish(tmp_path / "d", [record(1)])
    path = tmp_path / "o.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE harvest_load (dataset, format, site, what_nobody_knows)")
        db.execute("CREATE TABLE records (other, columns)")
        db.execute("INSERT INTO harvest_load VALUES ('d', ?, 'wilson', 1)", (number,))
        db.commit()
    if refused:
        with pytest.raises(DestinationError, match="of format 2, and this program knows up to 1"):
            load(tmp_path / "d", path)
    load(tmp_path / "d", path, replace=refused)
    load(tmp_path / "d", fresh := tmp_path / "fresh.db")
    assert held(path) == held(fresh)


def test_an_older_format_of_another_dataset_is_refused_too(tmp_path: Path) -> None:
    publish(tmp_path / "d", [record(1)])
    path = tmp_path / "o.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE harvest_load (dataset, format, site)")
        db.execute("INSERT INTO harvest_load VALUES ('e', 0, 'wilson')")
    with pytest.raises(DestinationError, match="holds the dataset e of wilson"):
        load(tmp_path / "d", path)
