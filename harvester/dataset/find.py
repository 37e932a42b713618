"""Searches a dataset: "what happened in July 1958?" """

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harvester.dataset.findings import read_lines
from harvester.dataset.publish import open_dataset
from harvester.dates import DateReading, DateStyle, read_edtf, read_printed
from harvester.errors import DatasetError
from harvester.text import fold


def find(folder: Path, query: str, dates: DateStyle) -> list[dict[str, Any]]:
    """Return the records whose date may fall into a date asked for, or that hold all words of a text; oldest first.

    A query that reads as a date, in print or EDTF, is one. A record matches it if their bounds overlap: one dated
    "1958" may be of July 1958, and is found.
    """
    open_dataset(folder)
    date = read_printed(query, dates)
    if date.date is None:
        date = read_edtf(query.strip())
    records = read_lines(folder / "records.jsonl")
    matches = _in_time(records, date) if date.date is not None else _with_words(records, query)
    try:
        return sorted(matches, key=_age)
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{folder / 'records.jsonl'} has a line that is no record: {error}") from error


def _in_time(records: Iterator[dict[str, Any]], asked: DateReading) -> Iterator[dict[str, Any]]:
    first, last = asked.date_earliest or "0000", asked.date_latest or "9999-99"
    for record in records:
        if record["date"] is None:
            continue
        if (record["date_earliest"] or "0000") <= last and (record["date_latest"] or "9999-99") >= first:
            yield record


def _with_words(records: Iterator[dict[str, Any]], query: str) -> Iterator[dict[str, Any]]:
    words = fold(query).split()
    for record in records:
        text = fold(" ".join(filter(None, (record["title"], record["summary"], record["date_text"], record["url"]))))
        if all(word in text for word in words):
            yield record


def _age(record: dict[str, Any]) -> tuple[str, str, str]:
    return (
        record["date_earliest"] or record["date_latest"] or "9999-99",
        record["date_latest"] or "9999-99",
        record["id"],
    )
