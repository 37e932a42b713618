"""The columns of a date, alike for records and documents, and what of them only one value can be meant by."""

from harvester.exports.relational.tables import Column, Row, text
from harvester.exports.source import Line

DATED = (
    text("date", "The date in EDTF, never more precise than the print; null if unknown", nullable=True),
    text("date_text", "The date as printed; null if blank", nullable=True),
    Column("date_earliest", "date", "First day that the date can mean; null if open or unknown", nullable=True),
    Column("date_latest", "date", "Last day that the date can mean; null if open or unknown", nullable=True),
    text("date_precision", "day, day-set, month, season, year, decade, century, interval or unknown"),
    text("date_note", "Why the date is null, or what was unclear", nullable=True),
)


def dates_of(line: Line) -> Row:
    """Return the values of these columns."""
    return tuple(line[column.name] for column in DATED)


def year_of(line: Line) -> int | None:
    """Return the only year that a date can mean, None where it can mean several, or none is known.

    "circa" and "?" leave it open: the bounds of "circa 1950" are those of 1950, and it may well mean 1949.
    """
    alike = _alike(line, 4)
    return None if alike is None else int(alike)


def decade_of(line: Line) -> int | None:
    """Return the first year of the only decade (1950 to 1959) that a date can mean, else None."""
    alike = _alike(line, 3)
    return None if alike is None else int(alike) * 10


def _alike(line: Line, digits: int) -> str | None:
    first, last = line["date_earliest"], line["date_latest"]
    if not first or not last or any(sign in line["date"] for sign in "~?%"):
        return None
    begin: str = first[:digits]
    return begin if last.startswith(begin) else None
