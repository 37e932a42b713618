"""A dataset in SQLite: the same records, brought up to date, never half."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biting import BITES, publish_bites
from conftest import Harvest, read_lines
from published import document, publish, record
from sqlite_exports import held, load

from harvester.exports.relational import ALL, TABLES, Column

FIELDS = "id site url title date date_text date_earliest date_latest date_precision date_note summary withdrawn".split()


def records_in(path: Path) -> list[dict[str, Any]]:
    """Return the records of a database as records.jsonl has them."""
    with closing(sqlite3.connect(path)) as db:
        listings: dict[str, list[str]] = {}
        for record, listing in db.execute("SELECT record, listing FROM record_listings ORDER BY record, listing"):
            listings.setdefault(record, []).append(listing)
        rows = db.execute(f"SELECT {', '.join(FIELDS)} FROM records ORDER BY id").fetchall()
    told = [dict(zip(FIELDS, row, strict=True)) for row in rows]
    return [{**one, "listings": listings.get(one["id"], []), "withdrawn": bool(one["withdrawn"])} for one in told]


@pytest.fixture(scope="module")
def bites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load all that bites, a summary of ten megabytes among it."""
    folder = tmp_path_factory.mktemp("bites")
    publish_bites(folder / "d")
    load(folder / "d", folder / "o.db")
    return folder / "o.db"


def test_all_that_bites_comes_back_as_it_went_in(bites: Path) -> None:
    assert records_in(bites) == read_lines(bites.parent / "d" / "records.jsonl")


def test_the_command_says_what_it_did(harvest: Harvest, tmp_path: Path) -> None:
    publish(tmp_path / "d", [record(1), record(2)])
    assert harvest("export", "d", "o.sqlite").out == "2 records in o.sqlite: 2 written, 0 removed\n"
    assert harvest("export", "d", "o.sqlite").out == "2 records in o.sqlite: nothing had changed\n"


def ask(path: Path, question: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(question, values).fetchall()


def found(path: Path, table: str, words: str) -> list[Any]:
    """Return the ids (of records) that full-text search finds."""
    of = "id" if table in {"records", "documents"} else "record"
    where = f"rowid IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH ?)"
    return [one for (one,) in ask(path, f"SELECT DISTINCT {of} FROM {table} WHERE {where} ORDER BY 1", words)]


def test_all_that_documents_say_comes_back(bites: Path) -> None:
    title = BITES[1]
    (key,) = (key for (key,) in ask(bites, "SELECT id FROM documents WHERE title = ?", title))
    told = ask(bites, "SELECT role, position, name FROM document_terms WHERE record = ? ORDER BY role, position", key)
    assert told == [
        ("author", 1, f"Writer, {title}"), ("person", 1, title), ("person", 2, "Mao Zedong"),
        ("place", 1, "China"), ("place", 2, "Soviet Union"),
    ]  # fmt: skip
    assert ask(bites, "SELECT body FROM document_texts WHERE record = ?", key) == [(f"{title}\n\nSecond,\nbroken.\n",)]
    said = ask(bites, "SELECT source, rights, json_extract(languages, '$[1]') FROM documents WHERE id = ?", key)
    assert said == [(f"AVPRF, f. 0100, op. 51, {title}", "Free to be used, with attribution.", "Chinese")]
    assert ask(bites, "SELECT url FROM document_aliases WHERE record = ?", key)[0][0].endswith("/node/2")


@pytest.mark.parametrize(
    ("table", "words", "number"),
    [
        ("records", "angstrom kursat", 1), ("records", "Москва", 1), ("records", "文書館", 1),
        ("records", "title: plain", 1),
        ("records", "word777777", 1), ("records", '"July 22"', 2), ("records", "kvass", 0),
        ("documents", "source: AVPRF", 4), ("document_terms", "zedong", 4), ("document_texts", '"second broken"', 4),
        ("document_terms", "yes", 1),
    ],
)  # fmt: skip
def test_words_are_found(bites: Path, table: str, words: str, number: int) -> None:
    assert len(found(bites, table, words)) == number


def test_the_search_is_sound_after_a_user_wrote_vacuumed_or_copied(tmp_path: Path) -> None:
    """The index finds rows by their numbers, which VACUUM keeps as the tables have other indexes."""
    publish(tmp_path / "d", map(record, range(20)), map(document, range(20)))
    load(tmp_path / "d", path := tmp_path / "o.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM former_ids")
        for table in reversed(TABLES):
            if table.of is not None:
                db.execute(f"DELETE FROM {table.name} WHERE {table.of} IN (SELECT id FROM records LIMIT 5)")
        db.execute("UPDATE records SET title = 'Rewritten by hand' WHERE title LIKE 'Letter 7 %'")
        db.execute("UPDATE document_texts SET body = 'Nothing'")
        db.execute("VACUUM")
        db.execute("VACUUM INTO ?", (str(copy := tmp_path / "copy.db"),))
    for one in (path, copy):
        assert len(held(one)["document_texts"]) == 15
        (key,) = found(one, "records", "rewritten")
        assert ask(one, "SELECT title FROM records WHERE id = ?", key) == [("Rewritten by hand",)]
        assert (found(one, "document_texts", "comrade"), len(found(one, "document_texts", "nothing"))) == ([], 15)


USUAL = {
    "of a year": ("SELECT title FROM records WHERE year = 1956", "records_by_year"),
    "of a decade": ("SELECT decade, count(*) FROM records GROUP BY decade", "records_by_decade"),
    "in the order of time": (
        "SELECT title FROM records ORDER BY date_earliest, date_latest LIMIT 10",
        "records_by_date_earliest_and_date_latest",
    ),
    "that can be of 1956": (
        "SELECT title FROM records WHERE date_earliest <= '1956-12-31' AND date_latest >= '1956-01-01'",
        "records_by_date_",
    ),
    "before 1900": ("SELECT title FROM records WHERE date_latest < '1900-01-01'", "records_by_date_latest"),
    "at an address": ("SELECT id FROM records WHERE url = 'https://archive.example/1'", "records_by_url"),
    "of a listing": ("SELECT record FROM record_listings WHERE listing = 'x'", "record_listings_by_listing"),
    "the listings of one": ("SELECT listing FROM record_listings WHERE record = 'x'", "PRIMARY KEY"),
    "of a person": (
        "SELECT record FROM document_terms WHERE role = 'person' AND name = 'Mao Zedong'",
        "document_terms_by_role_and_name",
    ),
    "by another address": ("SELECT record FROM document_aliases WHERE url = 'x'", "document_aliases_by_url"),
    "by a former id": ("SELECT record FROM former_ids WHERE id = 'x'", "sqlite_autoindex_former_ids_1"),
    "by a word": ("SELECT rowid FROM records_search WHERE records_search MATCH 'moscow'", "VIRTUAL TABLE INDEX"),
}


@pytest.mark.parametrize("question", USUAL)
def test_the_usual_questions_use_an_index(bites: Path, question: str) -> None:
    asked, index = USUAL[question]
    plan = " ".join(row[3] for row in ask(bites, f"EXPLAIN QUERY PLAN {asked}"))
    assert index in plan, plan


def wrong(column: Column) -> Any:
    """Return a value that a column must not take."""
    return {"text": None, "date": "1900-02-29", "boolean": 2, "integer": "many", "json": "{"}[column.kind]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_no_column_takes_what_it_cannot_mean(tmp_path: Path, table: Any) -> None:
    publish(tmp_path / "d", [record(1)])
    load(tmp_path / "d", path := tmp_path / "o.db")
    keys, dates = iter(range(10**6)), 0
    with closing(sqlite3.connect(path)) as db:

        def insert(values: dict[str, Any]) -> None:
            marks = ", ".join(f":{name}" for name in table.names)
            quoted = ", ".join(f'"{name}"' for name in table.names)
            db.execute(f"INSERT INTO {table.name} ({quoted}) VALUES ({marks})", values)

        def fair() -> dict[str, Any]:
            right = {"date": "0900-01-01", "boolean": 1, "integer": next(keys) + 1000, "json": "[]"}
            return {column.name: right.get(column.kind, f"x{next(keys)}") for column in table.columns}

        insert(fair())
        for column in table.columns:
            if column.nullable:
                insert({**fair(), column.name: None})
            if column.kind == "text" and column.nullable:
                continue
            dates += column.kind == "date"
            with pytest.raises(sqlite3.IntegrityError):
                insert({**fair(), column.name: wrong(column)})
    assert dates == (2 if table.name in {"records", "documents"} else 0)


def test_the_same_dataset_is_the_same_file(harvest: Harvest, tmp_path: Path) -> None:
    publish(
        tmp_path / "d", (record(number) for number in range(300)), (document(number) for number in range(0, 300, 3))
    )
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        ran = harvest("export", "d", f"{seed}.db", env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"})
        assert ran.code == 0, ran.err
    assert (tmp_path / "1.db").read_bytes() == (tmp_path / "2.db").read_bytes()
    assert ask(tmp_path / "1.db", "PRAGMA application_id") == [(0x48617276,)]
    assert ask(tmp_path / "1.db", "PRAGMA user_version") == ask(tmp_path / "1.db", "SELECT format FROM harvest_load")
