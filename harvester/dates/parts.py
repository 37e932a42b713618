"""Parts of a unit: early, mid and late (approximate thirds), halves and quarters.

The thirds are a convention: no source fixes what "early 1956" is, so both ends carry EDTF's "~".
"""

from dataclasses import replace

from harvester.dates import units
from harvester.dates.reading import Unclear, join_notes
from harvester.dates.units import Unit, qualify, span

# First and last member of each third: months of a year, years of a decade or century (0 is its first year).
YEAR_THIRDS = ((1, 4), (5, 8), (9, 12))
DECADE_THIRDS = ((0, 3), (4, 6), (7, 9))
CENTURY_THIRDS = ((0, 32), (33, 65), (66, 99))
MONTH_THIRDS = ((1, 10), (11, 20), (21, 31))
NAMES = ("early", "mid", "late")


def thirds_of(unit: Unit, first: int, last: int) -> Unit:
    """Return the part of a unit from one third to another (0 early, 1 mid, 2 late); a season stays whole."""
    if unit.precision == "season":
        return replace(unit, note=join_notes(unit.note, f"{NAMES[first]} in the season"))
    thirds = {"year": YEAR_THIRDS, "decade": DECADE_THIRDS, "century": CENTURY_THIRDS, "month": MONTH_THIRDS}
    if unit.precision not in thirds or first > last:
        raise Unclear("no such part of a date")
    bounds = thirds[unit.precision]
    return qualify(_part(unit, bounds[first][0], bounds[last][1]), "~")


def fraction_of(unit: Unit, kind: str, number: int) -> Unit:
    """Return a half (`kind` h) or a quarter (q) of a unit; -1 is the last; raises Unclear where there is none."""
    pieces = 2 if kind == "h" else 4
    number = pieces if number == -1 else number
    sizes = {("year", 2): 6, ("year", 4): 3, ("century", 2): 50, ("century", 4): 25, ("decade", 2): 5, ("month", 2): 15}
    size = sizes.get((unit.precision, pieces))
    if size is None or not 1 <= number <= pieces:
        raise Unclear("no such part of a date")
    first = (number - 1) * size
    if unit.precision == "month":
        return _part(unit, 1, 15) if number == 1 else _part(unit, 16, 31)
    return _part(unit, first + 1, first + size) if unit.precision == "year" else _part(unit, first, first + size - 1)


def _part(unit: Unit, first: int, last: int) -> Unit:
    """Return the interval between two members of a unit: its days, its months or its years."""
    start = unit.earliest
    if unit.precision == "month":
        end = min(last, unit.latest.day)
        part = span(units.day(start.year, start.month, first), units.day(start.year, start.month, end))
    elif unit.precision == "year":
        part = span(units.month(start.year, first), units.month(start.year, last))
    else:
        part = units.years(start.year + first, start.year + last)
    return replace(part, note=join_notes(unit.note, part.note))
