"""docs/dates.md is the rule: every row of its tables is run."""

import re
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.dates import ENGLISH, DateReading, looks_like_date, read_edtf, read_printed
from harvester.dates.reading import PRECISIONS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # edtf-validate 2.0 calls names that pyparsing 3.3 deprecates
    from edtf_validate.valid_edtf import is_valid

PAGE = Path(__file__).parent.parent / "docs" / "dates.md"


def table(first_cell: str) -> list[list[str]]:
    """Return the rows of every table of the page whose header starts with the cell."""
    rows, wanted = [], False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            wanted = False
        elif cells[0] == first_cell:
            wanted = True
        elif wanted and not re.fullmatch("-+", cells[0]):
            rows.append([cell.strip("`") for cell in cells])
    return rows


PRINTED = table("printed")
DECLARED = table("order")
KNOWN_ERRORS = table("EDTF")


def test_page_has_its_tables():
    assert len(PRINTED) > 180
    assert len(DECLARED) == 6
    assert len(KNOWN_ERRORS) == 9
    assert len({row[0] for row in PRINTED}) == len(PRINTED)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_row_of_the_page(row):
    printed, *expected = row
    date, earliest, latest, precision, note = (cell or None for cell in expected)
    assert read_printed(printed) == DateReading(date, printed, earliest, latest, precision, note)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_row_of_the_page_at_the_edtf_door(row):
    printed = read_printed(row[0])
    assert printed.date_precision in PRECISIONS
    if printed.date is None:
        assert printed.date_note
        assert (printed.date_earliest, printed.date_latest, printed.date_precision) == (None, None, "unknown")
        return
    edtf = read_edtf(printed.date)
    assert (edtf.date, edtf.date_precision) == (printed.date, printed.date_precision)
    if "century" not in row[0] and "Winter 1967-" not in row[0] and "Winter 1967/" not in row[0]:
        assert (edtf.date_earliest, edtf.date_latest) == (printed.date_earliest, printed.date_latest)


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: f"{row[1]} {row[0]}")
def test_declared_order(row):
    order, printed, date, note = row
    reading = read_printed(printed, replace(ENGLISH, numeric_order=order))
    assert (reading.date, reading.date_note) == (date, note or None)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_table_line_looks_like_a_date(row):
    printed, date, *_, note = row
    undated = ("undated", "two digits", "no such day", "no such month", "its century", "either way", "common era")
    expected = bool(date) or any(words in note for words in undated)
    if expected:
        assert looks_like_date(printed)


@pytest.mark.parametrize("row", KNOWN_ERRORS, ids=lambda row: row[0])
def test_known_error_of_edtf_validate(row):
    text, theirs, ours, reason = row
    assert reason
    assert theirs != ours
    assert is_valid(text) == (theirs == "valid")
    assert (read_edtf(text).date is not None) == (ours == "valid")
