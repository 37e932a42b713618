"""The columns of a table of records: the fields of records.jsonl in their order, and what each of them holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from harvester.dataset.package import record_schema
from harvester.errors import DatasetError
from harvester.exports.source import Line, Source

Kind = Literal["text", "date", "list", "boolean"]
_DAYS = {"date_earliest", "date_latest"}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a record: a list is one of texts, a date is an ISO day, None where it may be null."""

    name: str
    kind: Kind
    description: str
    nullable: bool


def _column(name: str, said: dict[str, Any]) -> Column:
    types = said.get("type", "string")
    kinds: dict[str, Kind] = {"array": "list", "boolean": "boolean"}
    kind = "date" if name in _DAYS else kinds.get(str(types), "text")
    return Column(name, kind, said["description"], isinstance(types, list))


COLUMNS = tuple(_column(name, said) for name, said in record_schema()["properties"].items())
NAMES = tuple(column.name for column in COLUMNS)


def values(source: Source) -> Iterator[tuple[Any, ...]]:
    """Yield what each record says, in the order of the columns.

    Raises DatasetError where a record has other fields: left out, nobody would know of them.
    """
    for record in source.records():
        if record.keys() != set(NAMES):
            raise DatasetError(f"{record.get('id')} has other fields than a record: {_difference(record)}")
        yield tuple(record[name] for name in NAMES)


def _difference(record: Line) -> str:
    lacking = [f"no {name}" for name in NAMES if name not in record]
    return ", ".join([*lacking, *(name for name in record if name not in NAMES)])


def day(told: str | None, of: str) -> date | None:
    """Return a bound as a date, None where it is open; raises DatasetError, with the record's id, if it is no day."""
    try:
        return None if told is None else date.fromisoformat(told)
    except ValueError:
        raise DatasetError(f"{of} has a bound that is no day: {told}") from None
