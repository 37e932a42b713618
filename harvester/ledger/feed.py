"""The change feed: what is published now against what was published last, kept as versions and numbered changes."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

# Unlike walks, which come and go, these are there for whoever reads on from a number: committed before the files are.
_LATEST = """
SELECT version.record, version.number, version.packed FROM version
JOIN (SELECT record, max(number) AS number FROM version GROUP BY record) AS last USING (record, number)
ORDER BY version.record
"""
_NEWS = """
DROP TABLE IF EXISTS temp.news;
CREATE TEMP TABLE news (place INTEGER PRIMARY KEY, kind TEXT, record TEXT, version INTEGER, packed BLOB, told TEXT);
"""
_CHANGES = """
SELECT change.seq, change.run, run.started, change.kind, change.record, change.told, version.packed,
       (SELECT packed FROM version AS earlier WHERE earlier.record = change.record AND earlier.number < change.version
        ORDER BY earlier.number DESC LIMIT 1)
FROM change JOIN run ON run.id = change.run
LEFT JOIN version ON version.record = change.record AND version.number = change.version ORDER BY change.seq
"""
_FLAG = "withdrawn"
FEED_AFTER = "feed_after"  # the name in meta of the last number of a feed that was lost
_LAST = """
SELECT max(coalesce((SELECT max(seq) FROM change), 0),
           coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = ?), 0))
"""


class Feed:
    """Compares what is to be published with what was, record by record; `commit` numbers and keeps what differs.

    Records are given in order of their ids, as they are published.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.db.executescript(_NEWS)
        self._held = db.cursor().execute(_LATEST)
        self._next: tuple[str, int, bytes | None] | None = self._held.fetchone()
        self._gone: list[tuple[str, int]] = []
        self._merged: dict[str, str] = {}

    def note(self, record: str, line: bytes, told: dict[str, Any]) -> None:
        """Take a record's line; `told` is its line of provenance."""
        self._merged.update(dict.fromkeys(told["merged"], record))
        self._pass_over(record)
        number, packed = 0, None
        if self._next is not None and self._next[0] == record:
            _, number, packed = self._next
            self._next = self._held.fetchone()
        if packed is None:
            self._add("added", record, number + 1, line)
        elif (before := zlib.decompress(packed)) != line:
            self._change(record, number + 1, orjson.loads(before), line, told)

    def commit(self, run: int) -> None:
        """Number the changes and keep them, inside the caller's transaction."""
        self._pass_over(None)
        for record, number in self._gone:
            into = self._merged.get(record)
            beside = None if into is None else json.dumps({"into": into})
            self._add("dropped" if into is None else "merged", record, number + 1, None, beside)
        self.db.execute(
            "INSERT OR IGNORE INTO version SELECT record, version, ?, packed FROM temp.news ORDER BY place", (run,)
        )
        (last,) = self.db.execute(_LAST, (FEED_AFTER,)).fetchone()
        self.db.execute(
            "INSERT INTO change SELECT ? + row_number() OVER (ORDER BY place), ?, kind, record, version, told"
            " FROM temp.news",
            (last, run),
        )
        self.db.execute("DELETE FROM temp.news")

    def _pass_over(self, record: str | None) -> None:
        """Note the records that stood before this one and stand no more; None: all that are left."""
        while self._next is not None and (record is None or self._next[0] < record):
            if self._next[2] is not None:
                self._gone.append(self._next[:2])
            self._next = self._held.fetchone()

    def _change(self, record: str, number: int, before: dict[str, Any], line: bytes, told: dict[str, Any]) -> None:
        after = orjson.loads(line)
        if before[_FLAG] != after[_FLAG]:
            beside = json.dumps({"walks": told["withdrawn_by"]}) if after[_FLAG] else None
            self._add("withdrawn" if after[_FLAG] else "returned", record, number, line, beside)
        if any(before.get(name) != after.get(name) for name in {*before, *after} - {_FLAG}):
            self._add("changed", record, number, line)

    def _add(self, kind: str, record: str, number: int, line: bytes | None, told: str | None = None) -> None:
        packed = None if line is None else zlib.compress(line)
        self.db.execute(
            "INSERT INTO temp.news (kind, record, version, packed, told) VALUES (?, ?, ?, ?, ?)",
            (kind, record, number, packed, told),
        )


def change_lines(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Yield the lines of changes.jsonl, by their numbers."""
    for seq, run, at, kind, record, told, packed, packed_before in db.cursor().execute(_CHANGES):
        line = {"seq": seq, "run": run, "at": at, "change": kind, "id": record}
        after = None if packed is None else orjson.loads(zlib.decompress(packed))
        if kind == "added":
            line["record"] = after
        elif after is not None:
            line["fields"] = _fields(kind, orjson.loads(zlib.decompress(packed_before)), after)
        yield line | (json.loads(told) if told else {})


def _fields(kind: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    names = [_FLAG] if kind != "changed" else [name for name in after if name != _FLAG]
    return {
        name: {"before": before.get(name), "after": after[name]} for name in names if before.get(name) != after[name]
    }
