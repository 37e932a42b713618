"""Loads datasets into PostgreSQL for the tests, and reads them back."""

from pathlib import Path
from typing import Any

import psycopg
from many_records import Many
from psycopg import sql

FIELDS = "id site url title date date_text date_earliest date_latest date_precision date_note summary".split()
FEW = tuple(
    {
        "id": f"wilson-{number:016x}", "site": "wilson", "url": f"https://example.org/document/{number}",
        "title": f"Letter {number}", "date": "1958-07-22", "date_text": "July 22, 1958", "date_earliest": "1958-07-22",
        "date_latest": "1958-07-22", "date_precision": "day", "date_note": None, "summary": f"About {number}",
        "listings": ["everything"], "withdrawn": False,
    }
    for number in range(10)
)  # fmt: skip


def publish(folder: Path, *lines: dict[str, Any], many: Many | None = None) -> Many:
    """Publish a few records, the first time or again."""
    made = many or Many(folder)
    made.publish(lines or FEW)
    return made


def held(dsn: str, schema: str = "d") -> list[dict[str, Any]]:
    """Return the records of a schema as records.jsonl has them."""
    with psycopg.connect(dsn) as connection:
        query = sql.SQL(
            "SELECT {}, coalesce((SELECT array_agg(listing ORDER BY listing COLLATE \"C\") FROM {} WHERE record = id), "
            "'{{}}'), withdrawn FROM {} ORDER BY id"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, FIELDS)),
            sql.Identifier(schema, "record_listings"), sql.Identifier(schema, "records"),
        )  # fmt: skip
        rows = connection.execute(query).fetchall()
    told = (dict(zip((*FIELDS, "listings", "withdrawn"), row, strict=True)) for row in rows)
    return [{**one, **{name: one[name] and one[name].isoformat() for name in FIELDS[6:8]}} for one in told]


def versions(dsn: str, schema: str = "d") -> dict[str, list[tuple[Any, ...]]]:
    """Return which transaction wrote each row of each table, and where it lies: the same, if no row was written."""
    with psycopg.connect(dsn) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", (schema,)
        ).fetchall()
        query = sql.SQL("SELECT xmin::text, ctid::text FROM {} ORDER BY ctid")
        return {name: connection.execute(query.format(sql.Identifier(schema, name))).fetchall() for (name,) in names}
