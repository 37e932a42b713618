"""A stretch of time as a date names it: its EDTF, its first and last day, and its neighbours."""

from dataclasses import dataclass, replace
from datetime import date

# relativedelta is exact where the calendar is not regular (month ends, leap years), and it never fills in anything.
# dateutil's parser is not used on print: it takes what is missing from today, and reads "30-31, 1956" as 2031.
from dateutil.relativedelta import relativedelta

from harvester.dates.reading import Unclear, join_notes
from harvester.dates.tidying import combine

MONTH_END = relativedelta(day=31)
SEASON_MONTHS = {21: 3, 22: 6, 23: 9, 24: 12}
EITHER_WINTER = "this winter may be the one before or after the turn of the year"
EITHER_CENTURY = "may mean the decade or the century"


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of time.

    `whole` is its EDTF by itself (None for what only an interval can say), `first` and `last` what stands for it as
    the start and the end of an interval, `first_mark` and `last_mark` their qualifiers. The days are inclusive.
    """

    whole: str | None
    first: str
    last: str
    earliest: date
    latest: date
    precision: str
    first_mark: str = ""
    last_mark: str = ""
    note: str | None = None

    @property
    def marked(self) -> bool:
        """Return whether a qualifier stands at either end."""
        return bool(self.first_mark or self.last_mark)

    @property
    def edtf(self) -> str:
        """Return the EDTF, with qualifiers."""
        if self.whole is not None:
            return self.whole + self.last_mark
        return f"{self.first}{self.first_mark}/{self.last}{self.last_mark}"


def day(year: int, month: int, number: int) -> Unit:
    """Return a day; raises Unclear if the calendar has none."""
    try:
        on = date(year, month, number)
    except ValueError:
        raise Unclear(f"no such day in the calendar: {year:04d}-{month:02d}-{number:02d}") from None
    text = on.isoformat()
    return Unit(text, text, text, on, on, "day")


def month(year: int, number: int) -> Unit:
    """Return a month; raises Unclear if its number is not 1 to 12."""
    if not 1 <= number <= 12:
        raise Unclear(f"no such month: {number}")
    start = date(year, number, 1)
    text = f"{year:04d}-{number:02d}"
    return Unit(text, text, text, start, start + MONTH_END, "month")


def year(number: int) -> Unit:
    """Return a year; raises Unclear before the year 1, which has no ISO day."""
    if number < 1:
        raise Unclear("a year before the common era")
    text = f"{number:04d}"
    return Unit(text, text, text, date(number, 1, 1), date(number, 12, 31), "year")


def season(number: int, code: int, next_year: int | None = None) -> Unit:
    """Return a season; a winter printed with one year may lie at either turn of it, with two it is known."""
    text = f"{number:04d}-{code}"
    if code != 24:
        start = date(number, SEASON_MONTHS[code], 1)
        return Unit(text, text, text, start, start + relativedelta(months=2) + MONTH_END, "season")
    if number < 2:
        raise Unclear("a year before the common era")
    latest = date(number + 1, 2, 1) + MONTH_END
    if next_year is None:
        return Unit(text, text, text, date(number - 1, 12, 1), latest, "season", note=EITHER_WINTER)
    return Unit(text, text, text, date(number, 12, 1), latest, "season")


def decade(number: int) -> Unit:
    """Return the decade that "1950s" names; "1900s" may mean the century as well, and is taken for it."""
    if number % 10:
        raise Unclear(f"no decade starts with {number}")
    if number % 100 == 0:
        return replace(hundred(number), note=EITHER_CENTURY)
    return ten(number)


def ten(number: int) -> Unit:
    """Return the ten years 1900 to 1909 (as "190-" and EDTF's 190X count them)."""
    return _years(f"{number // 10:03d}X", number, number + 9, "decade")


def hundred(number: int) -> Unit:
    """Return the hundred years 1900 to 1999 (as "19--" and EDTF's 19XX count them)."""
    return _years(f"{number // 100:02d}XX", number, number + 99, "century")


def century(number: int) -> Unit:
    """Return the century as counted in words: the 19th is 1801 to 1900, though EDTF can only say 18XX."""
    if not 1 <= number <= 30:
        raise Unclear(f"no such century: {number}")
    return _years(f"{number - 1:02d}XX", number * 100 - 99, number * 100, "century")


def years(start: int, end: int) -> Unit:
    """Return the interval of whole years."""
    return _years(None, start, end, "interval")


def _years(whole: str | None, start: int, end: int, precision: str) -> Unit:
    return Unit(whole, f"{start:04d}", f"{end:04d}", date(start, 1, 1), date(end, 12, 31), precision)


def qualify(unit: Unit, mark: str) -> Unit:
    """Return the unit with a qualifier at both ends; a decade or century becomes the interval of its years.

    edtf-validate, and the grammar it follows, know no qualifier on 195X.
    """
    if not mark:
        return unit
    first, last = combine(unit.first_mark, mark), combine(unit.last_mark, mark)
    if unit.precision in {"decade", "century"}:
        unit = replace(unit, whole=None, precision="interval")
    return replace(unit, first_mark=first, last_mark=last)


def span(start: Unit, end: Unit) -> Unit:
    """Return the interval from one unit to another; equal ends are one unit; raises Unclear where it runs backwards."""
    if start.whole is not None and start.whole == end.whole and start.first_mark == end.first_mark:
        return replace(start, note=join_notes(start.note, "a range with equal ends"))
    if _is_reversed(start, end):
        raise Unclear("the range does not run forwards")
    return Unit(
        whole=None,
        first=start.first,
        last=end.last,
        earliest=start.earliest,
        latest=end.latest,
        precision="interval",
        first_mark=start.first_mark,
        last_mark=end.last_mark,
        note=join_notes(start.note, end.note),
    )


def _is_reversed(start: Unit, end: Unit) -> bool:
    if EITHER_WINTER in {start.note, end.note}:  # its bounds are wider than itself
        return start.earliest > end.latest
    return start.earliest > end.earliest or start.latest > end.latest
