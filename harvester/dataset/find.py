"""Searches a dataset: "what happened in July 1958?" """

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.findings import read_lines
from harvester.dataset.publish import open_dataset
from harvester.dates import DateReading, DateStyle, read_edtf, read_printed
from harvester.errors import DatasetError
from harvester.text import fold

# What of a document is searched: its words, but for its texts, and the addresses by which it is known.
_PLAIN = (
    "title date_text summary source original_archive rights type classification support uploaded citation record_id"
    " node_id"
).split()
_TERMS = "authors people places topics subjects".split()
_LISTS = "languages donors aliases".split()

Line = dict[str, Any]
Pair = tuple[Line, Line | None]


def find(folder: Path, query: str, dates: DateStyle) -> list[Line]:
    """Return the records that match a query, oldest first; `matching` says which do.

    Raises DatasetError if the folder is no dataset.
    """
    package = open_dataset(folder)
    has_documents = any(resource["path"] == DOCUMENTS for resource in package["resources"])
    documents = read_lines(folder / DOCUMENTS) if has_documents else iter(())
    try:
        return sorted(matching(read_lines(folder / "records.jsonl"), documents, query, dates), key=_age)
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{folder} has a line that is no record or document: {error}") from error


def matching(records: Iterable[Line], documents: Iterator[Line], query: str, dates: DateStyle) -> Iterator[Line]:
    """Yield the records whose date may fall into a date asked for, or that hold all words of a text; both sorted by id.

    A query that reads as a date, in print or EDTF, is one. A record matches it if their bounds overlap: one dated
    "1958" may be of July 1958, and is found. What the document's own page says counts as well, its date too.

    Raises KeyError or TypeError where a line is no record or document.
    """
    date = read_printed(query, dates)
    if date.date is None:
        date = read_edtf(query.strip())
    pairs = _pairs(records, documents)
    return _in_time(pairs, date) if date.date is not None else _with_words(pairs, query)


def _pairs(records: Iterable[Line], documents: Iterator[Line]) -> Iterator[Pair]:
    """Yield each record with its document, None if it has none."""
    document = next(documents, None)
    for record in records:
        while document is not None and document["id"] < record["id"]:
            document = next(documents, None)
        yield record, document if document is not None and document["id"] == record["id"] else None


def _in_time(pairs: Iterator[Pair], asked: DateReading) -> Iterator[Line]:
    first, last = asked.date_earliest or "0000", asked.date_latest or "9999-99"
    for record, document in pairs:
        for told in (record, document):
            if told is None or told["date"] is None:
                continue
            if (told["date_earliest"] or "0000") <= last and (told["date_latest"] or "9999-99") >= first:
                yield record
                break


def _with_words(pairs: Iterator[Pair], query: str) -> Iterator[Line]:
    words = fold(query).split()
    for record, document in pairs:
        said = [record["title"], record["summary"], record["date_text"], record["url"]]
        said += _said_by(document) if document is not None else []
        text = " ".join(map(fold, filter(None, said)))  # part by part: most are ASCII, which costs next to nothing
        if all(word in text for word in words):
            yield record


def _said_by(document: Line) -> Iterator[str | None]:
    yield from (document[name] for name in _PLAIN)
    for name in _LISTS:
        yield from document[name]
    for name in _TERMS:
        yield from (term["name"] for term in document[name])
    for part in document["unknown"]:
        yield from (part["label"], part["text"])


def _age(record: Line) -> tuple[str, str, str]:
    return (
        record["date_earliest"] or record["date_latest"] or "9999-99",
        record["date_latest"] or "9999-99",
        record["id"],
    )
