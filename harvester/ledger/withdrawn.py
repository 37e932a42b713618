"""Which records complete walks show no more: only such walks, of the listings that showed the record, can tell."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from harvester.coverage import COMPLETE
from harvester.ledger.times import SEEN_AT
from harvester.ledger.walks import Walked, judge_walk

# How many complete walks must miss a record before it counts as withdrawn, where nobody has said otherwise: an index
# that is just being rebuilt may lack records once.
CONFIRMATIONS = 2
_SECOND = len("2026-03-01T12:00:00")

# A walk is as old as the run that began it, or as the crawl from whose snapshot it was replayed; of the passes of one
# crawl the last counts, as it does where a crawl publishes. What was published of a live walk outlives its pages.
_WALKS = """
SELECT walk.id, walk.listing, walk.run, coalesce(walk.crawl, run.started), walk.begun, walk.verdict FROM walk
LEFT JOIN run ON run.id = walk.begun
WHERE walk.listing IS NOT NULL AND (walk.kind = 'live' OR (walk.kind = 'captured' AND walk.crawl IS NOT NULL
    AND walk.id IN (SELECT walk FROM page) AND NOT EXISTS (
        SELECT 1 FROM walk AS later WHERE later.crawl = walk.crawl AND later.listing = walk.listing
        AND later.sort IS walk.sort AND later.pass > walk.pass AND later.id IN (SELECT walk FROM page))))
ORDER BY 4, walk.id
"""
# The newest sight of each record by each listing: its time, the last live run that brought one, and the last run that
# brought one of which nobody knows the time.
_SEEN = f"""
SELECT known.record, walk.listing, max(max({SEEN_AT}, coalesce(capture.captured_at, ''))),
       max(CASE WHEN run.kind = 'crawl' THEN run.id ELSE 0 END),
       max(CASE WHEN coalesce(capture.crawl, capture.captured_at) IS NULL THEN run.id ELSE -1 END)
FROM known
JOIN page ON page.id = known.page JOIN walk ON walk.id = page.walk
JOIN capture ON capture.id = page.capture JOIN run ON run.id = capture.run
GROUP BY 1, 2 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Absence:
    """A complete walk that shows a record no more: of which listing, its number, the run that ended it, its begin."""

    listing: str
    walk: int
    run: int
    begun: str


@dataclass(frozen=True, slots=True)
class Gone:
    """What complete walks show no more: the records that are withdrawn, with the first walks that confirm it.

    `missed` counts the records that a complete walk lacks, but are not withdrawn: others have yet to confirm it.
    """

    withdrawn: dict[str, tuple[Absence, ...]]
    missed: int


@dataclass(frozen=True, slots=True)
class _Look:
    """A walk that may tell of absences: `run` began it, 0 for a captured one; whether it is complete is asked late."""

    absence: Absence
    run: int
    is_complete: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Sight:
    """When a record was last seen by a listing, or by any: the time, the last live run, the last run without a time."""

    at: str
    run: int
    untimed: int

    def join(self, other: "_Sight") -> "_Sight":
        """Return the newer of two, in each respect."""
        return _Sight(max(self.at, other.at), max(self.run, other.run), max(self.untimed, other.untimed))

    def is_before(self, look: _Look) -> bool:
        """Return whether a walk was begun after it: by the clock, and by the order of runs, as clocks are set back.

        Pages are timed to the second; within one second the order of live runs tells alone.
        """
        if look.run:
            return look.run > self.run and look.absence.begun[:_SECOND] >= self.at[:_SECOND]
        return look.absence.begun > self.at


def find_gone(db: sqlite3.Connection, walks: Iterable[Walked], ambiguous: Collection[int], whole: str | None) -> Gone:
    """Return the records that complete walks show no more.

    Needs a ledger that is settled; `walks` are the last walks, as they are judged now, `ambiguous` those in which
    equal entries cannot be told apart, `whole` is the listing of everything. A record is withdrawn if enough complete
    walks of a listing that showed it, begun after it was last seen anywhere, show it no more; and all its listings say
    so, or that of everything does.
    """
    confirmations = confirmations_needed(db)
    looks = _looks(db, walks, ambiguous, whole)

    @cache  # most records that are gone went together
    def absences(listing: str, last: _Sight) -> tuple[Absence, ...]:
        return _after(looks.get(listing, ()), last, confirmations)

    found, missed = {}, 0
    for record, seen in _seen(db):
        last = _Sight("", 0, -1)
        for sight in seen.values():
            last = last.join(sight)
        listings = [listing for listing in seen if listing is not None]
        told = {} if last.untimed > last.run else {listing: absences(listing, last) for listing in listings}
        sure = {listing for listing, walks_after in told.items() if len(walks_after) == confirmations}
        if sure and (whole in sure or len(sure) == len(listings)):
            found[record] = tuple(absence for listing in sorted(sure) for absence in told[listing])
        else:
            missed += any(told.values())
    return Gone(found, missed)


def confirmations_needed(db: sqlite3.Connection) -> int:
    """Return how many complete walks must miss a record before it counts as withdrawn."""
    row = db.execute("SELECT value FROM meta WHERE name = 'withdraw_after'").fetchone()
    return int(row[0]) if row else CONFIRMATIONS


def _looks(
    db: sqlite3.Connection, walks: Iterable[Walked], ambiguous: Collection[int], whole: str | None
) -> dict[str, list[_Look]]:
    """Return the walks of each listing that may be complete, oldest first.

    Of the last walks the verdict of now counts, of earlier live ones that which was published. Earlier walks that were
    replayed from snapshots are judged when they are needed: their pages are all held.
    """
    last = {walked.number: walked.coverage.verdict for walked in walks}

    def judged(number: int) -> Callable[[], bool]:
        return cache(lambda: judge_walk(db, number, ambiguous, whole).coverage.verdict == COMPLETE)

    found: dict[str, list[_Look]] = defaultdict(list)
    for number, listing, run, begun, beginner, published in db.execute(_WALKS).fetchall():
        verdict = last.get(number, published)
        absence = Absence(listing, number, run, begun)
        if number not in last and not beginner:
            found[listing].append(_Look(absence, 0, judged(number)))
        elif verdict == COMPLETE:
            found[listing].append(_Look(absence, beginner, lambda: True))
    return found


def _seen(db: sqlite3.Connection) -> Iterator[tuple[str, dict[str | None, _Sight]]]:
    """Yield each record with when each listing showed it last; None is what no listing showed."""
    seen: dict[str, dict[str | None, _Sight]] = defaultdict(dict)
    for record, listing, at, run, untimed in db.execute(_SEEN):
        seen[record][listing] = _Sight(at, run, untimed)
    yield from seen.items()


def _after(looks: Sequence[_Look], last: _Sight, most: int) -> tuple[Absence, ...]:
    """Return the first complete walks after a sight, one of each begin: two orders of one run are one look."""
    begun: dict[str, Absence] = {}
    for look in looks:
        if len(begun) == most:
            break
        if look.absence.begun not in begun and last.is_before(look) and look.is_complete():
            begun[look.absence.begun] = look.absence
    return tuple(begun.values())
