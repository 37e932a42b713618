"""The tables of documents: what a document's own page says, its names, texts, files and other addresses."""

from collections.abc import Iterator

from harvester.exports.relational.dated import DATED, dates_of
from harvester.exports.relational.digests import digest_of
from harvester.exports.relational.tables import Column, Family, Row, Table, as_json, integer, text
from harvester.exports.source import Line, Source

_ROLES = {"authors": "author", "people": "person", "places": "place", "topics": "topic", "subjects": "subject"}
_PRINTED = (
    text("source", "Where the document comes from: archive, fond, shelf mark, as printed", nullable=True),
    text("original_archive", "The archive that keeps the original", nullable=True),
    text("rights", "What is said of rights", nullable=True),
    text("type", "Type of the document, as the page names it", nullable=True),
    text("classification", "Original classification", nullable=True),
    text("support", "The line that names who supported the publication", nullable=True),
    text("uploaded", "The day of the upload, as printed", nullable=True),
    text("citation", "How the page wants to be cited", nullable=True),
    text("record_id", "The archive's own record id", nullable=True),
    text("node_id", "The id by which the site's software knows the page", nullable=True),
)
_LISTED = (
    Column("languages", "json", "Languages of the document, a list of names"),
    Column("donors", "json", "Donors, a list of names"),
    Column("unknown", "json", "Parts of the page that the reader does not know: a list of label, text, place"),
    Column("differs", "json", "Where a listing prints another title or date: a list of field, listing, document"),
)


def _document(source: Source, line: Line) -> Iterator[Row]:
    printed = (line[column.name] for column in _PRINTED)
    listed = (as_json(line[column.name]) for column in _LISTED)
    yield line["id"], line["url"], line["title"], *dates_of(line), line["summary"], *printed, *listed, digest_of(line)


def _terms(source: Source, line: Line) -> Iterator[Row]:
    for field, role in _ROLES.items():
        for position, term in enumerate(line[field], 1):
            yield line["id"], role, position, term["name"], term["url"]


def _texts(source: Source, line: Line) -> Iterator[Row]:
    for position, told in enumerate(line["texts"], 1):
        said = (told[name] for name in ("kind", "language", "characters", "bytes", "hash", "file"))
        yield line["id"], position, *said, source.text(told)


def _files(source: Source, line: Line) -> Iterator[Row]:
    for position, file in enumerate(line["files"], 1):
        yield line["id"], position, *(file[name] for name in ("kind", "url", "type", "bytes", "hash", "file"))


def _aliases(source: Source, line: Line) -> Iterator[Row]:
    for alias in line["aliases"]:
        yield line["id"], alias


_OF = text("record", "The record's id")
_POSITION = integer("position", "Its place on the page, from 1")
DOCUMENTS = Family(
    "documents.jsonl",
    (
        Table(
            "documents",
            "What the own page of a record's document says, as in documents.jsonl",
            (
                text("id", "The record's id"),
                text("url", "Canonical address of the document"),
                text("title", "Title as the document's own page prints it"),
                *DATED,
                text("summary", "Summary as printed on the page", nullable=True),
                *_PRINTED,
                *_LISTED,
                text("digest", "Stands for all that the line of documents.jsonl says"),
            ),
            ("id",),
            _document,
            of="id",
            search=("title", "summary", "source", "original_archive", "classification", "citation"),
        ),
        Table(
            "document_terms",
            "Names that the page puts on the document",
            (
                _OF,
                text("role", "author, person, place, topic or subject"),
                _POSITION,
                text("name", "The name as printed"),
                text("url", "Where it leads; null if nowhere", nullable=True),
            ),
            ("record", "role", "position"),
            _terms,
            of="record",
            indexes=(("role", "name"),),
            search=("name",),
        ),
        Table(
            "document_texts",
            "The document's texts, whole",
            (
                _OF,
                _POSITION,
                text("kind", "translation, transcript and so on, as the page names it"),
                text("language", "Its language; null if none is named", nullable=True),
                integer("characters", "Its length"),
                integer("bytes", "Its length in UTF-8"),
                text("hash", "sha256: and its digest"),
                text("file", "The file in the dataset"),
                text("body", "The text, paragraphs apart by a blank line"),
            ),
            ("record", "position"),
            _texts,
            of="record",
            search=("body",),
        ),
        Table(
            "document_files",
            "The files that the page offers: scans, PDFs",
            (
                _OF,
                _POSITION,
                text("kind", "scan or download"),
                text("url", "Its address"),
                text("type", "Its media type; null until it is fetched", nullable=True),
                integer("bytes", "Its size; null until it is fetched", nullable=True),
                text("hash", "sha256: and its digest; null until it is fetched", nullable=True),
                text("file", "The file in the dataset; null until it is fetched", nullable=True),
            ),
            ("record", "position"),
            _files,
            of="record",
        ),
        Table(
            "document_aliases",
            "The other addresses of the document",
            (_OF, text("url", "An address")),
            ("record", "url"),
            _aliases,
            of="record",
            indexes=(("url",),),
        ),
    ),
    Source.documents,
)
