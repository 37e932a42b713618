"""What forgetting leaves uncertain of an earlier state: which of two listings showed a record last.

Of each listing's sights of a record the first, the last and those that said something new are kept, so what a listing
showed last before a run is known. When it did so is not: sights that said the same once more may be forgotten. That
matters only where two listings showed different things, as the newest gives the record.
"""

from collections.abc import Iterable
from typing import Any

from harvester.ledger.past import PastLedger
from harvester.ledger.settle import Settlement
from harvester.sites import Site

_LINEAGES = """
SELECT walk.id, walk.listing, walk.sort, run.started FROM walk JOIN run ON run.id = min(walk.run, :run)
WHERE walk.kind IN ('live', 'incremental') AND walk.begun <= :run
"""
# As in the projection: within a live run the run's start stands for the clock.
_SEEN_AT = """
SELECT page.id, coalesce(capture.crawl,
    CASE WHEN walk.kind IN ('live', 'incremental') THEN run.started ELSE capture.captured_at END, '')
FROM page JOIN walk ON walk.id = page.walk JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
"""


_LAST = """
SELECT known.record, max(capture.captured_at) FROM known JOIN page ON page.id = known.page
JOIN capture ON capture.id = page.capture GROUP BY known.record
"""


def last_seen(past: PastLedger, site: Site) -> dict[str, str | None]:
    """Return when each record was last seen by a ledger; the last sight of a record is never forgotten."""
    Settlement(past.db, site)
    return dict(past.db.execute(_LAST).fetchall())


class Forgotten:
    """Judges the records of a ledger that was rewound."""

    def __init__(self, past: PastLedger) -> None:
        walks = past.db.execute(_LINEAGES, {"run": past.run}).fetchall()
        self.lineages = {walk: (listing, sort) for walk, listing, sort, _ in walks}
        self.latest = {self.lineages[walk]: started for walk, _, _, started in sorted(walks)}
        self.seen_at: dict[int, str] = dict(past.db.execute(_SEEN_AT).fetchall())

    def is_sure(self, content: str, captures: Iterable[dict[str, Any]]) -> bool:
        """Return whether a record surely said then what it is projected to say.

        `content` is the digest of that, `captures` are its provenance in its order. It is not sure where another
        listing, which showed something else, may have been seen to show it once more, and later.
        """
        captures = list(captures)
        # A document's own page gives a record only where no listing does in as good a medium, and is never forgotten.
        captures = [capture for capture in captures if capture["kind"] == "listing"] or captures
        medium = min(capture["medium"] for capture in captures)
        given = max(self.seen_at[capture["page"]] for capture in captures if capture["content"] == content)
        last = {self.lineages[c["walk"]]: c for c in captures if c["walk"] in self.lineages}
        return not any(
            capture["content"] != content
            and capture["medium"] == medium
            and self.latest[lineage] > self.seen_at[capture["page"]]
            and self.latest[lineage] >= given
            for lineage, capture in last.items()
        )
