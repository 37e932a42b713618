"""The second sheet of a workbook: whose the records are, what was proved of them, what the columns mean."""

from collections.abc import Iterator
from typing import Any

from harvester.exports.origin import Origin
from harvester.exports.tables.columns import COLUMNS
from harvester.exports.tables.sheets import Sheet, fit

_NAMES = {
    "title": "Title",
    "attribution": "Attribution",
    "dataset": "Dataset",
    "site": "Site",
    "dataset_digest": "Digest of the dataset",
    "selection": "Only what is found by",
    "format_version": "Format of the dataset",
    "readers": "Read by",
    "as_of": "As of",
}
_DAYS = "A day before March 1, 1900 is text: Excel counts days from 1900 on, and takes that year for a leap year."


def write_about(book: Any, origin: Origin, records: int, notes: tuple[str, ...]) -> None:
    """Add the sheet to a workbook whose sheet of records is written."""
    sheet = book.add_worksheet("about", Sheet)
    wrapped, head = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    sheet.set_column(0, 0, 30, wrapped)
    sheet.set_column(1, 1, 100, wrapped)
    for row, (name, told) in enumerate(_lines(origin, records, notes)):
        sheet.write_string(row, 0, fit(name), head if told is None else wrapped)
        if told is not None:
            sheet.write_string(row, 1, fit(told), wrapped)


def _lines(origin: Origin, records: int, notes: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Yield names with what is told of them, None of it where a part begins."""
    for key, told in origin.facts.items():
        yield _NAMES[key], told
    for title, address in origin.sources:
        yield "Source", f"{title}, {address}"
    yield "Records", str(records)
    yield "Listings, and what was proved of them", None
    yield from origin.verdicts
    yield "Columns of the sheet “records”", None
    for column in COLUMNS:
        yield column.name, column.description
    yield "Excel", None
    yield "days", _DAYS
    yield "lists", 'A list is written as JSON has it: ["everything"].'
    for note in notes:
        yield "note", note
