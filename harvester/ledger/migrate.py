"""Brings a ledger of an earlier format up to the present one, as far as nothing has to be guessed."""

import sqlite3

# What the present schema has more than each earlier format; the new columns stand last, as ALTER TABLE puts them.
_ADDED = {
    "2": (
        "ALTER TABLE run ADD COLUMN passed_over TEXT",
        "ALTER TABLE walk ADD COLUMN crawl TEXT",
        "ALTER TABLE capture ADD COLUMN crawl TEXT",
        "ALTER TABLE reject ADD COLUMN position INTEGER",
        "UPDATE meta SET value = '3' WHERE name = 'format'",
    ),
}


def migrate(db: sqlite3.Connection, meta: dict[str, str]) -> dict[str, str]:
    """Add to a ledger what its format lacks, inside the caller's transaction; return its meta table as it is then."""
    while steps := _ADDED.get(meta.get("format", "")):
        for step in steps:
            db.execute(step)
        meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    return meta
