"""One neutral reference for each record, made of the record, its document and its captures; each format writes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harvester.exports.citing.dates import Said, read_said
from harvester.exports.source import Line, Source

WITHDRAWN = "Withdrawn: the archive's listings show this record no more."
_KEYWORDS = ("people", "places", "topics", "subjects")


@dataclass(frozen=True, slots=True)
class Reference:
    """A record as one cites it.

    Names are as printed. `archive` and `shelf_mark` say where the original lies, `genre` what it is; all of these are
    known only where the document's own page was read. `holder` is the digital archive that shows it. `accessed` is the
    day of the newest capture (UTC), None where no capture says when it was.
    """

    id: str
    title: str
    url: str | None
    said: Said
    date_note: str | None
    holder: str
    authors: tuple[str, ...]
    archive: str | None
    shelf_mark: str | None
    genre: str | None
    languages: tuple[str, ...]
    summary: str | None
    keywords: tuple[str, ...]
    rights: str | None
    classification: str | None
    citation: str | None
    accessed: str | None
    withdrawn: bool

    @property
    def place(self) -> str | None:
        """Return where the original lies, archive and shelf mark in one; a mark that names its archive says it all."""
        if self.archive and self.shelf_mark and self.shelf_mark.startswith(self.archive):
            return self.shelf_mark
        return ". ".join(part.rstrip(".") for part in (self.archive, self.shelf_mark) if part) or None

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what most formats have no field for, each with its name in front."""
        named = {
            "Date as printed": self.said.text,
            "Date note": self.date_note,
            "Classification": self.classification,
            "Cite as": self.citation,
        }
        told = tuple(f"{name}: {value}" for name, value in named.items() if value)
        return (*told, WITHDRAWN) if self.withdrawn else told


def read_references(source: Source) -> Iterator[Reference]:
    """Yield a reference for each record, sorted by id; holds one record at a time."""
    holder = holder_of(source)
    documents = source.documents()
    document = next(documents, None)
    for record, told in source.lines():
        while document is not None and document["id"] < record["id"]:
            document = next(documents, None)
        own = document if document is not None and document["id"] == record["id"] else {}
        yield _refer(record, own, told["captures"], holder)


def holder_of(source: Source) -> str:
    """Return what the digital archive calls itself; of a dataset that does not say so, the site's name."""
    told = source.package.get("sources") or [{}]
    return " ".join(str(told[0].get("title") or source.site).split())


def _refer(record: Line, document: Mapping[str, Any], captures: list[Line], holder: str) -> Reference:
    return Reference(
        id=record["id"],
        title=record["title"],
        url=record["url"],
        said=read_said(record),
        date_note=record["date_note"],
        holder=holder,
        authors=_names(document, "authors"),
        archive=document.get("original_archive"),
        shelf_mark=document.get("source"),
        genre=document.get("type"),
        languages=tuple(document.get("languages", ())),
        summary=record["summary"] or document.get("summary"),
        keywords=_names(document, *_KEYWORDS),
        rights=document.get("rights"),
        classification=document.get("classification"),
        citation=document.get("citation"),
        accessed=_newest_day(captures),
        withdrawn=record["withdrawn"],
    )


def _names(document: Mapping[str, Any], *fields: str) -> tuple[str, ...]:
    """Return the names in some fields, each once, in their order."""
    return tuple(dict.fromkeys(term["name"] for field in fields for term in document.get(field, ())))


def _newest_day(captures: list[Line]) -> str | None:
    times = [capture["captured_at"] for capture in captures if capture["captured_at"]]
    return max(times)[:10] if times else None
