"""Checks that the Parquet file of a release says the same records as its lines; by pyarrow, where it is installed."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from harvester.dataset.findings import Findings
from harvester.exports.release.parts import PARQUET
from harvester.exports.source import Line, Source

_ROWS = 512


def check_parquet(folder: Path, findings: Findings) -> list[str]:
    """Add what differs to the findings; return a sentence if it could not be looked at."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
        from pyarrow import parquet
    except ModuleNotFoundError:
        return [f"{PARQUET} was checked by its digest alone: pip install 'archive-harvester[tables]' to look into it"]
    with Source(folder) as source:
        expected = {record["id"]: _digest(record) for record in source.records()}
        names = list(next(source.records(), {}))
        try:
            with parquet.ParquetFile(folder / PARQUET) as file:
                findings.faults += _faults(expected, _lines(file, names))
        except (pa.ArrowException, OSError, KeyError) as error:
            findings.add(f"{PARQUET} cannot be read: {type(error).__name__} {error}")
    return []


def _faults(expected: dict[str, bytes], lines: Iterator[Line]) -> Iterator[str]:
    seen = set()
    for line in lines:
        if expected.get(line["id"]) != _digest(line):
            yield f"{PARQUET} says something else of {line['id']} than records.jsonl"
        if line["id"] in seen:
            yield f"{PARQUET} has {line['id']} twice"
        seen.add(line["id"])
    for missing in sorted(expected.keys() - seen):
        yield f"{PARQUET} lacks {missing}"


def _lines(file: Any, names: list[str]) -> Iterator[Line]:
    """Yield the rows with the fields of a record, in the order of these."""
    for batch in file.iter_batches(_ROWS):
        for row in batch.to_pylist():
            yield {name: _told(row[name]) for name in names or row}


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _digest(line: Line) -> bytes:
    return hashlib.sha256(orjson.dumps(line)).digest()
