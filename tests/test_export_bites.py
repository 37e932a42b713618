"""What bites beyond the usual, into every destination and back by that format's own library."""

import csv
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pybtex.database
import pytest
import rispy
from biting import LONG_URL, MORE, publish_more_bites
from conftest import Harvest, read_json, read_lines
from lxml import etree
from postgres_server import Database

Line = dict[str, Any]
# XML, BibTeX and RIS hold no control characters nor noncharacters; RIS and BibTeX have no line ends within a value.
_UNSAYABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@pytest.fixture(scope="module")
def bites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Line]]:
    folder = tmp_path_factory.mktemp("more") / "d"
    return folder, publish_more_bites(folder)


@pytest.fixture
def exported(harvest: Harvest, bites: tuple[Path, list[Line]], tmp_path: Path) -> Any:
    def export(form: str) -> Path:
        ran = harvest("export", bites[0], f"x{form}")
        assert ran.code == 0, ran.err
        assert ran.out.startswith(f"{len(MORE) + 1} records in x{form}")
        return tmp_path / f"x{form}"

    return export


def titles(records: list[Line]) -> dict[str, str]:
    return {record["id"]: record["title"] for record in records}


def test_json_lines_parquet_and_sqlite_say_it_to_the_letter(exported: Any, bites: tuple[Path, list[Line]]) -> None:
    said = titles(bites[1])
    assert titles(read_lines(exported(".jsonl"))) == said
    assert titles(pyarrow.parquet.read_table(exported(".parquet")).to_pylist()) == said
    with closing(sqlite3.connect(exported(".db"))) as db:
        assert dict(db.execute("SELECT id, title FROM records")) == said
        assert db.execute("SELECT date_earliest, year FROM records WHERE url = ?", (LONG_URL,)).fetchall() == [
            ("0800-01-01", 800)
        ]


def test_postgresql_says_it_to_the_letter(harvest: Harvest, bites: tuple[Path, list[Line]], database: Database) -> None:
    for told in (f"{len(MORE) + 1} written, 0 removed", "nothing had changed"):
        ran = harvest("export", bites[0], database.dsn)
        assert ran.code == 0, ran.err
        assert told in ran.out
    assert dict(database.run("SELECT id, title FROM d.records")) == titles(bites[1])
    assert database.run("SELECT count(*) FROM d.records WHERE url IS NOT NULL AND length(url) > 3000") == [(1,)]


def test_csv_says_it_with_an_apostrophe_where_a_spreadsheet_would_calculate(
    exported: Any, bites: tuple[Path, list[Line]]
) -> None:
    with exported(".csv").open(encoding="utf-8-sig", newline="") as file:
        read = titles(list(csv.DictReader(file)))
    said = titles(bites[1])
    assert set(read) == set(said)
    for id, title in said.items():
        assert read[id].removeprefix("'") == title
        assert read[id].startswith("'") == title.startswith(("-", "\t"))


def test_excel_cuts_what_no_cell_holds_and_says_the_rest(exported: Any, bites: tuple[Path, list[Line]]) -> None:
    with closing(openpyxl.load_workbook(exported(".xlsx"), read_only=True)) as book:
        head, *rows = book.worksheets[0].values
    read = {row[head.index("id")]: row[head.index("title")] for row in rows}
    said = titles(bites[1])
    assert set(read) == set(said)
    (cut,) = [id for id, title in said.items() if len(title) > 32_767]
    assert len(read[cut]) == 32_767 and read[cut][:32_000] == said[cut][:32_000]
    same = [id for id, title in said.items() if id != cut and not _UNSAYABLE.search(title) and "\r" not in title]
    assert len(same) > 7 and all(read[id] == said[id] for id in same)


def test_citations_hold_every_record_and_no_title_ends_its_field(exported: Any, bites: tuple[Path, list[Line]]) -> None:
    said = titles(bites[1])
    assert titles(read_json(exported(".csl.json"))) == said
    assert set(pybtex.database.parse_file(str(exported(".bib")), "bibtex").entries) == set(said)
    references = rispy.loads(exported(".ris").read_text(encoding="utf-8"))
    assert {one["id"] for one in references} == set(said)
    root = etree.parse(exported(".dc.xml")).getroot()
    read = [node.text for node in root.iter("{http://purl.org/dc/elements/1.1/}title")]
    plain = {title for title in said.values() if not _UNSAYABLE.search(title) and "\r" not in title}
    assert plain <= set(read) and len(read) >= len(said)
