"""docs/tables.md: each way to read a table that it shows is run, and gives the records."""

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from biting import LONG, publish_bites
from conftest import ROOT, Harvest, read_json, read_lines
from exporting import export
from tables import UNDO, Records

from harvester.exports.tables.excel import LINKS, ROWS

DOC = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```(console|python|sql)\n(.*?)```", DOC, re.S)
PRINT = "\nimport json; print(json.dumps(rows, default=str))\n"


def blocks(language: str, about: str) -> list[str]:
    return [block for kind, block in SHOWN if kind == language and about in block]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    publish_bites(folder / "d", documents=False)
    for form in ("csv", "xlsx", "parquet"):
        export(folder / "d", folder / f"records.{form}")
    return folder


@pytest.fixture(scope="module")
def records(folder: Path) -> Records:
    return read_lines(folder / "d" / "records.jsonl")


def run(block: str, folder: Path) -> Records:
    done = subprocess.run(
        [sys.executable, "-c", block + PRINT], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    rows: Records = json.loads(done.stdout)
    return rows


def as_cells(record: dict[str, Any]) -> dict[str, Any]:
    listings = json.dumps(record["listings"], separators=(",", ":"))
    return record | {"listings": listings, "withdrawn": str(record["withdrawn"]).lower()}


@pytest.mark.parametrize("block", blocks("python", "csv("), ids=["pandas", "polars"])
def test_a_library_reads_the_csv_as_shown(folder: Path, records: Records, block: str) -> None:
    assert run(block, folder) == [as_cells(record) for record in records]


def test_python_alone_reads_the_csv_as_shown(folder: Path, records: Records) -> None:
    (block,) = blocks("python", "import csv")
    assert run(block, folder) == [as_cells(record) for record in records]


def ask(block: str, folder: Path) -> Records:
    with duckdb.connect() as db:
        db.execute("SET file_search_path = ?", [str(folder)])
        found = db.execute(block)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_duckdb_reads_the_csv_as_shown(folder: Path, records: Records) -> None:
    (block,) = blocks("sql", "read_csv")
    assert ask(block, folder) == [as_cells(record) for record in records]


def test_openpyxl_reads_the_workbook_as_shown(folder: Path, records: Records) -> None:
    (block,) = blocks("python", "openpyxl")
    cut = [record | ({"summary": LONG[:32_766] + "…"} if record["summary"] == LONG else {}) for record in records]
    rows = run(block, folder)
    for row in rows:
        row |= {name: told[:10] for name, told in row.items() if name in {"date_earliest", "date_latest"} and told}
    assert rows == [record | {"listings": as_cells(record)["listings"]} for record in cut]


def test_pyarrow_reads_the_parquet_as_shown(folder: Path, records: Records) -> None:
    (block,) = blocks("python", "pyarrow")
    assert run(block + "\nrows = [*rows, whose]", folder) == [
        *records,
        read_json(folder / "d" / "datapackage.json")["attribution"],
    ]


def test_duckdb_tells_whose_the_records_are_as_shown(folder: Path) -> None:
    (block,) = blocks("sql", "parquet_kv_metadata")
    assert ask(block, folder) == [{"attribution": read_json(folder / "d" / "datapackage.json")["attribution"]}]


def test_the_commands_make_the_tables(harvest: Harvest, tmp_path: Path, folder: Path) -> None:
    (block,) = blocks("console", "harvest export")
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "sample").symlink_to(folder / "d")
    commands = re.findall(r"^\$ harvest (.+)$", block, re.M)
    assert len(commands) == 3
    for command in commands:
        ran = harvest(*command.split())
        assert ran.code == 0, ran.err
        assert (tmp_path / command.split()[-1]).is_file()


def test_the_rule_and_the_limits_are_those_of_the_program() -> None:
    assert DOC.count(UNDO) == 4
    assert f"{ROWS - 1:,} records" in DOC.replace("**", "")
    assert f"{LINKS:,}" in DOC
    assert datetime.date(1900, 3, 1).strftime("%B 1, %Y") in DOC
