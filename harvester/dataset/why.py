"""Leads a record back to its captures, and a field to the element or block that it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from harvester.archives.wayback import WAYBACK_URL, memento_url, read_address
from harvester.captures import Capture
from harvester.dataset.states import PublishedState
from harvester.errors import PageError, UsageProblem
from harvester.identity import content_digest
from harvester.items import Entry
from harvester.pages import Origin
from harvester.sites import Site
from harvester.urls import host_of

READ = ("date_text", "title", "summary", "url")
_OF_DATE = ("date", "date_earliest", "date_latest", "date_precision", "date_note")
NOT_KEPT = "the page itself was not kept: it was read live"
LOST = "the page itself was not found again"
ELSEWHERE = "the page itself lies in the web archive that it was taken from"
CHANGED = "what lies there now is not what was read: its digest is another one"
OTHERWISE = "this version reads that row in another way, so where the field stood cannot be told"
UNREAD = "this version does not read that page any more"


class Finder(Protocol):
    """Finds a body again by what provenance says of it; None if it is not there."""

    def __call__(self, file: str, offset: int | None, *, digest: str | None = None) -> Capture | None:
        """Return what lies there; with a digest only what has it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its captures, that which gives it first, and why it does."""

    record: dict[str, Any]
    captures: tuple[dict[str, Any], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    """What a field was read from: its name, its value, the rule that made it of the print (None: it is the print).

    `read` are the fields of the print that it was made of, `capture` is the one in which they stand (None if it was
    made of none). `origins` are the places on the page; where they cannot be shown `trouble` says why and `advice` what
    to do.
    """

    name: str
    value: Any
    rule: str | None
    read: tuple[str, ...] = ()
    capture: dict[str, Any] | None = None
    origins: tuple[Origin, ...] = ()
    trouble: str | None = None
    advice: str | None = None


def find_record(folder: Path, wanted: str, site: Site | None) -> Record:
    """Return the record with that id or address, with its captures.

    Raises UsageProblem if there is none, DatasetError if the folder is no dataset.
    """
    names = {wanted, site.document_url(wanted) if site is not None and "://" in wanted else None}
    state = PublishedState(folder)
    try:
        for record, captures in state.lines():
            if record["id"] == wanted or (record["url"] is not None and record["url"] in names):
                return _ordered(record, captures)
    finally:
        state.close()
    raise UsageProblem(f"{folder} has no record {wanted}", advice="`harvest find` searches it by text or date.")


def _ordered(record: dict[str, Any], captures: list[dict[str, Any]]) -> Record:
    """Put the capture that gives the record first: of those that say what it says the best medium, then the newest.

    Of several in one run any may stand for the others, as they say the same; the first listing and position does.
    """
    said = content_digest(record["url"], record["date_text"], record["title"], record["summary"])
    newest = sorted(captures, key=lambda c: (c["listing"] or "", c["position"] or 0, c["digest"]))
    newest.sort(key=lambda c: c["captured_at"] or "", reverse=True)
    newest.sort(key=lambda c: (c["content"] != said, c["medium"]))
    return Record(record, tuple(newest), _reason(newest))


def _reason(captures: Sequence[dict[str, Any]]) -> str:
    first, *others = captures
    if not others:
        return "it is the only one"
    poorer = [other for other in others if other["medium"] != first["medium"]]
    if len(poorer) == len(others):
        return f"{first['medium']} is a better medium than {poorer[0]['medium']}"
    if {other["content"] for other in others if other["medium"] == first["medium"]} == {first["content"]}:
        return f"it is the newest of {len(captures) - len(poorer)} in {first['medium']}, which all say the same"
    return f"it is the newest of {len(captures) - len(poorer)} in {first['medium']}; others say something else"


def explain_field(found: Record, name: str, site: Site, find: Finder, wayback: str = WAYBACK_URL) -> Field:
    """Return what a field was read from, in the capture that gives the record.

    `wayback` is the web archive in which mementos lie. Raises UsageProblem if there is no such field.
    """
    if name not in found.record:
        raise UsageProblem(f"a record has no field {name}", advice=f"Fields: {', '.join(found.record)}.")
    field = _made_of(name, found)
    return field if field.capture is None else _with_origins(field, field.capture, site, find, wayback)


def _made_of(name: str, found: Record) -> Field:
    """Return a field with its rule, and the fields of the print that it was made of."""
    value, date, capture = found.record[name], found.record["date_text"], found.captures[0]
    if name in READ:
        blank = Field(name, value, "nothing is printed there")
        return blank if value is None else Field(name, value, None, (name,), capture)
    if name in _OF_DATE:
        rule = f"the printed date {date!r} read as EDTF, never more precise than the print (docs/dates.md)"
        return Field(name, value, rule, ("date_text",), capture) if date else Field(name, value, "no date is printed")
    if name == "id":
        return _id_made_of(found)
    rules = {
        "site": "the site whose page objects read the captures",
        "listings": "the listings in which the captures show it",
        "withdrawn": "true of a record that complete walks no longer show",
    }
    return Field(name, value, rules.get(name))


def _id_made_of(found: Record) -> Field:
    """Return the id with what it was made of: the link, in a capture that shows it; else date line and title."""
    linked = next((capture for capture in found.captures if capture["matched_by"] == "link"), None)
    of = "the path of its link" if linked else "its date line and whole title, as it has no link"
    read = ("url",) if linked else ("date_text", "title")
    rule = f"16 digits of the SHA-256 of the site's name and {of}"
    return Field("id", found.record["id"], rule, read, linked or found.captures[0])


def memento_of(capture: dict[str, Any], wayback: str) -> str | None:
    """Return the address at which a person can open a capture that was taken from a web archive; None for others."""
    address = read_address(f"/{capture['file'] or ''}") if capture["offset"] is None else None
    return None if address is None else memento_url(wayback, address.timestamp, address.original)


def _with_origins(field: Field, capture: dict[str, Any], site: Site, find: Finder, wayback: str) -> Field:
    """Return the field with its places on the page, if the page is there and is the one that was read."""
    if capture["file"] is None:
        return replace(field, trouble=NOT_KEPT, advice="Crawl with --snapshot next time, and captures are kept.")
    body = find(capture["file"], capture["offset"], digest=capture["digest"])
    if body is None:
        there = find(capture["file"], capture["offset"]) is not None
        if there:
            return replace(field, trouble=CHANGED, advice="Restore it from a copy.")
        if memento := memento_of(capture, wayback):
            return replace(field, trouble=ELSEWHERE, advice=f"Save {memento} as it is: --captures FILE.")
        return replace(field, trouble=LOST, advice="Say where it lies: --captures FOLDER.")
    return _read_again(field, replace(body, url=body.url or capture["url"]), capture, site)


def _read_again(field: Field, body: Capture, capture: dict[str, Any], site: Site) -> Field:
    advice = "Replay the capture into another folder, and compare it by `harvest diff`."
    if body.url is not None and not site.owns(body.url) and (host := host_of(body.url)):
        site = site.with_alias(host)  # a copy that was served from elsewhere, as it was when it was read
    try:
        row = site.read(body).rows[capture["row"]]
    except (PageError, IndexError):
        return replace(field, trouble=UNREAD, advice=advice)
    if not isinstance(row, Entry):
        return replace(field, trouble=OTHERWISE, advice=advice)
    if content_digest(row.url, row.date_text, row.title, row.summary) != capture["content"]:
        return replace(field, trouble=OTHERWISE, advice=advice)
    origins = site.origins(body, capture["row"])
    return replace(field, origins=tuple(origin for name in field.read for origin in origins.get(name, ())))
