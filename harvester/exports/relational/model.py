"""The tables, declared once: every database has them so, and docs/database.md says what they mean."""

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from harvester.exports.relational.former import former_ids
from harvester.exports.relational.tables import Column, Family, Row, Table
from harvester.exports.source import Line, Source

_TERMS = {"authors": "author", "people": "person", "places": "place", "topics": "topic", "subjects": "subject"}


def digest_of(line: Line) -> str:
    """Return what stands for all that a line says: the first 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(orjson.dumps(line)).hexdigest()[:32]


def _text(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, "text", description, nullable)


_DATED = (
    _text("date", "The date in EDTF, never more precise than the print; null if unknown", nullable=True),
    _text("date_text", "The date as printed; null if blank", nullable=True),
    Column("date_earliest", "date", "First day that the date can mean; null if open or unknown", nullable=True),
    Column("date_latest", "date", "Last day that the date can mean; null if open or unknown", nullable=True),
    _text("date_precision", "day, day-set, month, season, year, decade, century, interval or unknown"),
    _text("date_note", "Why the date is null, or what was unclear", nullable=True),
)
_DATE_NAMES = tuple(column.name for column in _DATED)


def year_of(line: Line) -> int | None:
    """Return the only year that a date can mean, None where it can mean several, or none is known."""
    first, last = line["date_earliest"], line["date_latest"]
    return int(first[:4]) if first and last and first[:4] == last[:4] else None


def decade_of(line: Line) -> int | None:
    """Return the first year of the only decade (1950 to 1959) that a date can mean, else None."""
    first, last = line["date_earliest"], line["date_latest"]
    return int(first[:3]) * 10 if first and last and first[:3] == last[:3] else None


def _record(source: Source, line: Line) -> Iterator[Row]:
    dated = (line[name] for name in _DATE_NAMES)
    yield (
        line["id"], line["site"], line["url"], line["title"], *dated, line["summary"], line["withdrawn"],
        year_of(line), decade_of(line), digest_of(line),
    )  # fmt: skip


def _record_listings(source: Source, line: Line) -> Iterator[Row]:
    for listing in line["listings"]:
        yield line["id"], listing


RECORDS = Family(
    "records.jsonl",
    (
        Table(
            "records",
            "One row a record, as in records.jsonl",
            (
                _text("id", "Stable identifier"),
                _text("site", "Name of the site"),
                _text("url", "Canonical address of the document; null if none is known", nullable=True),
                _text("title", "Title as printed"),
                *_DATED,
                _text("summary", "Summary as printed, paragraphs apart by a blank line", nullable=True),
                Column("withdrawn", "boolean", "Whether complete walks no longer show the record"),
                Column("year", "integer", "The only year that the date can mean; null if several", nullable=True),
                Column("decade", "integer", "The only decade that it can mean, as its first year", nullable=True),
                _text("digest", "Stands for all that the line of records.jsonl says"),
            ),
            ("id",),
            _record,
            of="id",
            indexes=(("date_earliest", "date_latest"), ("date_latest",), ("year",), ("decade",), ("url",)),
        ),
        Table(
            "record_listings",
            "The listings in which a record stood",
            (_text("record", "The record's id"), _text("listing", "The listing's canonical string")),
            ("record", "listing"),
            _record_listings,
            of="record",
            indexes=(("listing",),),
        ),
    ),
    Source.records,
)

_PRINTED = (
    _text("source", "Where the document comes from: archive, fond, shelf mark, as printed", nullable=True),
    _text("original_archive", "The archive that keeps the original", nullable=True),
    _text("rights", "What is said of rights", nullable=True),
    _text("type", "Type of the document, as the page names it", nullable=True),
    _text("classification", "Original classification", nullable=True),
    _text("support", "The line that names who supported the publication", nullable=True),
    _text("uploaded", "The day of the upload, as printed", nullable=True),
    _text("citation", "How the page wants to be cited", nullable=True),
    _text("record_id", "The archive's own record id", nullable=True),
    _text("node_id", "The id by which the site's software knows the page", nullable=True),
)
_LISTED = (
    Column("languages", "json", "Languages of the document, a list of names"),
    Column("donors", "json", "Donors, a list of names"),
    Column("unknown", "json", "Parts of the page that the reader does not know: a list of label, text, place"),
    Column("differs", "json", "Where a listing prints another title or date: a list of field, listing, document"),
)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _document(source: Source, line: Line) -> Iterator[Row]:
    dated = (line[name] for name in _DATE_NAMES)
    printed = (line[column.name] for column in _PRINTED)
    listed = (_json(line[column.name]) for column in _LISTED)
    yield line["id"], line["url"], line["title"], *dated, line["summary"], *printed, *listed, digest_of(line)


def _terms(source: Source, line: Line) -> Iterator[Row]:
    for field, role in _TERMS.items():
        for position, term in enumerate(line[field], 1):
            yield line["id"], role, position, term["name"], term["url"]


def _texts(source: Source, line: Line) -> Iterator[Row]:
    for position, text in enumerate(line["texts"], 1):
        body = source.text(text)
        told = (text[name] for name in ("kind", "language", "characters", "bytes", "hash", "file"))
        yield line["id"], position, *told, body


def _files(source: Source, line: Line) -> Iterator[Row]:
    for position, file in enumerate(line["files"], 1):
        yield line["id"], position, *(file[name] for name in ("kind", "url", "type", "bytes", "hash", "file"))


def _aliases(source: Source, line: Line) -> Iterator[Row]:
    for alias in line["aliases"]:
        yield line["id"], alias


_OF = _text("record", "The record's id")
_POSITION = Column("position", "integer", "Its place on the page, from 1")
DOCUMENTS = Family(
    "documents.jsonl",
    (
        Table(
            "documents",
            "What the own page of a record's document says, as in documents.jsonl",
            (
                _text("id", "The record's id"),
                _text("url", "Canonical address of the document"),
                _text("title", "Title as the document's own page prints it"),
                *_DATED,
                _text("summary", "Summary as printed on the page", nullable=True),
                *_PRINTED,
                *_LISTED,
                _text("digest", "Stands for all that the line of documents.jsonl says"),
            ),
            ("id",),
            _document,
            of="id",
        ),
        Table(
            "document_terms",
            "Names that the page puts on the document",
            (
                _OF,
                _text("role", "author, person, place, topic or subject"),
                _POSITION,
                _text("name", "The name as printed"),
                _text("url", "Where it leads; null if nowhere", nullable=True),
            ),
            ("record", "role", "position"),
            _terms,
            of="record",
            indexes=(("role", "name"),),
        ),
        Table(
            "document_texts",
            "The document's texts, whole",
            (
                _OF,
                _POSITION,
                _text("kind", "translation, transcript and so on, as the page names it"),
                _text("language", "Its language; null if none is named", nullable=True),
                Column("characters", "integer", "Its length"),
                Column("bytes", "integer", "Its length in UTF-8"),
                _text("hash", "sha256: and its digest"),
                _text("file", "The file in the dataset", nullable=True),
                _text("body", "The text, paragraphs apart by a blank line"),
            ),
            ("record", "position"),
            _texts,
            of="record",
        ),
        Table(
            "document_files",
            "The files that the page offers: scans, PDFs",
            (
                _OF,
                _POSITION,
                _text("kind", "scan or download"),
                _text("url", "Its address"),
                _text("type", "Its media type; null until it is fetched", nullable=True),
                Column("bytes", "integer", "Its size; null until it is fetched", nullable=True),
                _text("hash", "sha256: and its digest; null until it is fetched", nullable=True),
                _text("file", "The file in the dataset; null until it is fetched", nullable=True),
            ),
            ("record", "position"),
            _files,
            of="record",
        ),
        Table(
            "document_aliases",
            "The other addresses of the document",
            (_OF, _text("url", "An address")),
            ("record", "url"),
            _aliases,
            of="record",
            indexes=(("url",),),
        ),
    ),
    Source.documents,
)


def _accounts(source: Source) -> Iterator[Line]:
    for position, told in enumerate(source.coverage["listings"], 1):
        yield {**told, "position": position}


def _account(source: Source, line: Line) -> Iterator[Row]:
    plain = (line[name] for name in ("position", "listing", "label", "order", "kind", "total", "rows", "records"))
    yield *plain, line["rejects"], _json(line["missing"]), line["verdict"], _json(line["reasons"])


LISTINGS = Family(
    "coverage.json",
    (
        Table(
            "listings",
            "The account of each listing and order, as in coverage.json",
            (
                Column("position", "integer", "Its place in coverage.json, from 1"),
                _text("listing", "Its canonical string; null where captures don't say", nullable=True),
                _text("label", "Its name for people", nullable=True),
                _text("order", "Its sort", nullable=True),
                _text("kind", "live or captured"),
                Column("total", "integer", "How many rows it announces; null if it does not", nullable=True),
                Column("rows", "integer", "How many rows were read"),
                Column("records", "integer", "How many distinct records they are"),
                Column("rejects", "integer", "How many rows could not be read"),
                Column("missing", "json", "Ranges of positions that were not seen"),
                _text("verdict", "complete, incomplete, and so on"),
                Column("reasons", "json", "Why, in sentences"),
            ),
            ("position",),
            _account,
        ),
    ),
    _accounts,
)


def _former(source: Source, line: Line) -> Iterator[Row]:
    yield line["id"], line["into"]


FORMER = Family(
    "changes.jsonl",
    (
        Table(
            "former_ids",
            "Ids that were once published and lead to a record now: who cites one finds the record",
            (_text("id", "An id that was merged into another"), _text("record", "The id of the record now")),
            ("id",),
            _former,
        ),
    ),
    former_ids,
)
FAMILIES = (RECORDS, DOCUMENTS, LISTINGS, FORMER)
TABLES = tuple(table for family in FAMILIES for table in family.tables)
