"""CSV: safe to open in a spreadsheet, the same records when it is read back, a data package beside it."""

import csv
import re
from pathlib import Path
from typing import IO, Any

import orjson

from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source
from harvester.exports.tables.columns import NAMES, values
from harvester.exports.tables.counted import Counted
from harvester.exports.tables.csv_package import describe_table, path_beside
from harvester.exports.tables.formulas import BEGINNINGS

# A cell that is a formula, and one that would be taken for one with the apostrophe before it when it is read back. Text
# that is empty is told from no text so, too.
_MARKED = re.compile(rf"'*(?:[{re.escape(BEGINNINGS)}]|\Z)")
# Where a program that parts cells elsewhere than at commas finds one begin: quotes within a cell hold nothing then.
_WITHIN = re.compile(r"[;\t\r\n][\s\"']*[=+\-@＝＋－＠]")


def export(source: Source, target: str, options: Options) -> Exported:
    """Write the records as CSV, and its data package beside it; both are whole before either takes its place."""
    with placing(path_beside(target)) as told, placing(target) as path:
        loose = Counted()
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            count = _write(source, file, loose)
        told.write_bytes(describe_table(source, Path(target).name, path, count))
    return Exported(count, notes=_notes(loose))


def _write(source: Source, file: IO[str], loose: Counted) -> int:
    writer = csv.writer(file)  # as RFC 4180 has it: commas, CRLF, quotes doubled
    writer.writerow(NAMES)
    count = 0
    for said in values(source):
        cells = [to_cell(value) for value in said]
        writer.writerow(cells)
        count += 1
        loose.add(said[0], sum(cell is not None and _WITHIN.search(cell) is not None for cell in cells))
    return count


def to_cell(value: Any) -> str | None:
    """Return a value as its cell has it; None, of which nothing is written, for null.

    >>> to_cell("=1+1"), to_cell("'=1+1"), to_cell("'An ordinary quotation'"), to_cell(["a", "b"]), to_cell(True)
    ("'=1+1", "''=1+1", "'An ordinary quotation'", '["a","b"]', 'true')
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if _MARKED.match(text) else text


def _notes(loose: Counted) -> tuple[str, ...]:
    if not loose.number:
        return ()
    return (
        f"a semicolon, a tab or a line end with = + - @ behind it stands in {loose}. A spreadsheet that parts cells "
        "at semicolons or tabs, not at the commas of this file, may take that for a formula: name an .xlsx for it",
    )
