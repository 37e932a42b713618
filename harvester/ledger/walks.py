"""The account of the last walk through each listing, and what its earlier walks came to."""

import sqlite3
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from harvester.coverage import WHOLE, Coverage, SeenPage, account

# Of a listing crawled more than once the last walk counts; captures of one listing with one total are one walk. A walk
# of which no page came is told of by the run that tried it, and by no later one.
_TOLD = """
SELECT id, kind, listing, label, sort, scope, proving, pass, before, run FROM walk
WHERE (kind = 'captured' AND id IN (SELECT walk FROM page)) OR (kind = 'live' AND id = (
    SELECT max(id) FROM walk AS other WHERE other.kind = 'live' AND other.listing = walk.listing
    AND other.sort IS walk.sort AND (other.run = (SELECT max(id) FROM run) OR other.id IN (SELECT id FROM last_walk))))
ORDER BY id
"""
_SISTERS = "SELECT {} FROM walk WHERE kind = 'live' AND listing IS ? AND sort IS ? AND id != ?"


PageNumbers = tuple[int, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Whole:
    """An earlier walk of a listing that was whole: its number, its run, its total."""

    walk: int
    run: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk's account, and what is told of it in coverage.json.

    `passes` counts the passes of its run through the listing, `before` is the number of the one before. `pages` and
    `pages_before` are their pages as (number, first, last, total), `times` when the first and the last page of the walk
    were captured. `earlier` is the last walk before it that was whole; `expected` says whether results are to be
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
    pages: tuple[PageNumbers, ...]
    pages_before: tuple[PageNumbers, ...]
    times: tuple[str | None, str | None]
    coverage: Coverage
    earlier: Whole | None
    expected: bool
    remarks: tuple[str, ...]


def last_walks(db: sqlite3.Connection, ambiguous: Collection[int], whole: str | None) -> list[Walked]:
    """Return the last walk of every listing, by number; `whole` is the listing of everything.

    Needs a ledger that is settled (see Settlement).
    """
    return [_walked(db, row, ambiguous, whole) for row in db.execute(_TOLD).fetchall()]


def _walked(db: sqlite3.Connection, row: tuple[Any, ...], ambiguous: Collection[int], whole: str | None) -> Walked:
    number, kind, listing, label, order, scope, proving, passes, before, run = row
    live = kind == "live"
    pages, pages_before = _numbers(db, number), _numbers(db, before)
    told_apart = number not in ambiguous
    coverage = account(
        [_seen(db, page, told_apart) for page in pages],
        proving=bool(proving),
        live=live,
        before=[_seen(db, page, before not in ambiguous) for page in pages_before],
    )
    times = db.execute(
        "SELECT min(captured_at), max(captured_at) FROM page JOIN capture ON capture.id = capture WHERE walk = ?",
        (number,),
    ).fetchone()
    remarks = db.execute("SELECT text FROM remark WHERE walk = ? ORDER BY text", (number,))
    return Walked(
        number, kind, listing, label, order, scope, bool(proving), passes, before, told_apart, run,
        pages, pages_before, times, coverage,
        _earlier(db, listing, order, number) if live else None,
        live and (listing == whole or _had_records(db, listing, order, number)),
        tuple(text for (text,) in remarks),
    )  # fmt: skip


def _earlier(db: sqlite3.Connection, listing: str, order: str | None, number: int) -> Whole | None:
    verdicts = ", ".join(f"'{verdict}'" for verdict in sorted(WHOLE))
    query = f"{_SISTERS.format('id, run, total')} AND verdict IN ({verdicts}) ORDER BY run DESC, id DESC LIMIT 1"
    found = db.execute(query, (listing, order, number)).fetchone()
    return Whole(*found) if found else None


def _had_records(db: sqlite3.Connection, listing: str, order: str | None, number: int) -> bool:
    query = _SISTERS.format("1") + " AND (total > 0 OR id IN (SELECT walk FROM page WHERE total > 0))"
    return db.execute(query, (listing, order, number)).fetchone() is not None


def _numbers(db: sqlite3.Connection, walk: int | None) -> tuple[PageNumbers, ...]:
    return tuple(db.execute("SELECT id, first, last, total FROM page WHERE walk = ? ORDER BY id", (walk,)))


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
