"""Reads a whole printed expression: dates in a row, or an open range; what does not fit raises Unclear."""

import re
from collections.abc import Callable
from dataclasses import replace

from harvester.dates.edges import Edge, after, before, since, until
from harvester.dates.reading import Unclear
from harvester.dates.result import Result
from harvester.dates.series import NO_GRAMMAR, read_series, resolve, resolve_one
from harvester.dates.tidying import Tidied
from harvester.dates.tokens import FIRST_YEAR, LAST_YEAR, Tokens
from harvester.dates.units import Unit
from harvester.dates.years import ISO_MONTHS, read_iso_months

TWO_DIGIT_YEAR = re.compile(
    r"(?:w,?)?(?:e-?)?(?:[no]\.?f?m,?[nu]|[no]([/-])m\1n|m[no],?[nu]|m,?[un]|n([./-])n\2n|u|v)[?!]?"
)
OPENERS: dict[str, Callable[[Unit], Edge]] = {"b": before, "a": after, "B": until, "N": until, "S": since, "F": since}
CLOSERS: dict[str, Callable[[Unit], Edge]] = {"E": until, "L": since, "Z": since}
CLOSING = re.compile(r"[EL]$|(?:-?T-?|-)Z$")


def read_phrase(tidied: Tidied, order: str | None) -> Result:
    """Return what the expression means; raises Unclear, with `dated` telling whether it is a date at all."""
    tokens, mark = tidied.tokens, tidied.mark
    _refuse_hopeless(tokens)
    if ISO_MONTHS.fullmatch(tokens.kinds) and (found := read_iso_months(tokens, mark)):
        return found
    if tokens.kinds[0] == "W":
        series = read_series(tokens.part(1))
        if series.joints not in {"&", "-", "T"}:
            raise Unclear(NO_GRAMMAR, dated=False)
        return resolve(replace(series, joints="T"), mark, order)
    closing = CLOSING.search(tokens.kinds)
    if closing and closing.start():
        start = 1 if tokens.kinds[0] == "F" and closing.group()[-1] in "LZ" else 0  # "from 1950 onwards"
        unit = resolve_one(read_series(tokens.part(start, closing.start())), mark, order)
        return _open_range(CLOSERS[closing.group()[-1]], unit)
    if tokens.kinds[0] in OPENERS:
        return _opened(tokens, mark, order)
    return resolve(read_series(tokens), mark, order)


def _opened(tokens: Tokens, mark: str, order: str | None) -> Result:
    start = 2 if tokens.kinds[:2] in {"b-", "a-"} else 1  # "pre-1950", "post-1950"
    series = read_series(tokens.part(start))
    if tokens.kinds[0] == "F" and series.joints in {"-", "T"}:  # "from 1950 to 1953"
        return resolve(series, mark, order)
    return _open_range(OPENERS[tokens.kinds[0]], resolve_one(series, mark, order))


def _open_range(edge: Callable[[Unit], Edge], unit: Unit) -> Result:
    date, earliest, latest = edge(unit)
    return Result(date, earliest, latest, "interval", unit.note)


def _refuse_hopeless(tokens: Tokens) -> None:
    if not tokens.kinds:
        raise Unclear(NO_GRAMMAR, dated=False)
    if "x" in tokens.kinds:
        raise Unclear(f"a year is read from {FIRST_YEAR} to {LAST_YEAR}", dated=False)
    if re.fullmatch(r"g?(?:e-?)?g?D", tokens.kinds):
        raise Unclear("a decade in words, its century is not printed")
    if TWO_DIGIT_YEAR.fullmatch(tokens.kinds) and _is_short_year(tokens):
        raise Unclear("the year has two digits, its century is not printed")


def _is_short_year(tokens: Tokens) -> bool:
    """Return whether a date ends in two digits that are its year, not its day ("March 12") or a section ("1.2.3")."""
    kinds = tokens.kinds.rstrip("?!")
    if kinds[-1] in "uv":
        return True
    numbers = [value for kind, value in zip(tokens.kinds, tokens.values, strict=True) if kind in "no"]
    if tokens.widths[len(kinds) - 1] != 2:
        return False
    if len(numbers) == 3:
        pairs = numbers[:2], numbers[1:]  # "5/6/58", or "58-06-05"
        return any(1 <= min(pair) <= 12 and max(pair) <= 31 for pair in pairs)
    return len(numbers) == 2 or numbers[0] > 31
