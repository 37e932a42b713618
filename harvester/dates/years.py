"""Shortened ranges of years ("1950-53", "1967/68") and what they can be taken for: the ISO month "1950-06"."""

import re
from dataclasses import replace

from harvester.dates import units
from harvester.dates.items import Item
from harvester.dates.reading import Unclear
from harvester.dates.result import Result, result_of
from harvester.dates.tidying import combine
from harvester.dates.tokens import Tokens
from harvester.dates.units import Unit, qualify, span

ISO_MONTHS = re.compile(r"y-n(?:-?T-?|/|-)y-n")
OR_ACROSS = "may be a range of years across the turn of the century"
LONGEST_ACROSS = 10  # "1999-01" is worth the doubt, "1950-06" would be 56 years
OR_MONTH = "may be a range of years or a month; the years hold both"


def read_iso_months(tokens: Tokens, mark: str) -> Result | None:
    """Return "1950-06 to 1951-07" as the range of months, None if the numbers are not months."""
    numbers = [value for kind, value in zip(tokens.kinds, tokens.values, strict=True) if kind in "yn"]
    if not (1 <= numbers[1] <= 12 and 1 <= numbers[3] <= 12):
        return None
    start, end = units.month(numbers[0], numbers[1]), units.month(numbers[2], numbers[3])
    return result_of(qualify(span(start, end), mark))


def short_range(group: list[Item], *, by_dash: bool) -> list[Unit] | None:
    """Return the units of a year and a number ("1950-53", "1910-12", "1950-06"); None if the group is something else.

    Digits that ascend are the end of a range of years; those that also number a month (1910-12, 1950-3) leave both
    readings open, and the years hold the month; those that do not ascend (1950-06) can only be the month. Joined by
    a word ("1910 to 12") they are never a month.
    """
    if [item.shape for item in group] != ["year", "day"] or group[0].year is None or group[1].day_width > 2:
        return None
    if any(item.position or item.fraction or item.weekday is not None for item in group):
        return None
    year, number = group[0].year, group[1].day or 0
    start_mark = combine(group[0].mark, *group[0].part_marks)
    end_mark = combine(group[1].mark, *group[1].part_marks)
    known = 100 if group[1].day_width == 2 else 10
    end = year - year % known + number
    if end > year:
        note = OR_MONTH if number <= 12 and by_dash else None
        last = qualify(replace(units.year(end), note=note), end_mark)
        return [qualify(units.year(year), start_mark), last]
    if start_mark or not by_dash or not 1 <= number <= 12:
        raise Unclear("the second number is neither a later year nor a month")
    across = group[1].day_width == 2 and end + 100 - year <= LONGEST_ACROSS
    return [qualify(replace(units.month(year, number), note=OR_ACROSS if across else None), end_mark)]
