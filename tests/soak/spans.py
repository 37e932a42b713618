"""The walks of a dataset as they truly were: the nights that each took, what stood in it, and what it saw."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.sample.living import Truth
from harvester.sample.record import Record

_SIGHTS = """
SELECT DISTINCT content.url FROM page JOIN sight ON sight.page = page.id JOIN content ON content.id = sight.content
WHERE page.walk = ?
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A walk: of which listing (by its query), how it was judged, and its nights: it may have been gone on with."""

    query: str
    verdict: str
    nights: tuple[Truth, ...]

    @property
    def throughout(self) -> frozenset[str]:
        """Return the paths of the records that stood in it all the time."""
        return frozenset.intersection(*(truth.listings[self.query].throughout for truth in self.nights))

    def said(self, path: str) -> frozenset[Record]:
        """Return all that a record showed while it was walked."""
        return frozenset().union(*(truth.said.get(path, ()) for truth in self.nights))


def path_of(record: Mapping[str, Any]) -> str:
    """Return the path of a record's document page."""
    return "/document/" + str(record["url"]).rpartition("/document/")[2]


def last_run(folder: Path) -> int:
    """Return the number of the last run."""
    return int(ask_ledger(folder, "SELECT max(id) FROM run")[0][0])


def ask_ledger(folder: Path, question: str, *values: object) -> list[Any]:
    """Return rows of a dataset's ledger, which nothing is written to."""
    with closing(sqlite3.connect(f"file:{folder / 'ledger.sqlite'}?mode=ro", uri=True)) as db:
        return db.execute(question, values).fetchall()


def seen_by(folder: Path, walk: int) -> set[str]:
    """Return the paths of the records that a walk saw, of which the ledger holds all pages."""
    return {path_of({"url": url}) for (url,) in ask_ledger(folder, _SIGHTS, walk)}
