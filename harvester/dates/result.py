"""What an expression means, before it becomes a reading."""

from dataclasses import dataclass

from harvester.dates.units import Unit


@dataclass(frozen=True, slots=True)
class Result:
    """EDTF, its ISO bounds (None where open), its precision, and what was unclear."""

    date: str
    earliest: str | None
    latest: str | None
    precision: str
    note: str | None


def result_of(unit: Unit) -> Result:
    """Return one unit as a result."""
    return Result(unit.edtf, unit.earliest.isoformat(), unit.latest.isoformat(), unit.precision, unit.note)
