"""Tables read back as records by the formats' own libraries; datasets that say what another program's may say."""

import csv
import datetime
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import polars
from biting import publish_bites
from conftest import read_json, read_lines
from openpyxl.utils.escape import unescape
from pyarrow import parquet

Records = list[dict[str, Any]]
UNDO = r"^'('*(?:[=+\-@\t\r\n＝＋－＠]|$))"  # as docs/tables.md and the data package have it
LONGEST = 16 * 1024 * 1024


def foreign(folder: Path, *said: dict[str, Any]) -> Path:
    """Publish a dataset of records that say this."""
    publish_bites(folder, documents=False, long=False)
    path = folder / "records.jsonl"
    first = read_lines(path)[0]
    path.write_text("".join(json.dumps(first | one) + "\n" for one in said), encoding="utf-8")
    package = read_json(folder / "datapackage.json")
    package["resources"][0]["hash"] = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return folder


def from_text(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record of cells that are all text, None for null; apostrophes are undone by the documented rule."""
    told = {name: None if cell is None else re.sub(UNDO, r"\1", cell, count=1) for name, cell in row.items()}
    withdrawn = {"true": True, "false": False}[told["withdrawn"]]
    return told | {"listings": json.loads(told["listings"]), "withdrawn": withdrawn}


def from_types(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record of cells that have types."""
    told = {name: str(cell) if isinstance(cell, datetime.date) else cell for name, cell in row.items()}
    return told | {"listings": list(told["listings"])}


def csv_by_csv(path: Path) -> Records:
    csv.field_size_limit(LONGEST)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [from_text({name: cell or None for name, cell in row.items()}) for row in csv.DictReader(file)]


def csv_by_pandas(path: Path) -> Records:
    frame = pandas.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    return [from_text(row) for row in frame.astype(object).where(frame.notna(), None).to_dict("records")]


def csv_by_polars(path: Path) -> Records:
    return [from_text(row) for row in polars.read_csv(path, infer_schema=False).to_dicts()]


def csv_by_duckdb(path: Path) -> Records:
    asked = "SELECT * FROM read_csv(?, all_varchar = true, max_line_size = ?)"
    return [from_text(row) for row in ask_duckdb(asked, str(path), LONGEST)]


def parquet_by_pyarrow(path: Path) -> Records:
    return [from_types(row) for row in parquet.read_table(path).to_pylist()]


def parquet_by_polars(path: Path) -> Records:
    return [from_types(row) for row in polars.read_parquet(path).to_dicts()]


def parquet_by_duckdb(path: Path) -> Records:
    return [from_types(row) for row in ask_duckdb("SELECT * FROM read_parquet(?)", str(path))]


def parquet_by_pandas(path: Path) -> Records:
    return [from_types(row) for row in pandas.read_parquet(path).replace({float("nan"): None}).to_dict("records")]


def ask_duckdb(asked: str, *given: object) -> Records:
    with duckdb.connect() as db:
        found = db.execute(asked, list(given))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def excel_by_openpyxl(path: Path) -> Records:
    book = openpyxl.load_workbook(path)
    names, *rows = book["records"].iter_rows(values_only=True)
    return [_from_excel(dict(zip(names, row, strict=True))) for row in rows]


def excel_by_pandas(path: Path) -> Records:
    frame = pandas.read_excel(path, "records", dtype=object, keep_default_na=False, na_values=[""])
    return [_from_excel(row) for row in frame.where(frame.notna(), None).to_dict("records")]


def _from_excel(row: dict[Any, Any]) -> dict[str, Any]:
    """Return a record of a row; openpyxl leaves it to its user to undo how Excel writes control characters."""
    told = {name: unescape(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
    told |= {name: told[name].date().isoformat() for name in told if isinstance(told[name], datetime.datetime)}
    return told | {"listings": json.loads(told["listings"])}


Reader = Callable[[Path], Records]
CSV: tuple[Reader, ...] = (csv_by_csv, csv_by_pandas, csv_by_polars, csv_by_duckdb)
PARQUET: tuple[Reader, ...] = (parquet_by_pyarrow, parquet_by_polars, parquet_by_duckdb, parquet_by_pandas)
EXCEL: tuple[Reader, ...] = (excel_by_openpyxl, excel_by_pandas)
