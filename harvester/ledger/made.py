"""Reads, without holding it, what a ledger says of how its dataset was made."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from harvester.errors import DatasetDamaged
from harvester.ledger.reading import read_ledger
from harvester.ledger.store import FILE

# Of each listing and order the last live walk that read a page.
_WALKED = """
SELECT listing, sort, proving FROM walk WHERE id IN (
    SELECT max(id) FROM walk WHERE kind = 'live' AND id IN (SELECT walk FROM page) GROUP BY listing, sort
) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a ledger tells: the site's name, what was kept of what it was made from (JSON), and its live listings.

    `walked` are these as (listing, order, whether the order was taken for proof); `wanted` is what the last crawl was
    to bring beside them.
    """

    site: str
    made_from: str | None
    walked: tuple[tuple[str, str | None, bool], ...]
    wanted: str | None

    @property
    def twice(self) -> bool:
        """Return whether no order was believed, though one was walked."""
        return bool(self.walked) and not any(proving for _, _, proving in self.walked)


def read_made(folder: Path) -> Held | None:
    """Return what a folder's ledger tells; None if it has none. Raises DatasetError if it cannot be read."""
    return read_ledger(folder, _told) if (folder / FILE).is_file() else None


def _told(db: sqlite3.Connection) -> Held:
    meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    if "site" not in meta:
        raise DatasetDamaged("the ledger names no site")
    walked = tuple((listing, sort, bool(proving)) for listing, sort, proving in db.execute(_WALKED))
    return Held(meta["site"], meta.get("made_from"), walked, _wanted(db))


def _wanted(db: sqlite3.Connection) -> str | None:
    """Return what the last crawl wanted beside listings; ledgers of old formats knew of no such thing."""
    columns = {column for _, column, *_ in db.execute("PRAGMA table_info(run)")}
    if "wanted" not in columns:
        return None
    query = "SELECT wanted FROM run WHERE kind = 'crawl' ORDER BY id DESC LIMIT 1"
    found = db.execute(query).fetchone()
    return str(found[0]) if found and found[0] is not None else None
