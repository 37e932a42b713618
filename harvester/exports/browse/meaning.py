"""Says in words what a normalised date means: how exact it is, what may be doubted, and between which days it lies."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

_PRECISIONS = {
    "day": "one day",
    "day-set": "one of several days, or all of them",
    "month": "a month; which day is not known",
    "season": "a season; which day is not known",
    "year": "a year; which day is not known",
    "decade": "a decade; which year is not known",
    "century": "a century; which year is not known",
    "interval": "from one date to another, or somewhere between the two",
}


def explain_date(record: Mapping[str, Any]) -> list[str]:
    """Return sentences on the date of a record; none may be more precise than what was printed.

    >>> told = {"date": "1885~", "date_precision": "year", "date_earliest": "1885-01-01", "date_latest": "1885-12-31"}
    >>> explain_date({**told, "date_note": None})[1]
    'Circa: the date is approximate, and the true one may lie outside these days.'
    """
    if record["date"] is None:
        return ["Not known as a date that can be sorted.", *_noted(record)]
    precision = _PRECISIONS.get(record["date_precision"], record["date_precision"])
    return [f"It means {precision}: {_bounds(record)}.", *_doubts(record["date"]), *_noted(record)]


def _bounds(record: Mapping[str, Any]) -> str:
    first, last = record["date_earliest"], record["date_latest"]
    if first == last and first is not None:
        return _day(first)
    if first is None:
        return f"not after {_day(last)}; no beginning is known" if last else "no days are known"
    return f"{_day(first)} to {_day(last)}" if last else f"not before {_day(first)}; no end is known"


def _doubts(edtf: str) -> Iterator[str]:
    if "~" in edtf or "%" in edtf:
        yield "Circa: the date is approximate, and the true one may lie outside these days."
    if "?" in edtf or "%" in edtf:
        yield "Uncertain: the source itself doubts the date."


def _noted(record: Mapping[str, Any]) -> Iterator[str]:
    if record["date_note"]:
        yield f"Note: {record['date_note']}."


def _day(iso: str) -> str:
    """Return a day for people: 22 July 1958; the month by its English name, whatever the locale."""
    day = date.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
