"""Reads one EDTF date: a day, month, season, year or date-time, with qualifiers and unspecified digits."""

import itertools
import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass

# isoparse is strict, complete on times and zones, and takes nothing from today; it only checks here, because it turns
# 24:00 into the next day and would move a day across time zones.
from dateutil.parser import isoparse

from harvester.dates.edtf_season import SEASONS, season_bounds
from harvester.dates.reading import Unclear

Day = tuple[int, int, int]
SIGN = "[?~%]?"
DATE = re.compile(
    rf"{SIGN}(?P<year>-?[0-9X]{{4}}){SIGN}(?:-{SIGN}(?P<month>[0-9X]{{2}}){SIGN}(?:-{SIGN}(?P<day>[0-9X]{{2}}){SIGN})?)?"
)
SIGNIFICANT = re.compile(r"(?P<year>-?[0-9]{4})S(?P<digits>[1-4])")
# Years of more than four digits, and their exponents and significant digits, are checked but never converted.
LONG_YEAR = re.compile(r"Y-?[1-9][0-9]{4,}(?:S[1-9][0-9]*)?|Y-?[1-9][0-9]*E[1-9][0-9]*(?:S[1-9][0-9]*)?")
DATE_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)?"
)
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
BY_UNSPECIFIED = ("year", "decade", "century", "interval", "unknown")
OUTSIDE = "a year outside 1 to 9999 has no ISO day"


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day (None where open or unknown), precision, and a note."""

    earliest: Day | None
    latest: Day | None
    precision: str
    note: str | None = None

    @property
    def iso_earliest(self) -> str | None:
        """Return the first day as ISO writes it."""
        return _iso(self.earliest)

    @property
    def iso_latest(self) -> str | None:
        """Return the last day as ISO writes it."""
        return _iso(self.latest)


def _iso(day: Day | None) -> str | None:
    if day is None or not 1 <= day[0] <= 9999:
        return None
    return f"{day[0]:04d}-{day[1]:02d}-{day[2]:02d}"


def read_single(text: str, *, with_time: bool = True) -> Span:
    """Return one date; raises Unclear if it is not EDTF or in no calendar. Intervals and sets hold no times."""
    match = DATE.fullmatch(text)
    if match:
        return _with_note(_read_date(match["year"], match["month"], match["day"]))
    timed = DATE_TIME.fullmatch(text) if with_time else None
    if timed:
        return _read_date_time(text, timed["date"])
    significant = SIGNIFICANT.fullmatch(text)
    if significant:
        unspecified = 4 - int(significant["digits"])
        year = significant["year"]
        return _read_date(year[: len(year) - unspecified] + "X" * unspecified, None, None)
    if LONG_YEAR.fullmatch(text):
        return Span(None, None, "year", OUTSIDE)
    raise Unclear("no form of EDTF")


def _with_note(span: Span) -> Span:
    outside = any(day and not 1 <= day[0] <= 9999 for day in (span.earliest, span.latest))
    return Span(span.earliest, span.latest, span.precision, OUTSIDE) if outside else span


def _read_date_time(text: str, day: str) -> Span:
    try:
        isoparse(text)
    except ValueError:
        raise Unclear("no such day or time") from None
    year, month, number = (int(part) for part in day.split("-"))
    return Span((year, month, number), (year, month, number), "day")


def _read_date(year: str, month: str | None, day: str | None) -> Span:
    if year == "-0000":
        raise Unclear("no such year")
    if month and "X" not in month and int(month) in SEASONS:
        return _read_season(year, int(month), day)
    days = [_end_day(year, month, day, latest=latest) for latest in (False, True)]
    precision = _precision(year.lstrip("-"), month, day)
    if precision == "unknown":
        return Span(None, None, precision, "the year is not specified")
    return Span(min(days), max(days), precision)


def _read_season(year: str, code: int, day: str | None) -> Span:
    if day or "X" in year:
        raise Unclear("a season of no one year, or with a day")
    earliest, latest, note = season_bounds(int(year), code)
    return Span(earliest, latest, "season" if code <= 32 else "interval", note)


def _end_day(year: str, month: str | None, day: str | None, *, latest: bool) -> Day:
    """Return the first or last day of the calendar that the digits allow."""
    step = -1 if latest else 1
    months = [m for m in range(1, 13) if _fits(month, m)][::step]
    days = [d for d in range(1, 32) if _fits(day, d)][::step]
    for number in _years(year, latest=latest):
        lengths = {m: 29 if m == 2 and isleap(number) else MONTH_DAYS[m - 1] for m in months}
        for m in months:
            for d in days:
                if d <= lengths[m]:
                    return number, m, d
    raise Unclear("no such day")


def _fits(pattern: str | None, number: int) -> bool:
    if pattern is None:
        return True
    return all(sign in ("X", digit) for sign, digit in zip(pattern, f"{number:02d}", strict=True))


def _years(year: str, *, latest: bool) -> Iterator[int]:
    """Yield the years that the digits allow, in order of time or (`latest`) against it; ten thousand at the most."""
    sign = -1 if year.startswith("-") else 1
    digits = "0123456789"[:: -sign if latest else sign]
    for number in itertools.product(*(digits if digit == "X" else digit for digit in year.lstrip("-"))):
        yield sign * int("".join(number))


def _precision(year: str, month: str | None, day: str | None) -> str:
    """Return the precision of the coarsest part that is unspecified, or of the finest part given."""
    if "X" in year:
        known = year.rstrip("X")
        return BY_UNSPECIFIED[4 - len(known)] if "X" not in known else "interval"
    if month is None or "X" in month:
        return "year"
    return "month" if day is None or "X" in day else "day"
