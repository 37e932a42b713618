"""The tables of records: a row a record, and the listings in which it stood."""

from collections.abc import Iterator

from harvester.exports.relational.dated import DATED, dates_of, decade_of, year_of
from harvester.exports.relational.digests import digest_of
from harvester.exports.relational.tables import Column, Family, Row, Table, integer, text
from harvester.exports.source import Line, Source


def _record(source: Source, line: Line) -> Iterator[Row]:
    yield (
        line["id"], line["site"], line["url"], line["title"], *dates_of(line), line["summary"], line["withdrawn"],
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
                text("id", "Stable identifier"),
                text("site", "Name of the site"),
                text("url", "Canonical address of the document; null if none is known", nullable=True),
                text("title", "Title as printed"),
                *DATED,
                text("summary", "Summary as printed, paragraphs apart by a blank line", nullable=True),
                Column("withdrawn", "boolean", "Whether complete walks no longer show the record"),
                integer("year", "The only year that the date can mean; null if several", nullable=True),
                integer("decade", "The only decade that it can mean, as its first year", nullable=True),
                text("digest", "Stands for all that the line of records.jsonl says"),
            ),
            ("id",),
            _record,
            of="id",
            indexes=(("date_earliest", "date_latest"), ("date_latest",), ("year",), ("decade",), ("url",)),
            search=("title", "summary", "date_text"),
        ),
        Table(
            "record_listings",
            "The listings in which a record stood",
            (text("record", "The record's id"), text("listing", "The listing's canonical string")),
            ("record", "listing"),
            _record_listings,
            of="record",
            indexes=(("listing",),),
        ),
    ),
    Source.records,
)
