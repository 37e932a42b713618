"""Describes a dataset folder as a Frictionless data package: every file's digest, every field's meaning."""

from importlib.resources import files
from typing import Any

import orjson

from harvester import __version__
from harvester.sites import Site

FORMAT = "1"
NAMES = ("records.jsonl", "provenance.jsonl", "rejects.jsonl", "coverage.json")  # documents.jsonl only if there are any
CHANGES = "changes.jsonl"  # datasets of earlier programs have none
_TABLES = {"records.jsonl": "record", "documents.jsonl": "document"}
_TYPES = {"array": "array", "boolean": "boolean"}


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record."""
    return _schema("record")


def document_schema() -> dict[str, Any]:
    """Return the JSON Schema of a document."""
    return _schema("document")


def change_schema() -> dict[str, Any]:
    """Return the JSON Schema of a change."""
    return _schema("change")


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = orjson.loads(files(__package__).joinpath(f"{name}.schema.json").read_bytes())
    return schema


def readers() -> str:
    """Return the versions of all that decides what is read from a page."""
    from importlib.metadata import version

    return f"archive-harvester {__version__}, lxml {version('lxml')}, parsel {version('parsel')}"


def describe(site: Site, described: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the content of datapackage.json for files of these sizes and digests.

    Who owns the catalogue is told as its source. There are no `licenses`: what the archive allows is for the archive to
    say, and what it says of a document stands in that document's `rights`.
    """
    title = title_of(site)
    return {
        "profile": "data-package",
        "name": f"{site.name}-records",
        "title": f"Records harvested from {title}",
        "sources": [{"title": title, "path": site.base_url}],
        "attribution": attribute(title, site.base_url),
        "format_version": FORMAT,
        "readers": readers(),
        "resources": [_resource(name, facts) for name, facts in described.items()],
    }


def title_of(site: Site) -> str:
    """Return what people call an archive, on one line; a site that does not say so has its name."""
    return " ".join((site.title or site.name).split())


def attribute(title: str, address: str | None = None) -> str:
    """Return the line that goes with the data wherever it goes: whose they are, and how they were had."""
    return f"{title}{f', {address}' if address else ''}; harvested with archive-harvester"


def _resource(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    lines = name.endswith(".jsonl")
    resource = {
        "name": name.partition(".")[0],
        "path": name,
        "format": "jsonl" if lines else "json",
        "mediatype": "application/jsonl" if lines else "application/json",
        "encoding": "utf-8",
        "type": "file" if lines else "json",
        "bytes": facts["bytes"],
        "hash": facts["hash"],
    }
    if name == CHANGES:  # no table: its lines are not alike
        resource["jsonSchema"] = change_schema()
    if name in _TABLES:
        schema = _schema(_TABLES[name])
        resource |= {"rows": facts["rows"], "jsonSchema": schema}
        if facts["rows"]:  # without any row it is no table to the Frictionless tool
            resource |= {"type": "table", "profile": "tabular-data-resource", "schema": _table_schema(schema)}
    return resource


def _table_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema as Frictionless Table Schema has it; what a field is made of only the JSON Schema says."""
    return {
        "primaryKey": "id",
        "fields": [_field(name, said) for name, said in schema["properties"].items()],
    }


def _field(name: str, said: dict[str, Any]) -> dict[str, Any]:
    types = said.get("type", "string")
    nullable = isinstance(types, list)
    kind = types[0] if nullable else types
    field = {"name": name, "type": _TYPES.get(kind, "string"), "description": said["description"]}
    if name in {"date_earliest", "date_latest"}:
        field["type"] = "date"
    return field | {"constraints": {"required": not nullable}}
