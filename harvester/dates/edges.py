"""Open ranges: before, by, after and since a date."""

from datetime import date

from dateutil.relativedelta import relativedelta

from harvester.dates import units
from harvester.dates.reading import Unclear
from harvester.dates.units import EITHER_CENTURY, Unit

STEPS = {"day": relativedelta(days=1), "month": relativedelta(months=1), "season": relativedelta(months=1)}
OPEN = ".."
Edge = tuple[str, str | None, str | None]  # EDTF, ISO earliest, ISO latest


def until(unit: Unit) -> Edge:
    """Return EDTF and bounds of what lies at or before the unit ("by 1950")."""
    return f"{OPEN}/{unit.last}{unit.last_mark}", None, unit.latest.isoformat()


def since(unit: Unit) -> Edge:
    """Return EDTF and bounds of what lies at or after the unit ("since 1950")."""
    return f"{unit.first}{unit.first_mark}/{OPEN}", unit.earliest.isoformat(), None


def before(unit: Unit) -> Edge:
    """Return EDTF and bounds up to the last unit of the same kind that ends before this one ("before 1950")."""
    neighbour = _neighbour(unit, unit.earliest, -1)
    return f"{OPEN}/{neighbour.last}{unit.first_mark}", None, neighbour.latest.isoformat()


def after(unit: Unit) -> Edge:
    """Return EDTF and bounds from the first unit of the same kind that starts after this one ("after 1950").

    After a season it is the month that follows: EDTF's seasons have no fixed days. What may mean a decade or a
    century ("1900s") has no sure end.
    """
    if unit.note == EITHER_CENTURY:
        raise Unclear(EITHER_CENTURY)
    neighbour = _neighbour(unit, unit.latest, 1)
    return f"{neighbour.first}{unit.last_mark}/{OPEN}", neighbour.earliest.isoformat(), None


def _neighbour(unit: Unit, edge: date, direction: int) -> Unit:
    if unit.precision in {"year", "decade", "century"}:
        return units.year(edge.year + direction)
    if unit.precision not in STEPS or (unit.precision != "season" and unit.whole != _plain_text(unit)):
        raise Unclear("a date whose edges are not clear")
    if unit.note == units.EITHER_WINTER:  # the neighbour of both winters: the last to start, the first to end
        edge = date(int(unit.first[:4]), 12, 1) if direction < 0 else date(int(unit.first[:4]), 2, 1)
    if edge.year + direction < 1:
        raise Unclear("a year before the common era")
    moved = edge + STEPS[unit.precision] * direction
    if unit.precision == "day":
        return units.day(moved.year, moved.month, moved.day)
    return units.month(moved.year, moved.month)


def _plain_text(unit: Unit) -> str:
    """Return the plain EDTF of a day or month, without marks of its parts."""
    return unit.earliest.isoformat()[: 10 if unit.precision == "day" else 7]
