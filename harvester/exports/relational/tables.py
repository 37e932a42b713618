"""What a table is: its columns, its key, and the rows that one line of the dataset gives it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from harvester.exports.source import Line, Source

Kind = Literal["text", "date", "boolean", "integer", "json"]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: dates are ISO days, JSON is its text, booleans are True and False; None where it may be null."""

    name: str
    kind: Kind
    description: str
    nullable: bool = False


def text(name: str, description: str, *, nullable: bool = False) -> Column:
    """Return a column of text."""
    return Column(name, "text", description, nullable)


def integer(name: str, description: str, *, nullable: bool = False) -> Column:
    """Return a column of whole numbers."""
    return Column(name, "integer", description, nullable)


def as_json(value: Any) -> str:
    """Return a value as a column of JSON has it."""
    return orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its key, the columns that the usual questions ask by, and what rows a line of the dataset gives it.

    `of` is the column that names the record which a row belongs to; None where rows belong to none. `search` are the
    columns of which each word can be searched for.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Source, Line], Iterable[Row]]
    of: str | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    search: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Family:
    """Tables that are filled from the same lines of a file; the first has a row a line, the others hang on it.

    The first of a family whose lines have an id has a column `digest`, by which a line that changed is told.
    """

    file: str
    tables: tuple[Table, ...]
    lines: Callable[[Source], Iterable[Line]]

    @property
    def head(self) -> Table:
        """Return the table that has a row a line."""
        return self.tables[0]

    def chosen(self, source: Source, ids: Collection[str] | None = None) -> Iterator[Line]:
        """Yield all lines, or those with these ids."""
        return (line for line in self.lines(source) if ids is None or line["id"] in ids)

    def rows(self, table: Table, source: Source, ids: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one of its tables: of all lines, or of those with these ids."""
        for line in self.chosen(source, ids):
            yield from table.rows(source, line)
