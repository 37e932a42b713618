"""The account of one walk: what was seen and what is missing, counted; the verdict is worked out beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from harvester.coverage.pages import SeenPage, places_of, records_in, totals_of
from harvester.coverage.ranges import Range, gaps, join_ranges
from harvester.coverage.verdict import DRIFTED, UNVERIFIABLE, judge


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a walk through one listing amounts to. Ranges are 1-based and inclusive.

    `rows` were read, as `records` distinct ones; `duplicates` maps a key to the positions where it stood more than
    once; `short` are ranges whose page had another number of rows than announced; `conflicts` are ranges that two
    different pages claim; `reasons` are sentences, one for each thing that stands against "complete"; `unsure` are the
    keys of records that only one of the last two passes saw, where a listing kept changing.
    """

    total: int | None
    seen: tuple[Range, ...]
    missing: tuple[Range, ...]
    rows: int
    records: int
    rejects: int
    duplicates: dict[str, tuple[int, ...]] = field(default_factory=dict)
    short: tuple[Range, ...] = ()
    conflicts: tuple[Range, ...] = ()
    totals: tuple[int, ...] = ()
    verdict: str = UNVERIFIABLE
    reasons: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def account(pages: Sequence[SeenPage], *, proving: bool, live: bool, before: Sequence[SeenPage] = ()) -> Coverage:
    """Return the coverage of one walk; `pages` in the order in which they were read.

    `proving` says that the listing's order is one that proves completeness when walked forward; whether it was, is
    checked here. `live` says that the pages were fetched in that order; of captures it is not known. `before` are the
    pages of the pass before, where a listing that changed was walked again; the total is the last one announced.
    """
    counted = [page for page in pages if page.total is not None]
    totals = totals_of(pages)
    places = places_of(pages)
    unplaced = [row for page in pages if not page.placed for row in page.rows]
    read = [row for row in unplaced if row is not None]
    seen = join_ranges((p.first, p.last) for p in counted if p.first and p.last)
    total = counted[-1].total if counted else None
    coverage = Coverage(
        total=total,
        seen=seen,
        missing=gaps(seen, total or 0),
        rows=sum(bool(keys) for keys in places.values()) + len(read),
        records=len(set().union(*places.values(), read)),
        rejects=sum(not keys for keys in places.values()) + len(unplaced) - len(read),
        duplicates=_duplicates(places),
        short=tuple((p.first, p.last) for p in counted if not p.agrees and p.first is not None and p.last is not None),
        conflicts=_conflicts(counted),
        totals=totals,
    )
    verdict, reasons = judge(coverage, pages, before, proving=proving, live=live)
    unsure = tuple(sorted(records_in(before) ^ records_in(pages))) if before and verdict == DRIFTED else ()
    if unsure:
        reasons.append(f"{len(unsure)} records were seen in one of the last two passes only")
    return replace(coverage, verdict=verdict, reasons=tuple(reasons), unsure=unsure)


def _duplicates(places: dict[int, set[str]]) -> dict[str, tuple[int, ...]]:
    where: dict[str, set[int]] = defaultdict(set)
    for place, keys in places.items():
        for key in keys:
            where[key].add(place)
    return {key: tuple(sorted(where[key])) for key in sorted(where) if len(where[key]) > 1}


def _conflicts(counted: Sequence[SeenPage]) -> tuple[Range, ...]:
    """Return the ranges at which two different pages stand; a row that one could not read is no conflict.

    Pages of two sizes are compared place by place.
    """
    shown: dict[Range, set[tuple[str | None, ...]]] = defaultdict(set)
    for page in counted:
        if page.first and page.last is not None:
            shown[page.first, page.last].add(page.titles or page.rows)
    whole = {place for place, versions in shown.items() if _disagree(versions)}
    titles: dict[int, set[str | None]] = defaultdict(set)
    for (first, last), versions in shown.items():
        for rows in versions:
            if (first, last) not in whole and len(rows) == last - first + 1:
                for i, title in enumerate(rows):
                    titles[first + i].add(title)
    apart = join_ranges((place, place) for place, seen in titles.items() if len(seen - {None}) > 1)
    return tuple(sorted({*whole, *apart}))


def _disagree(versions: set[tuple[str | None, ...]]) -> bool:
    if len({len(rows) for rows in versions}) > 1:
        return True
    return any(len(set(column) - {None}) > 1 for column in zip(*versions, strict=True))
