"""Says in one line what an update found: what is new, and what is known of the rest."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harvester.coverage import WHOLE
from harvester.dataset.publish import Published

# What is told only where there is some of it.
_RARE = ("changed", "returned", "merged", "dropped")
_TOUCHED = ("added", "changed", "returned", "withdrawn")


@dataclass(frozen=True, slots=True)
class News:
    """What a run changed: of each kind how many records, and how many of those that stand were touched at all."""

    kinds: Counter[str]
    touched: int

    @classmethod
    def of_run(cls, db: sqlite3.Connection, run: int) -> "News":
        """Return what the change feed tells of a run."""
        kinds: Counter[str] = Counter()
        records: set[str] = set()
        for kind, record in db.execute("SELECT kind, record FROM change WHERE run = ?", (run,)):
            kinds[kind] += 1
            records |= {record} if kind in _TOUCHED else set()
        return cls(kinds, len(records))

    def say(self, published: Published, run: int) -> str:
        """Return the line: "0 new, 0 withdrawn, 16,756 unchanged" after a full walk of all that was asked for.

        After a look at the newest pages only it is "0 new; 16,756 held, last fully walked on DAY": that the others
        still stand nobody knows. Where a walk was not whole, nobody does either.
        """
        looked = [told for told in published.coverage["listings"] if told["looked"] and told["looked"]["run"] == run]
        walked = published.listings(run)
        new = [f"{self.kinds['added']:,} new", *(f"{self.kinds[kind]:,} {kind}" for kind in _RARE if self.kinds[kind])]
        if walked and all(told["verdict"] in WHOLE for told in walked):
            unchanged = published.records - self.touched
            counts = [*new, f"{self.kinds['withdrawn']:,} withdrawn", f"{unchanged:,} unchanged"]
            return ", ".join(counts) + (_of_some(looked, len(looked) + len(walked)) if looked else "")
        rest = f"{published.records:,} held"
        return ", ".join(new) + f"; {rest}" + (_of_some(looked, len(looked)) if looked else "")


def _of_some(looked: Sequence[dict[str, Any]], of: int) -> str:
    """Return when listings that were only looked at were walked last; of several the one that waits longest."""
    some = f"; {len(looked)} of {of} listings" if len(looked) < of else ","
    return f"{some} last fully walked on {min(told['captured']['last'][:10] for told in looked)}"


def say_requests(requests: int, unchanged_pages: int) -> str:
    """Return what an update asked for: "3 requests, 2 not modified"."""
    unchanged = f", {unchanged_pages:,} not modified" if unchanged_pages else ""
    return f"{requests:,} request{'s' * (requests != 1)}{unchanged}"
