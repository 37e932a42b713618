"""Which records complete walks show no more: only such walks, of the listings that showed the record, can tell."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harvester.coverage import COMPLETE
from harvester.ledger.times import SEEN_AT
from harvester.ledger.walks import Walked

# How many complete walks must miss a record before it counts as withdrawn, where nobody has said otherwise: an index
# that is just being rebuilt may lack records once.
CONFIRMATIONS = 2

_COMPLETE = f"""
SELECT walk.id, walk.listing, walk.run, run.started FROM walk JOIN run ON run.id = walk.begun
WHERE walk.kind = 'live' AND walk.verdict = '{COMPLETE}' ORDER BY walk.id
"""
_BEGUN = "SELECT run.started FROM run WHERE id = (SELECT begun FROM walk WHERE id = ?)"
_SEEN = f"""
SELECT known.record, walk.listing, max({SEEN_AT}) FROM known
JOIN page ON page.id = known.page JOIN walk ON walk.id = page.walk
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
GROUP BY 1, 2 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Absence:
    """A complete walk that shows a record no more: of which listing, its number, the run that ended it."""

    listing: str
    walk: int
    run: int


Walks = Mapping[str, Sequence[tuple[str, Absence]]]


def withdrawn_records(
    db: sqlite3.Connection, walks: Iterable[Walked], whole: str | None
) -> dict[str, tuple[Absence, ...]]:
    """Return the records that are withdrawn, with the first walks that confirm it.

    Needs a ledger that is settled; `walks` are the last walks, as they are judged now, `whole` is the listing of
    everything. A record is withdrawn if enough complete walks of a listing that showed it, begun after it was last seen
    anywhere, show it no more; and all its listings say so, or that of everything does.
    """
    confirmations = _confirmations(db)
    complete = _complete_walks(db, walks)
    return {
        record: absences for record, seen in _seen(db) if (absences := _absences(seen, complete, confirmations, whole))
    }


def _confirmations(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT value FROM meta WHERE name = 'withdraw_after'").fetchone()
    return int(row[0]) if row else CONFIRMATIONS


def _complete_walks(db: sqlite3.Connection, walks: Iterable[Walked]) -> Walks:
    """Return the complete live walks of each listing with the time of their begin, oldest first.

    Of the last walks the verdict of now counts, of earlier ones that which was published.
    """
    last = {walked.number: walked for walked in walks}
    found: dict[str, list[tuple[str, Absence]]] = defaultdict(list)
    for number, listing, run, begun in db.execute(_COMPLETE):
        if number not in last:
            found[listing].append((begun, Absence(listing, number, run)))
    for walked in last.values():
        if walked.kind == "live" and walked.listing is not None and walked.coverage.verdict == COMPLETE:
            (begun,) = db.execute(_BEGUN, (walked.number,)).fetchone()
            found[walked.listing].append((begun, Absence(walked.listing, walked.number, walked.run)))
    return {listing: sorted(told, key=lambda walk: (walk[0], walk[1].walk)) for listing, told in found.items()}


def _seen(db: sqlite3.Connection) -> Iterable[tuple[str, dict[str | None, str]]]:
    """Yield each record with when each listing showed it last; None is what no listing showed."""
    seen: dict[str, dict[str | None, str]] = defaultdict(dict)
    for record, listing, at in db.execute(_SEEN):
        seen[record][listing] = at
    return seen.items()


def _absences(
    seen: Mapping[str | None, str], complete: Walks, confirmations: int, whole: str | None
) -> tuple[Absence, ...]:
    last = max(seen.values())
    listings = [listing for listing in seen if listing is not None]
    confirmed = {
        listing: absences
        for listing in listings
        if len(absences := _after(complete.get(listing, ()), last, confirmations)) == confirmations
    }
    if not confirmed or not (whole in confirmed or len(confirmed) == len(listings)):
        return ()
    return tuple(absence for listing in sorted(confirmed) for absence in confirmed[listing])


def _after(walks: Sequence[tuple[str, Absence]], last: str, most: int) -> tuple[Absence, ...]:
    """Return the first walks that began after a time, one of each begin: two orders of one run are one look."""
    begun: dict[str, Absence] = {}
    for at, absence in walks:
        if at > last and len(begun) < most:
            begun.setdefault(at, absence)
    return tuple(begun.values())
