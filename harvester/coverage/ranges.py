"""Ranges of positions in a listing: 1-based, inclusive."""

from collections.abc import Iterable, Sequence

Range = tuple[int, int]


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
