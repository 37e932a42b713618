"""What a long proof measured: a promise, the figure, whether it holds, and how to see each failing case again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

_MOST_REPLAYS = 20

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Figure:
    """One promise and what was measured of it; `replay` has the shell commands that repeat each failing case."""

    promise: str
    measured: str
    holds: bool
    replay: tuple[str, ...] = ()


def judge(
    promise: str, cases: Sequence[Case], holds: Callable[[Case], bool], replay: Callable[[Case], str], told: str = ""
) -> Figure:
    """Return the figure "so many of so many" of a promise that must hold in every case, and of one case at least."""
    failing = [case for case in cases if not holds(case)]
    measured = f"{len(cases) - len(failing)} of {len(cases)}" + (f"; {told}" if told else "")
    return Figure(promise, measured, bool(cases) and not failing, tuple(dict.fromkeys(map(replay, failing))))


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the lines of a plain table, and below it the commands that repeat what failed."""
    rows = [("", "promise", "measured"), *((_mark(f), f.promise, f.measured) for f in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    for mark, promise, measured in rows:
        yield f"{mark:<{widths[0]}}  {promise:<{widths[1]}}  {measured}".rstrip()
    for figure in figures:
        if figure.replay:
            yield f"\n{figure.promise}, again:"
            yield from (f"  {command}" for command in figure.replay[:_MOST_REPLAYS])
            if (more := len(figure.replay) - _MOST_REPLAYS) > 0:
                yield f"  ... and {more} more"


def _mark(figure: Figure) -> str:
    return "holds" if figure.holds else "FAILS"
