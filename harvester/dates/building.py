"""Builds the unit that a complete item means; what an item lacks is never invented."""

from dataclasses import replace

from harvester.dates import units
from harvester.dates.items import Item
from harvester.dates.parts import fraction_of, thirds_of
from harvester.dates.reading import Unclear, join_notes
from harvester.dates.tidying import combine
from harvester.dates.units import Unit

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COUNTED = {"century": units.century, "decade": units.decade, "ten": units.ten, "hundred": units.hundred}
AGAINST_ORDER = "day and month stand against the order declared for the site"


def build(item: Item, order: str | None) -> tuple[Unit, ...]:
    """Return the units that an item can mean: two where day and month could stand either way round, else one.

    `order` is that of numeric dates. Raises Unclear for what is in no calendar, and for an item without its year.
    """
    found = _numeric(item, order) if item.shape == "numeric" else (_worded(item),)
    return tuple(_finish(item, unit) for unit in found)


def _numeric(item: Item, order: str | None) -> tuple[Unit, ...]:
    first, second = item.numbers or (0, 0)
    if item.year is None:
        raise Unclear("no year is printed", dated=False)
    year = item.year
    dmy_fits, mdy_fits = 1 <= second <= 12, 1 <= first <= 12
    if not dmy_fits and not mdy_fits:
        raise Unclear(f"no such month: {first} or {second}")
    if dmy_fits and mdy_fits and first != second and order is None:
        return tuple(sorted((units.day(year, second, first), units.day(year, first, second)), key=lambda u: u.first))
    as_dmy = dmy_fits and (order != "mdy" or not mdy_fits)
    day = units.day(year, second, first) if as_dmy else units.day(year, first, second)
    against = order is not None and first != second and as_dmy != (order == "dmy")
    return (replace(day, note=AGAINST_ORDER) if against else day,)


def _worded(item: Item) -> Unit:
    if item.shape in COUNTED and item.other is not None:
        return COUNTED[item.shape](item.other)
    if item.year is None:
        raise Unclear("no year is printed", dated=item.month is not None)
    if item.shape == "iso" and item.numbers:
        return units.day(item.year, *item.numbers)
    if item.shape == "month-year" and item.numbers:
        return units.month(item.year, item.numbers[0])
    if item.shape == "quarter":
        return fraction_of(units.year(item.year), "q", item.other or 0)
    if item.season is not None:
        return _season(item, item.year)
    if item.month is None:
        if item.day is not None:
            raise Unclear("no month is printed", dated=False)
        return units.year(item.year)
    return units.month(item.year, item.month) if item.day is None else units.day(item.year, item.month, item.day)


def _season(item: Item, year: int) -> Unit:
    season = item.season or 0
    if item.next_year is None:
        return units.season(year, season)
    if season != 24 or item.next_year not in {year + 1, (year + 1) % 100}:
        raise Unclear("a season of more than one year")
    return units.season(year, season, year + 1)


def _finish(item: Item, unit: Unit) -> Unit:
    if item.weekday is not None:
        unit = _check_weekday(unit, item.weekday)
    if item.position:
        unit = thirds_of(unit, *item.position)
    if item.fraction:
        unit = fraction_of(unit, *item.fraction)
    return units.qualify(_mark_parts(item, unit), item.mark)


def _check_weekday(unit: Unit, weekday: int) -> Unit:
    if unit.precision != "day":
        raise Unclear("a weekday without a day", dated=False)
    if unit.earliest.weekday() == weekday:
        return unit
    note = f"printed as a {WEEKDAYS[weekday]}, but that day was a {WEEKDAYS[unit.earliest.weekday()]}"
    return replace(unit, note=join_notes(unit.note, note))


def _mark_parts(item: Item, unit: Unit) -> Unit:
    """Put each part's own mark where EDTF wants it: before a month or day, and after the year, which is first."""
    if not any(item.part_marks):
        return unit
    whole = combine(*item.part_marks)
    if item.mark or item.position or item.fraction or unit.precision not in {"day", "month"}:
        return units.qualify(unit, whole)  # one sign for all, which says no less doubt than the print
    year, month, day = item.part_marks
    pieces = unit.first.split("-")
    text = "-".join([pieces[0] + year, *(m + piece for m, piece in zip((month, day), pieces[1:], strict=False))])
    return replace(unit, whole=text, first=text, last=text)
