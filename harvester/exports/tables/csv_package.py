"""Describes a CSV file as a Frictionless data package: what a table of text cannot say of itself."""

import re
from pathlib import Path

import orjson

from harvester.dataset.writing import digest_file
from harvester.exports.origin import origin_of
from harvester.exports.source import Line, Source, readable
from harvester.exports.tables.columns import COLUMNS, Column

_TYPES = {"text": "string", "date": "date", "list": "array", "boolean": "boolean"}
_CELLS = (
    "A cell that begins with = + - @ (or their full-width forms), a tab or a line end has an apostrophe before it, so "
    "that no spreadsheet takes it for a formula; so has text that would else look as if it had one, and empty text. To "
    "read what was meant replace ^'('*(?:[=+\\-@\\t\\r\\n＝＋－＠]|$)) with what its group holds."
)


def path_beside(target: str) -> Path:
    """Return where the description of a table lies: records.datapackage.json of records.csv."""
    path = Path(target)
    return path.with_name(f"{path.stem}.datapackage.json")


def describe_table(source: Source, name: str, written: Path, rows: int) -> bytes:
    """Return the data package of a CSV file of this name, which lies at `written` as yet."""
    origin = origin_of(source)
    slug = re.sub(r"[^a-z0-9._-]+", "-", Path(name).stem.lower())
    package = {
        "profile": "data-package",
        "name": slug,
        "sources": [{"title": title, "path": path} for title, path in origin.sources],
        **origin.facts,
        "verdicts": origin.proved,
        "resources": [_resource(readable(name), written, rows)],
    }
    return orjson.dumps(
        {key: value for key, value in package.items() if value != []},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _resource(name: str, written: Path, rows: int) -> Line:
    return {
        "name": "records",
        "description": _CELLS,
        "path": name,
        "profile": "tabular-data-resource",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": written.stat().st_size,
        "hash": digest_file(written),
        "rows": rows,
        "schema": {"primaryKey": "id", "missingValues": [""], "fields": [_field(column) for column in COLUMNS]},
    }


def _field(column: Column) -> Line:
    return {
        "name": column.name,
        "type": _TYPES[column.kind],
        "description": column.description,
        "constraints": {"required": not column.nullable},
    }
