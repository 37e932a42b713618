"""The account of the last walk through each listing, and what its earlier walks came to."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from harvester.coverage import (
    UNVERIFIABLE,
    WHOLE,
    CapturedPage,
    Coverage,
    Range,
    SeenPage,
    account,
    join_ranges,
    set_aside,
    superseded,
)
from harvester.ledger.looks import Look, last_look

# Of a listing crawled more than once the last walk counts, live or replayed from the crawls' snapshots; captures of one
# listing with one total are one walk. A walk of which no page came is told of by the run that tried it, and by no later
# one.
_TOLD = """
SELECT id FROM walk
WHERE (kind = 'captured' AND id IN (SELECT walk FROM page) AND NOT EXISTS (
    SELECT 1 FROM walk AS later WHERE later.kind = 'captured' AND later.listing = walk.listing
    AND later.sort IS walk.sort AND (later.crawl, later.pass) > (walk.crawl, walk.pass)
    AND later.id IN (SELECT walk FROM page)
)) OR (kind = 'live' AND id = (
    SELECT max(id) FROM walk AS other WHERE other.kind = 'live' AND other.listing = walk.listing
    AND other.sort IS walk.sort AND (other.run = (SELECT max(id) FROM run) OR other.id IN (SELECT id FROM last_walk))))
ORDER BY id
"""
_WALK = "SELECT kind, listing, label, sort, scope, proving, pass, before, run, crawl FROM walk WHERE id = ?"
_RECORDS = """
SELECT known.page, known.record FROM page JOIN known ON known.page = page.id WHERE page.walk = ? ORDER BY 1, known.row
"""
_SISTERS = "SELECT {} FROM walk WHERE kind = 'live' AND listing IS ? AND sort IS ? AND id != ?"
_EARLIER_CRAWLS = "SELECT 1 FROM walk WHERE crawl < ? AND listing IS ? AND sort IS ?"
_SHOWED_SOME = " AND (total > 0 OR id IN (SELECT walk FROM page WHERE total > 0))"


PageNumbers = tuple[int, int | None, int | None, int | None]
Days = tuple[tuple[str | None, tuple[Range, ...]], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """An earlier walk of a listing that was whole: its number, its run, its total."""

    walk: int
    run: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk's account, and what is told of it in coverage.json.

    `passes` counts the passes of its run through the listing, `before` is the number of the one before. `crawl` is the
    crawl from whose snapshot the walk was replayed, else None. `pages` and `pages_before` are their pages as (number,
    first, last, total), `superseded` the numbers of those for which another capture stands; `times` when the first and
    the last page of the walk were captured, `days` the ranges captured on each day. `earlier` is the last walk before
    it that was whole, `looked` the last look at its newest pages after it; `expected` says whether results are to be
    expected: earlier walks showed some, or the listing is of all there is.
    """

    number: int
    kind: str
    listing: str | None
    label: str | None
    order: str | None
    scope: str
    proving: bool
    passes: int
    before: int | None
    told_apart: bool
    run: int
    crawl: str | None
    pages: tuple[PageNumbers, ...]
    pages_before: tuple[PageNumbers, ...]
    superseded: tuple[int, ...]
    times: tuple[str | None, str | None]
    days: Days
    aside: Days
    coverage: Coverage
    earlier: Whole | None
    expected: bool
    remarks: tuple[str, ...]
    looked: Look | None


def last_walks(db: sqlite3.Connection, ambiguous: Collection[int], whole: str | None) -> list[Walked]:
    """Return the last walk of every listing, by number; `whole` is the listing of everything.

    Needs a ledger that is settled (see Settlement).
    """
    return [judge_walk(db, number, ambiguous, whole) for (number,) in db.execute(_TOLD).fetchall()]


def judge_walk(db: sqlite3.Connection, number: int, ambiguous: Collection[int], whole: str | None) -> Walked:
    """Return one walk as it is judged now, of which the pages are still held."""
    row = db.execute(_WALK, (number,)).fetchone()
    kind, listing, label, order, scope, proving, passes, before, run, crawl = row
    live, in_order = kind == "live", kind == "live" or crawl is not None
    pages, pages_before = _numbers(db, number), _numbers(db, before)
    captured = _captured(db, number, with_records=not in_order)
    old = set() if in_order else superseded(captured)
    told_apart = number not in ambiguous
    coverage = account(
        [_seen(db, page, told_apart) for page in pages if page[0] not in old],
        proving=bool(proving),
        live=in_order,
        before=[_seen(db, page, before not in ambiguous) for page in pages_before],
    )
    expected = in_order and (listing == whole or _had_records(db, listing, order, number, crawl))
    times = [page.captured_at for page in captured if page.captured_at is not None]
    remarks = db.execute("SELECT text FROM remark WHERE walk = ? ORDER BY text", (number,))
    return Walked(
        number, kind, listing, label, order, scope, bool(proving), passes, before, told_apart, run, crawl,
        pages, pages_before, tuple(sorted(old)),
        (min(times, default=None), max(times, default=None)),
        _days([page for page in captured if page.number not in old]),
        _days(set_aside(captured, old)),
        _believed(coverage) if expected else coverage,
        _earlier(db, listing, order, number) if live else None,
        expected,
        tuple(text for (text,) in remarks),
        last_look(db, number, listing, order) if live else None,
    )  # fmt: skip


def _believed(coverage: Coverage) -> Coverage:
    """Return the account of a listing that is to have results, as far as it can be believed: a search may be down."""
    if coverage.total == 0 and coverage.verdict in WHOLE:
        reason = "the listing shows no results, where some are to be expected"
        return replace(coverage, verdict=UNVERIFIABLE, reasons=(reason,))
    return coverage


def _earlier(db: sqlite3.Connection, listing: str, order: str | None, number: int) -> Whole | None:
    verdicts = ", ".join(f"'{verdict}'" for verdict in sorted(WHOLE))
    query = f"{_SISTERS.format('id, run, total')} AND verdict IN ({verdicts}) ORDER BY run DESC, id DESC LIMIT 1"
    found = db.execute(query, (listing, order, number)).fetchone()
    return Whole(*found) if found else None


def _had_records(db: sqlite3.Connection, listing: str, order: str | None, number: int, crawl: str | None) -> bool:
    """Return whether other walks of a listing showed some; of walks that were replayed, those of earlier crawls."""
    if crawl is not None:
        found = db.execute(_EARLIER_CRAWLS + _SHOWED_SOME, (crawl, listing, order))
    else:
        found = db.execute(_SISTERS.format("1") + _SHOWED_SOME, (listing, order, number))
    return found.fetchone() is not None


def _numbers(db: sqlite3.Connection, walk: int | None) -> tuple[PageNumbers, ...]:
    return tuple(db.execute("SELECT id, first, last, total FROM page WHERE walk = ? ORDER BY id", (walk,)))


def _captured(db: sqlite3.Connection, walk: int, *, with_records: bool) -> list[CapturedPage]:
    query = """
        SELECT page.id, first, last, captured_at, rows = last - first + 1 AND page.id NOT IN (SELECT page FROM reject
            WHERE page IS NOT NULL), medium
        FROM page JOIN capture ON capture.id = capture WHERE walk = ? ORDER BY page.id
    """
    records: dict[int, list[str]] = defaultdict(list)
    if with_records:
        for page, record in db.execute(_RECORDS, (walk,)):
            records[page].append(record)
    return [
        CapturedPage(number, first, last, at, bool(whole), tuple(records[number]), medium)
        for number, first, last, at, whole, medium in db.execute(query, (walk,))
    ]


def _days(pages: Sequence[CapturedPage]) -> Days:
    """Return the days on which pages were captured, and the ranges of each; None, last, for those of unknown time."""
    ranges: dict[str | None, list[Range]] = defaultdict(list)
    for page in pages:
        placed = [(page.first, page.last)] if page.first and page.last else []
        ranges[page.captured_at[:10] if page.captured_at else None] += placed
    return tuple((day, join_ranges(ranges[day])) for day in sorted(ranges, key=lambda day: day or "~"))


def _seen(db: sqlite3.Connection, page: PageNumbers, told_apart: bool) -> SeenPage:
    number, first, last, total = page
    rows = _rows(db, number)
    keys, titles = tuple(key for key, _ in rows), tuple(title for _, title in rows)
    return SeenPage(first, last, total, keys, told_apart, titles)


def _rows(db: sqlite3.Connection, page: int) -> list[tuple[str | None, str | None]]:
    """Return the record and the title of each row of a page; None for a reject."""
    rows = db.execute(
        "SELECT sight.row, known.record, said.title FROM sight JOIN said ON said.content = sight.content"
        " JOIN known ON known.page = sight.page AND known.row = sight.row WHERE sight.page = ?"
        " UNION ALL SELECT row, NULL, NULL FROM reject WHERE page = ? ORDER BY 1",
        (page, page),
    )
    return [(record, title) for _, record, title in rows]


def coverage_as_data(coverage: Coverage) -> dict[str, Any]:
    """Return a walk's account as plain data, ranges as lists."""
    data = asdict(coverage)
    data["duplicates"] = [{"id": key, "positions": list(at)} for key, at in coverage.duplicates.items()]
    return {name: [list(v) if isinstance(v, tuple) else v for v in value] if isinstance(value, tuple) else value
            for name, value in data.items()}  # fmt: skip
