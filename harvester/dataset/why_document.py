"""Leads a field of a document back to its own page: which capture gives it, and where on the page its value stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harvester.captures import Capture
from harvester.dataset.field import OF_DATE, Field, date_rule
from harvester.dataset.sources import is_of_document
from harvester.harvest.documents import said_by
from harvester.items import Document, Term
from harvester.pages import Origin
from harvester.pages.places import find_links, find_places
from harvester.sites import Site
from harvester.text import PARAGRAPH

_RULES = {
    "aliases": "the addresses that the document's pages name, and those that led to them, but for its own",
    "differs": "what listings show beside what the document's own page says; neither is overwritten",
}


def document_field(name: str, document: Mapping[str, Any], captures: Sequence[dict[str, Any]]) -> Field:
    """Return a field of a document with the capture that gives it: its newest page gives a document, whole."""
    value = document[name]
    if name in _RULES:
        return Field(name, value, _RULES[name], of_document=True)
    date = document["date_text"]
    if name in OF_DATE and not date:
        return Field(name, value, "no date is printed", of_document=True)
    if value in (None, []):
        return Field(name, value, "the page does not have it", of_document=True)
    own = sorted((capture for capture in captures if is_of_document(capture)), key=lambda c: c["digest"])
    newest = max(own, key=lambda c: c["captured_at"] or "", default=None)
    rule, read = (date_rule(date), "date_text") if name in OF_DATE else (None, name)
    return Field(name, value, rule, (read,), newest, of_document=True)


def is_said(names: Iterable[str], told: Mapping[str, Any], document: Document) -> bool:
    """Return whether a page that was read again says what was told of it."""
    said = said_by(document)
    return all(_as_said(name, said[name]) == _as_said(name, told[name]) for name in names)


def _as_said(name: str, value: Any) -> Any:
    """Return a value as the page says it: without what was added of where a text or a file lies."""
    parts = {"texts": ("kind", "language", "hash"), "files": ("kind", "url")}.get(name)
    return value if parts is None else [[one[part] for part in parts] for one in value]


def document_places(names: Iterable[str], body: Capture, document: Document, site: Site) -> tuple[Origin, ...]:
    """Return where the values of some fields stand on the document's page, found by their text or address."""
    found: list[Origin] = []
    for name in names:
        value = getattr(document, name)
        if name == "url":
            found += find_links(body, site, value)
        elif name == "files":
            found += (origin for link in value for origin in find_links(body, site, link.url))
        else:
            found += find_places(body, site, _texts(name, value))
    return tuple(found)


def _texts(name: str, value: Any) -> Iterator[str]:
    """Yield what to look for on the page: of a text its first paragraph shows where it stands."""
    if name == "texts":
        yield from (" ".join(text.paragraphs[0].split()) for text in value if text.paragraphs)
    elif name == "unknown":
        yield from (part.text for part in value)
    elif isinstance(value, str):
        yield from (" ".join(paragraph.split()) for paragraph in value.split(PARAGRAPH))
    else:
        yield from (part.name if isinstance(part, Term) else part for part in value or ())
