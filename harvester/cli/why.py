"""`harvest why`: leads a record back to its captures, and a field to the element that it was read from."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from harvester.archives.again import read_again
from harvester.cli import options, put_lines, say_lines
from harvester.dataset.field import Field
from harvester.dataset.publish import open_dataset
from harvester.dataset.sources import Record, find_record, is_of_document
from harvester.dataset.why import explain_field, memento_of
from harvester.pages import Origin
from harvester.sites import Site, find_site

LONGEST = 600  # characters shown of an element


@click.command(name="why", short_help="Lead a record, or one of its fields, back to its captures.")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.argument("record")
@click.argument("field", required=False)
@click.option(
    "--captures",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Where captures lie; the dataset's snapshot/ and the current folder are looked at anyway.",
)
@options.wayback
@click.option("--json", "as_json", is_flag=True, help="Print one object of JSON.")
@click.option("--site", "site_name", metavar="SITE", help="The file that defines the site, if it is not installed.")
def command(
    dataset: Path,
    record: str,
    field: str | None,
    captures: tuple[Path, ...],
    wayback: str,
    as_json: bool,
    site_name: str | None,
) -> int:
    """Print the captures that RECORD, an id or an address, was read from, and which of them gives it and why.

    With FIELD, print the element or block of that capture that the field was read from, as it stands there; also of a
    field that only the document's own page has (source, people ...). What lies in an archive now is shown only if it
    is, byte for byte, what was read.
    """
    name = str(open_dataset(dataset).get("name", ""))
    site = find_site(site_name or name.removesuffix("-records"))
    found = find_record(dataset, record, site)
    below = (*captures, dataset / "snapshot", dataset, Path())
    told = _explained(found, field, site, below, wayback) if field else None
    if as_json:
        put_lines([_as_data(found, told)])
    else:
        say_lines(_say(found, told, wayback))
    return 0


def _explained(found: Record, field: str, site: Site, below: tuple[Path, ...], wayback: str) -> Field:
    find = partial(read_again, below=[path for path in below if path.exists()])
    return explain_field(found, field, site, find, wayback)


def _as_data(found: Record, told: Field | None) -> dict[str, Any]:
    data = {"id": found.record["id"], "record": found.record, "reason": found.reason, "captures": found.captures}
    data |= {"document": found.document, "changes": found.changes}
    return {**data, "field": None if told is None else asdict(told)}


def _say(found: Record, told: Field | None, wayback: str) -> Iterator[str]:
    record = found.record
    yield f"{record['date_text'] or 'no date'}  {record['title']}"
    yield f"{record['id']}  {record['url'] or 'no link'}"
    yield ""
    if told is not None:
        yield from _say_field(told)
        if told.capture is not None:
            yield from ("", "Read from:")
            yield from _say_capture(told.capture, wayback)
        return
    if found.document is not None and (others := sorted(found.addresses - {record["url"]})):
        yield f"Also known as {', '.join(others)}"
        yield ""
    number = len(found.captures)
    yield f"{number} captures; the first gives the record: {found.reason}." if number > 1 else "One capture:"
    for capture in found.captures:
        yield from _say_capture(capture, wayback)
    if found.changes:
        yield from ("", "Its changes:", *map(_say_change, found.changes))


def _say_change(change: dict[str, Any]) -> str:
    told = f"  {change['at'][:10]} run {change['run']}: {change['change']}"
    if change["change"] == "changed":
        return f"{told} ({', '.join(change['fields'])})"
    if change["change"] == "withdrawn":
        days = ", ".join(f"{walk['listing']} of {walk['begun'][:10]}" for walk in change["walks"])
        return f"{told}, as complete walks show it no more: {days}"
    return told


def _say_capture(capture: dict[str, Any], wayback: str) -> Iterator[str]:
    offset = "" if capture["offset"] is None else f" at byte {capture['offset']}"
    yield f"  {capture['url'] or 'of an unknown address'}"
    yield f"    captured {capture['captured_at'] or 'on an unknown day'}, {capture['medium']}, {capture['digest']}"
    memento = memento_of(capture, wayback)
    file = f"file {capture['file']}{offset}" if capture["file"] is not None else "not kept"
    yield f"    {f'memento {memento}' if memento else file}"
    if is_of_document(capture):
        yield f"    the document's own page; matched by {capture['matched_by']}"
        return
    position = f"position {capture['position']}" if capture["position"] is not None else f"row {capture['row'] + 1}"
    yield f"    listing {capture['listing'] or 'unknown'}, {position}; matched by {capture['matched_by']}"


def _say_field(told: Field) -> Iterator[str]:
    value = ", ".join(map(_say_part, told.value)) if isinstance(told.value, list) else told.value
    yield f"{told.name}{' of the document' if told.of_document else ''}: {'none' if value in {None, ''} else value}"
    if told.rule is not None:
        yield f"  {told.rule}"
    if told.trouble is not None:
        yield f"  {told.trouble}"
        yield f"  {told.advice}"
    for origin in told.origins:
        yield from _say_origin(origin)


def _say_part(part: str | dict[str, Any]) -> str:
    """Return one of several values for people: a name, else what tells it from the others."""
    if isinstance(part, str):
        return part
    said = [part.get(name) for name in ("name", "kind", "language", "label", "field", "url", "file")]
    return str(part["name"]) if part.get("name") else " ".join(str(one) for one in said if one)


def _say_origin(origin: Origin) -> Iterator[str]:
    yield f"  {origin.path or 'in the row'}"
    # A terminal obeys control characters; text was freed of them when it was read, markup is as the page has it.
    markup = "".join(
        c if c.isprintable() or c == "\n" else " " if c.isspace() else "\ufffd" for c in origin.markup.strip()
    )
    shown = markup if len(markup) <= LONGEST else f"{markup[:LONGEST]} ... ({len(markup) - LONGEST} characters more)"
    for line in shown.splitlines():
        yield f"    {line.rstrip()}"
