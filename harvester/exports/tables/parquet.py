"""Parquet: typed columns, sorted by id, with what the data are and whose in the file itself."""

from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
from pyarrow import parquet as pq

from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.origin import origin_of
from harvester.exports.placing import placing
from harvester.exports.source import Source
from harvester.exports.tables.columns import COLUMNS, Column, day, values

# A group is what a reader skips or reads at once. Short records fill one with 16,384, about 10 MB; of long ones it has
# fewer, as it is held in memory until it is written.
_ROWS = 16_384
_CHARACTERS = 32_000_000
_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "list": pa.list_(pa.field("element", pa.string(), nullable=False)),
    "boolean": pa.bool_(),
}
# Values that come again and again. Ids, addresses, titles and summaries don't; a dictionary of them would be given up
# half-way.
_REPEATED = [
    "site", "date", "date_text", "date_earliest", "date_latest", "date_precision", "date_note", "listings.list.element",
]  # fmt: skip


def export(source: Source, target: str, options: Options) -> Exported:
    """Write the records as one Parquet file."""
    schema = schema_of(source)
    count = 0
    with (
        placing(target) as path,
        path.open("wb") as file,
        pq.ParquetWriter(
            file, schema, compression="zstd", use_dictionary=_REPEATED, write_page_index=True,
            sorting_columns=pq.SortingColumn.from_ordering(schema, [("id", "ascending")]),
        ) as writer,
    ):  # fmt: skip
        for rows in _groups(values(source)):
            writer.write_batch(_batch(rows, schema))
            count += len(rows)
    return Exported(count)


def schema_of(source: Source) -> Any:
    """Return the columns with what they mean; the origin of the records stands in its metadata."""
    origin = origin_of(source)
    told = {
        **origin.facts,
        "sources": _json([{"title": title, "path": path} for title, path in origin.sources]),
        "verdicts": _json(origin.proved),
        "columns": _json({column.name: column.description for column in COLUMNS}),
    }
    return pa.schema([_field(column) for column in COLUMNS], metadata=told)


def _field(column: Column) -> Any:
    return pa.field(column.name, _TYPES[column.kind], column.nullable, {"description": column.description})


def _groups(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows by groups of a size that a reader holds with ease."""
    group: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
        if len(group) >= _ROWS or size >= _CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _batch(rows: list[tuple[Any, ...]], schema: Any) -> Any:
    arrays = []
    for column, said in zip(COLUMNS, zip(*rows, strict=True), strict=True):
        told = [day(value, row[0]) for value, row in zip(said, rows, strict=True)] if column.kind == "date" else said
        arrays.append(pa.array(told, _TYPES[column.kind]))
    return pa.record_batch(arrays, schema=schema)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
