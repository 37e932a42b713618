"""The account of a listing's ranges: what was seen, what is missing, and what may therefore be claimed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

COMPLETE = "complete"
AS_CAPTURED = "complete as captured, order unproven"
INCOMPLETE = "incomplete"
DRIFTED = "drifted"
UNVERIFIABLE = "unverifiable"
NOT_WALKED = "not walked"

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One page as the account needs it: its counter's numbers (None without a counter) and its rows in order.

    A row is the key of its record, or None for a reject. `told_apart` is False where equal entries without links stand
    at different places of the walk: one record seen twice or two records, which nothing can tell.
    """

    first: int | None
    last: int | None
    total: int | None
    rows: tuple[str | None, ...]
    told_apart: bool = True
    titles: tuple[str | None, ...] = ()  # what conflicts are judged by; two captures may know one record by two keys

    @property
    def placed(self) -> bool:
        """Return whether the position of each row is known."""
        return self.first is not None and self.agrees

    @property
    def agrees(self) -> bool:
        """Return whether the rows number what the counter announces."""
        if self.first is None or self.last is None:
            return True
        return len(self.rows) == (self.last - self.first + 1 if self.total else 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a walk through one listing amounts to. Ranges are 1-based and inclusive.

    `rows` were read, as `records` distinct ones; `duplicates` maps a key to the positions where it stood more than
    once; `short` are ranges whose page had another number of rows than announced; `conflicts` are ranges that two
    different pages claim; `reasons` are sentences, one for each thing that stands against "complete".
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


def join_ranges(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges sorted, those that touch or overlap as one.

    >>> join_ranges([(11, 20), (1, 10), (31, 40)])
    ((1, 20), (31, 40))
    """
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def gaps(ranges: Sequence[Range], total: int) -> tuple[Range, ...]:
    """Return what joined ranges lack of 1..total.

    >>> gaps([(71, 80)], 103)
    ((1, 70), (81, 103))
    """
    missing: list[Range] = []
    nextup = 1
    for first, last in ranges:
        if nextup < first and nextup <= total:
            missing.append((nextup, min(first - 1, total)))
        nextup = max(nextup, last + 1)
    return tuple([*missing, (nextup, total)] if nextup <= total else missing)


def say_ranges(ranges: Sequence[Range]) -> str:
    """Return ranges for people.

    >>> say_ranges([(1, 70), (81, 103), (110, 110)])
    '1-70, 81-103 and 110'
    """
    words = [f"{first}-{last}" if last > first else str(first) for first, last in ranges]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


def account(pages: Sequence[SeenPage], *, proving: bool, live: bool) -> Coverage:
    """Return the coverage of one walk; `pages` in the order in which they were read.

    `proving` says that the listing's order is one that proves completeness when walked forward; whether it was, is
    checked here. `live` says that the pages were fetched in that order; of captures it is not known.
    """
    counted = [page for page in pages if page.total is not None]
    totals = tuple(dict.fromkeys(page.total for page in counted if page.total is not None))
    places = _places(pages)
    unplaced = [row for page in pages if not page.placed for row in page.rows]
    read = [row for row in unplaced if row is not None]
    seen = join_ranges((p.first, p.last) for p in counted if p.first and p.last)
    total = max(totals, default=None)
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
    verdict, reasons = _judge(coverage, pages, proving=proving, live=live)
    return replace(coverage, verdict=verdict, reasons=tuple(reasons))


def _places(pages: Sequence[SeenPage]) -> dict[int, set[str]]:
    """Return what stands at each position; an empty set where only rejects do."""
    places: dict[int, set[str]] = {}
    for page in pages:
        if page.placed and page.first is not None:
            for i, key in enumerate(page.rows):
                places.setdefault(page.first + i, set()).update([key] if key is not None else [])
    return places


def _duplicates(places: dict[int, set[str]]) -> dict[str, tuple[int, ...]]:
    where: dict[str, set[int]] = defaultdict(set)
    for place, keys in places.items():
        for key in keys:
            where[key].add(place)
    return {key: tuple(sorted(where[key])) for key in sorted(where) if len(where[key]) > 1}


def _conflicts(counted: Sequence[SeenPage]) -> tuple[Range, ...]:
    """Return the ranges at which two pages show different rows; a row that one could not read is no conflict."""
    shown: dict[Range, set[tuple[str | None, ...]]] = defaultdict(set)
    for page in counted:
        if page.first and page.last is not None:
            shown[page.first, page.last].add(page.titles or page.rows)
    return tuple(sorted(place for place, versions in shown.items() if _disagree(versions)))


def _disagree(versions: set[tuple[str | None, ...]]) -> bool:
    if len({len(rows) for rows in versions}) > 1:
        return True
    return any(len(set(column) - {None}) > 1 for column in zip(*versions, strict=True))


def _judge(c: Coverage, pages: Sequence[SeenPage], *, proving: bool, live: bool) -> tuple[str, list[str]]:
    if c.total is None:
        return (UNVERIFIABLE, ["the pages announce no total"]) if pages else (NOT_WALKED, ["no page was read"])
    reasons = _shortfalls(c)
    if reasons:
        return INCOMPLETE, reasons
    reasons = _drift(c)
    if reasons:
        return DRIFTED if live or len(c.totals) > 1 else INCOMPLETE, reasons
    if not all(page.told_apart for page in pages):
        return UNVERIFIABLE, ["equal entries without links stand at different places and cannot be told apart"]
    if not live:
        return AS_CAPTURED, []
    if not proving:
        return AS_CAPTURED, ["the order in which the listing was walked proves nothing"]
    return (COMPLETE, []) if _in_step(pages) else (AS_CAPTURED, ["the pages were not read strictly in order"])


def _shortfalls(c: Coverage) -> list[str]:
    reasons = []
    if c.missing:
        reasons.append(f"missing {say_ranges(c.missing)}")
    if c.rejects:
        reasons.append(f"{c.rejects} rows could not be read")
    if c.short:
        reasons.append(f"another number of rows than announced at {say_ranges(c.short)}")
    if c.conflicts:
        reasons.append(f"two different pages at {say_ranges(c.conflicts)}")
    return reasons


def _drift(c: Coverage) -> list[str]:
    reasons = []
    if len(c.totals) > 1:
        reasons.append(f"the total changed during the walk: {', '.join(map(str, c.totals))}")
    if c.records != c.total and not reasons:
        reasons.append(f"{c.records} distinct records at {c.total} places")
    return reasons


def _in_step(pages: Sequence[SeenPage]) -> bool:
    """Return whether each page begins where the one before ended, from 1 to the total."""
    expected = 1
    for page in pages:
        if not page.total:
            continue
        if page.first != expected or page.last is None:
            return False
        expected = page.last + 1
    return True
