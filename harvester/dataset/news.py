"""Says in one line what an update found: what is new, and what is known of the rest."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harvester.coverage import WHOLE
from harvester.dataset.publish import Published
from harvester.ledger import last_that_told

# What is told only where there is some of it.
_RARE = ("changed", "returned", "merged", "dropped")
_TOUCHED = ("added", "changed", "returned", "withdrawn")


@dataclass(frozen=True, slots=True)
class News:
    """What a run changed: of each kind how many records, and which of those that stand were touched at all."""

    kinds: Counter[str]
    touched: frozenset[str]

    @classmethod
    def of_run(cls, db: sqlite3.Connection, run: int) -> "News":
        """Return what the change feed tells of a run, and of runs before it that were killed before they told it."""
        kinds: Counter[str] = Counter()
        records: set[str] = set()
        changes = "SELECT kind, record FROM change WHERE run > ? AND run <= ?"
        for kind, record in db.execute(changes, (last_that_told(db, run), run)):
            kinds[kind] += 1
            records |= {record} if kind in _TOUCHED else set()
        return cls(kinds, frozenset(records))

    def say(self, published: Published, run: int) -> str:
        """Return the line: "0 new, 0 withdrawn, 16,756 unchanged" after a full walk of all that was asked for.

        After a look at the newest pages only it is "0 new; 16,756 held, last fully walked on DAY": that the others
        still stand nobody knows. Where a walk was not whole, nobody does either. What a walk lacks, and no
        other has confirmed yet, is "not shown any more".
        """
        walked = published.listings(run)
        older = [told for told in published.coverage["listings"] if told not in walked and _was_walked(told, run)]
        new = [f"{self.kinds['added']:,} new", *(f"{self.kinds[kind]:,} {kind}" for kind in _RARE if self.kinds[kind])]
        if walked and all(told["verdict"] in WHOLE for told in walked):
            unchanged = published.records - len(self.touched | published.withdrawn) - published.missed
            counts = [*new, f"{self.kinds['withdrawn']:,} withdrawn", f"{unchanged:,} unchanged"]
            counts += [f"{published.missed:,} not shown any more"] if published.missed else []
            return ", ".join(counts) + _of_some(older, len(older) + len(walked))
        looked = [told for told in older if told["looked"] and told["looked"]["run"] == run]
        return ", ".join(new) + f"; {published.records:,} held" + (_of_some(older, len(older)) if looked else "")


def _was_walked(told: dict[str, Any], run: int) -> bool:
    """Return whether a listing was walked whole, by an earlier run; one that is asked for no more is told of too."""
    return told["kind"] == "live" and told["verdict"] in WHOLE and told["last_run"]["run"] < run


def _of_some(older: Sequence[dict[str, Any]], of: int) -> str:
    """Return when listings that this run did not walk were walked last; of several the one that waits longest."""
    if not older:
        return ""
    some = f"; {len(older)} of {of} listings" if len(older) < of else ","
    return f"{some} last fully walked on {min(told['captured']['last'][:10] for told in older)}"


def say_requests(requests: int, unchanged_pages: int) -> str:
    """Return what an update asked for: "3 requests, 2 not modified"."""
    unchanged = f", {unchanged_pages:,} not modified" if unchanged_pages else ""
    return f"{requests:,} request{'s' * (requests != 1)}{unchanged}"
