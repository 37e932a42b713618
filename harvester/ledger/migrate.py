"""Brings a ledger of an earlier format up to the present one, as far as nothing has to be guessed."""

import sqlite3

# SQLite cannot change a CHECK, so the table of walks is made anew; what refers to it goes before and comes back after.
_WALKS_OF_DOCUMENTS = (
    "DROP VIEW last_walk",
    "DROP INDEX walk_listing",
    """CREATE TABLE walk_4 (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('live', 'captured', 'documents')),
    listing TEXT,
    label TEXT,
    sort TEXT,
    scope TEXT NOT NULL,
    proving INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    before INTEGER REFERENCES walk,
    run INTEGER NOT NULL REFERENCES run,
    verdict TEXT,
    total INTEGER,
    crawl TEXT
)""",
    "INSERT INTO walk_4 SELECT id, identity, kind, listing, label, sort, scope, proving, begun, pass, before, run,"
    " verdict, total, crawl FROM walk",
    "DROP TABLE walk",
    "ALTER TABLE walk_4 RENAME TO walk",
    "CREATE INDEX walk_listing ON walk (listing, sort)",
    "CREATE VIEW last_walk AS SELECT max(id) AS id FROM walk"
    " WHERE kind = 'live' AND id IN (SELECT walk FROM page) GROUP BY listing, sort",
)
_WALKS_THAT_STOP_EARLY = (
    "DROP VIEW last_walk",
    "DROP INDEX walk_listing",
    """CREATE TABLE walk_5 (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('live', 'incremental', 'captured', 'documents')),
    listing TEXT,
    label TEXT,
    sort TEXT,
    scope TEXT NOT NULL,
    proving INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    before INTEGER REFERENCES walk,
    run INTEGER NOT NULL REFERENCES run,
    verdict TEXT,
    total INTEGER,
    crawl TEXT,
    shares TEXT
)""",
    "INSERT INTO walk_5 SELECT id, identity, kind, listing, label, sort, scope, proving, begun, pass, before, run,"
    " verdict, total, crawl, NULL FROM walk",
    "DROP TABLE walk",
    "ALTER TABLE walk_5 RENAME TO walk",
    "CREATE INDEX walk_listing ON walk (listing, sort)",
    "CREATE VIEW last_walk AS SELECT max(id) AS id FROM walk"
    " WHERE kind = 'live' AND id IN (SELECT walk FROM page) GROUP BY listing, sort",
)
# What the present schema has more than each earlier format; new columns stand last, as ALTER TABLE puts them.
_ADDED = {
    "2": (
        "ALTER TABLE run ADD COLUMN passed_over TEXT",
        "ALTER TABLE walk ADD COLUMN crawl TEXT",
        "ALTER TABLE capture ADD COLUMN crawl TEXT",
        "ALTER TABLE reject ADD COLUMN position INTEGER",
        "UPDATE meta SET value = '3' WHERE name = 'format'",
    ),
    "3": (
        *_WALKS_OF_DOCUMENTS,
        "ALTER TABLE run ADD COLUMN wanted TEXT",
        "ALTER TABLE reject ADD COLUMN wanted TEXT",
        "CREATE TABLE document (page INTEGER PRIMARY KEY REFERENCES page, said TEXT NOT NULL)",
        "CREATE TABLE address (url TEXT NOT NULL, page INTEGER NOT NULL REFERENCES page, led INTEGER NOT NULL,"
        " PRIMARY KEY (url, page)) WITHOUT ROWID",
        "CREATE TABLE text (digest TEXT PRIMARY KEY, packed BLOB NOT NULL)",
        "CREATE TABLE file (capture INTEGER PRIMARY KEY REFERENCES capture, type TEXT, size INTEGER NOT NULL)",
        "CREATE INDEX address_page ON address (page)",
        "UPDATE meta SET value = '4' WHERE name = 'format'",
    ),
    "4": (
        *_WALKS_THAT_STOP_EARLY,
        "ALTER TABLE run ADD COLUMN command TEXT",
        "ALTER TABLE run ADD COLUMN ended TEXT",
        "ALTER TABLE run ADD COLUMN code INTEGER",
        "ALTER TABLE run ADD COLUMN requests INTEGER",
        "ALTER TABLE run ADD COLUMN bytes INTEGER",
        "ALTER TABLE run ADD COLUMN troubles TEXT",
        "ALTER TABLE run ADD COLUMN noticed TEXT",
        "CREATE TABLE validator (page INTEGER PRIMARY KEY REFERENCES page, url TEXT NOT NULL, etag TEXT,"
        " modified TEXT)",
        "CREATE TABLE version (record TEXT NOT NULL, number INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES run,"
        " packed BLOB, PRIMARY KEY (record, number))",
        "CREATE TABLE change (seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, kind TEXT NOT NULL CHECK"
        " (kind IN ('added', 'changed', 'merged', 'withdrawn', 'returned', 'dropped')), record TEXT NOT NULL,"
        " version INTEGER NOT NULL, told TEXT)",
        "CREATE INDEX change_record ON change (record, version)",
        "UPDATE meta SET value = '5' WHERE name = 'format'",
    ),
}


def migrate(db: sqlite3.Connection, meta: dict[str, str]) -> dict[str, str]:
    """Add to a ledger what its format lacks, inside the caller's transaction; return its meta table as it is then."""
    while steps := _ADDED.get(meta.get("format", "")):
        for step in steps:
            db.execute(step)
        meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    return meta
