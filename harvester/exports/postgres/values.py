"""Rows as PostgreSQL can hold them: no text of it has a NUL, and a tsvector has an end."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from harvester.exports.postgres.definitions import searched
from harvester.exports.relational import Row, Table

_ESCAPED = "\\u0000"


class Fitting:
    """Makes rows fit, and remembers of which records something did not go in as it is."""

    def __init__(self) -> None:
        self.replaced: set[str] = set()
        self.cut: dict[tuple[str, str, int], set[str]] = {}

    def rows(self, table: Table, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows with U+FFFD in the place of each NUL."""
        json = [number for number, column in enumerate(table.columns) if column.kind == "json"]
        limits = [(table.names.index(name), most) for name, most in searched(table).items()]
        for row in rows:
            for number, most in limits:
                if row[number] is not None and len(row[number]) > most:
                    self.cut.setdefault((table.name, table.names[number], most), set()).add(str(row[0]))
            yield self._fit(row, json)

    def _fit(self, row: Row, json: list[int]) -> Row:
        for value in row:
            if type(value) is str and ("\0" in value or _ESCAPED in value):
                break
        else:
            return row
        told = [_without(value) for value in row]
        for number in json:
            told[number] = orjson.dumps(_without(orjson.loads(row[number]))).decode()
        if tuple(told) != row:  # in JSON an escaped backslash before u0000 is none of ours
            self.replaced.add(str(row[0]))
        return tuple(told)

    def notes(self) -> Iterator[str]:
        """Yield sentences on what did not go in as it is."""
        if self.replaced:
            yield (
                f"PostgreSQL holds no NUL in a text: U+FFFD stands in its place in {len(self.replaced)} of what was "
                f"written (for example {min(self.replaced)})"
            )
        for (table, name, most), ids in sorted(self.cut.items()):
            yield (
                f"the full-text search of {table} covers the first {most:,} characters of {name}; "
                f"{len(ids)} have more (for example {min(ids)}), and are whole in {table}.{name}"
            )


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_without(one) for one in value]
    return {_without(name): _without(one) for name, one in value.items()} if isinstance(value, dict) else value
