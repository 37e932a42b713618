"""Checks that the SQLite file of a release says the same as its lines: row by row, made anew from these."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from harvester.dataset.findings import Findings
from harvester.exports.relational import FAMILIES, TABLES, Family, Row, Table
from harvester.exports.relational.held import NAME
from harvester.exports.release.parts import SQLITE
from harvester.exports.source import Line, Source


class _Told(Source):
    """A dataset of which a text is told by its digest: the bodies may be left out, and were digested already."""

    def text(self, told: Line) -> str:
        """Return the digest of a text."""
        return str(told["hash"])


def check_sqlite(folder: Path, findings: Findings) -> list[str]:
    """Add what differs to the findings; there is nothing that could not be looked at."""
    where = f"{(folder / SQLITE).absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with _Told(folder) as source, closing(sqlite3.connect(where, uri=True)) as db:
            db.create_function("told_by", 1, _digest, deterministic=True)
            findings.faults += _faults(db, source)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        findings.add(f"{SQLITE} cannot be read: {error}")
    return []


def _faults(db: sqlite3.Connection, source: Source) -> Iterator[str]:
    if lacking := sorted({NAME, *(table.name for table in TABLES)} - _tables(db)):
        yield f"{SQLITE} has no table {lacking[0]}"
        return
    for family in FAMILIES:
        for table in family.tables:
            differing = _differing(_expected(family, table, source), _held(db, table))
            if differing is not None:
                yield f"{SQLITE}, table {table.name}: {differing} is not what the lines say"
    (state,) = next(db.execute("SELECT digest FROM harvest_load"), (None,))
    if state != source.digest:
        yield f"{SQLITE} is of another published state"


def _tables(db: sqlite3.Connection) -> set[str]:
    """Return the names of what is a table of rows: a view of that name could go on for ever."""
    told = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    return {name for (name,) in told}


def _differing(expected: Iterator[tuple[str, list[str]]], held: Iterator[tuple[str, list[str]]]) -> str | None:
    """Return the first id of which the rows differ, None if there is none; both are sorted by id."""
    while True:
        one, other = next(expected, None), next(held, None)
        if one != other:
            return min(told[0] for told in (one, other) if told is not None) or "a row"
        if one is None:
            return None


def _expected(family: Family, table: Table, source: Source) -> Iterator[tuple[str, list[str]]]:
    return _grouped(table, family.rows(table, source))


def _held(db: sqlite3.Connection, table: Table) -> Iterator[tuple[str, list[str]]]:
    columns = ", ".join("told_by(body)" if name == "body" else f'"{name}"' for name in table.names)
    return _grouped(table, db.execute(f"SELECT {columns} FROM {table.name} ORDER BY {table.of or table.key[0]}"))


def _grouped(table: Table, rows: Iterable[Row]) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows of each record together, in one order; all rows of a table whose rows belong to no record."""
    of = table.names.index(table.of) if table.of else None
    for key, group in groupby(rows, lambda row: "" if of is None else str(row[of])):
        yield key, sorted(repr([_plain(value) for value in row]) for row in group)


def _plain(value: Any) -> Any:
    """Return a value as SQLite has it."""
    return int(value) if isinstance(value, bool) else value


def _digest(body: str | None) -> str | None:
    return None if body is None else f"sha256:{hashlib.sha256(body.encode()).hexdigest()}"
