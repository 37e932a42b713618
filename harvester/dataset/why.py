"""Leads a field of a record, or of its document, back to the element or block that it was read from."""

from dataclasses import replace
from typing import Any, Protocol

from harvester.archives.wayback import WAYBACK_URL, memento_url, read_address
from harvester.captures import Capture
from harvester.dataset.field import (
    CHANGED,
    COMPARE,
    ELSEWHERE,
    LOST,
    NOT_KEPT,
    OF_DATE,
    OTHERWISE,
    REMOVED,
    UNPLACED,
    UNREAD,
    Field,
    date_rule,
)
from harvester.dataset.snapshots import FOLDER as SNAPSHOTS
from harvester.dataset.sources import Record, is_of_document
from harvester.dataset.why_document import document_field, document_places, is_said
from harvester.errors import PageError, UsageProblem
from harvester.harvest.documents import entry_of
from harvester.identity import content_digest, linked_id
from harvester.items import Entry
from harvester.pages import Origin
from harvester.sites import Site
from harvester.urls import host_of

READ = ("date_text", "title", "summary", "url")


class Finder(Protocol):
    """Finds a body again by what provenance says of it; None if it is not there."""

    def __call__(self, file: str, offset: int | None, *, digest: str | None = None) -> Capture | None:
        """Return what lies there; with a digest only what has it."""


def explain_field(found: Record, name: str, site: Site, find: Finder, wayback: str = WAYBACK_URL) -> Field:
    """Return what a field was read from, in the capture that gives it: one of the record, else one of its document.

    "document.title" is the document's own, where both have one. `wayback` is the web archive in which mementos lie.
    Raises UsageProblem if there is no such field.
    """
    document, own = found.document or {}, name.removeprefix("document.")
    if name in found.record or (own in {"id", "url"} and document):
        field = _made_of(own, found)
    elif own in document:
        field = document_field(own, document, found.captures)
    else:
        names = dict.fromkeys((*found.record, *document))
        raise UsageProblem(f"a record has no field {name}", advice=f"Fields: {', '.join(names)}.")
    return field if field.capture is None else _with_origins(field, found, site, find, wayback)


def _made_of(name: str, found: Record) -> Field:
    """Return a field with its rule, and the fields of the print that it was made of."""
    value, date, capture = found.record[name], found.record["date_text"], found.captures[0]
    if name in READ:
        blank = Field(name, value, "nothing is printed there")
        return blank if value is None else Field(name, value, None, (name,), capture)
    if name in OF_DATE:
        no_date = Field(name, value, "no date is printed")
        return Field(name, value, date_rule(date), ("date_text",), capture) if date else no_date
    if name == "id":
        return _id_made_of(found)
    rules = {
        "site": "the site whose page objects read the captures",
        "listings": "the listings in which the captures show it",
        "withdrawn": "true of a record that complete walks no longer show",
    }
    return Field(name, value, rules.get(name))


def _id_made_of(found: Record) -> Field:
    """Return the id with what it was made of: the address, in a capture that shows it; else date line and title."""
    record, url = found.record, found.record["url"]
    by = {capture["matched_by"]: capture for capture in reversed(found.captures)}
    showing = by.get("link") or by.get("address")  # of another address of the document's nothing is made
    of, read = "its date line and whole title, as it has no link", ["date_text", "title"]
    if url is not None and showing is not None:
        of, read = "the path of its link", ["url"]
        if linked_id(record["site"], url) != record["id"]:
            of += " and what tells it from other documents whose pages claim that"
    rule = f"16 digits of the SHA-256 of the site's name and {of}"
    return Field("id", record["id"], rule, tuple(read), showing or found.captures[0])


def memento_of(capture: dict[str, Any], wayback: str) -> str | None:
    """Return the address at which a person can open a capture that was taken from a web archive; None for others."""
    address = read_address(f"/{capture['file'] or ''}") if capture["offset"] is None else None
    return None if address is None else memento_url(wayback, address.timestamp, address.original)


def _with_origins(field: Field, found: Record, site: Site, find: Finder, wayback: str) -> Field:
    """Return the field with its places on the page, if the page is there and is the one that was read."""
    capture = field.capture
    assert capture is not None
    if capture["file"] is None:
        return replace(field, trouble=NOT_KEPT, advice="Crawl with --snapshot next time, and captures are kept.")
    body = find(capture["file"], capture["offset"], digest=capture["digest"])
    if body is None:
        there = find(capture["file"], capture["offset"]) is not None
        if there:
            return replace(field, trouble=CHANGED, advice="Restore it from a copy.")
        if memento := memento_of(capture, wayback):
            return replace(field, trouble=ELSEWHERE, advice=f"Save {memento} as it is: --captures FILE.")
        if capture["file"].startswith(f"{SNAPSHOTS}/"):
            return replace(field, trouble=REMOVED, advice="Say where a copy of it lies: --captures FOLDER.")
        return replace(field, trouble=LOST, advice="Say where it lies: --captures FOLDER.")
    body = replace(body, url=body.url or capture["url"])
    if body.url is not None and not site.owns(body.url) and (host := host_of(body.url)):
        site = site.with_alias(host)  # a copy that was served from elsewhere, as it was when it was read
    try:
        origins = (_places_in_document if is_of_document(capture) else _places_in_row)(field, body, found, site)
    except (PageError, IndexError):
        return replace(field, trouble=UNREAD, advice=COMPARE)
    if origins is None:
        return replace(field, trouble=OTHERWISE, advice=COMPARE)
    if not origins:
        return replace(field, trouble=UNPLACED, advice="Look for it in the capture.")
    return replace(field, origins=origins)


def _places_in_row(field: Field, body: Capture, found: Record, site: Site) -> tuple[Origin, ...] | None:
    """Return where the field stands in a listing; None if the row is not read as it was."""
    capture = field.capture
    assert capture is not None
    row = site.read(body).rows[capture["row"]]
    if not isinstance(row, Entry) or not _says(row, capture, found):
        return None
    origins = site.origins(body, capture["row"])
    return tuple(origin for name in field.read for origin in origins.get(name, ()))


def _places_in_document(field: Field, body: Capture, found: Record, site: Site) -> tuple[Origin, ...] | None:
    """Return where the field stands on the document's own page; None if the page is not read as it was."""
    capture = field.capture
    assert capture is not None
    document = site.read_document(body)
    told = found.document if field.of_document else None
    if told is not None and not is_said(field.read, told, document):
        return None
    if told is None and not _says(entry_of(document), capture, found):
        return None
    return document_places(field.read, body, document, site)


def _says(entry: Entry, capture: dict[str, Any], found: Record) -> bool:
    """Return whether an entry says what a capture was told to say; by any of its addresses it is the record's."""
    url = found.record["url"] if entry.url in found.addresses else entry.url
    return content_digest(url, entry.date_text, entry.title, entry.summary) == str(capture["content"])
