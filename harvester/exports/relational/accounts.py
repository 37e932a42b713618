"""The table of accounts: how each listing was walked, and what that amounts to."""

from collections.abc import Iterator

from harvester.exports.relational.tables import Column, Family, Row, Table, as_json, integer, text
from harvester.exports.source import Line, Source


def _accounts(source: Source) -> Iterator[Line]:
    for position, told in enumerate(source.coverage["listings"], 1):
        yield {**told, "position": position}


def _account(source: Source, line: Line) -> Iterator[Row]:
    plain = (line[name] for name in ("position", "listing", "label", "order", "kind", "total", "rows", "records"))
    yield *plain, line["rejects"], as_json(line["missing"]), line["verdict"], as_json(line["reasons"])


LISTINGS = Family(
    "coverage.json",
    (
        Table(
            "listings",
            "The account of each listing and order, as in coverage.json",
            (
                integer("position", "Its place in coverage.json, from 1"),
                text("listing", "Its canonical string; null where captures don't say", nullable=True),
                text("label", "Its name for people", nullable=True),
                text("order", "Its sort", nullable=True),
                text("kind", "live or captured"),
                integer("total", "How many rows it announces; null if it does not", nullable=True),
                integer("rows", "How many rows were read"),
                integer("records", "How many distinct records they are"),
                integer("rejects", "How many rows could not be read"),
                Column("missing", "json", "Ranges of positions that were not seen"),
                text("verdict", "complete, incomplete, and so on"),
                Column("reasons", "json", "Why, in sentences"),
            ),
            ("position",),
            _account,
        ),
    ),
    _accounts,
)
