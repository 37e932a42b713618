"""Reads dates that stand in a row: one date, a range, a list, a list with ranges in it."""

import re
from dataclasses import dataclass

from harvester.dates.building import build
from harvester.dates.items import Item, read_item
from harvester.dates.lists import Member, list_of
from harvester.dates.reading import Unclear
from harvester.dates.result import Result, result_of
from harvester.dates.sharing import share
from harvester.dates.tokens import Tokens
from harvester.dates.units import Unit, qualify, span
from harvester.dates.years import short_range

SEPARATOR = re.compile(r"(?P<list>,?[&|]|,)|(?P<word>-?[TN]-?)|(?P<dash>[-/])")
NO_GRAMMAR = "the words and numbers do not make a date"
EITHER_WAY = "day and month could stand either way round"


@dataclass(frozen=True, slots=True)
class Series:
    """The dates in a row, and between them their separators.

    "-" is a range by a dash or slash, "T" one by a word; "&", "|" and "," join a list.
    """

    items: list[Item]
    joints: str


def read_series(tokens: Tokens) -> Series:
    """Return the dates that the tokens are; raises Unclear where they are anything else."""
    items: list[Item] = []
    joints = ""
    position = 0
    while True:
        found = read_item(tokens, position, after_month=any(item.month and not item.year for item in items))
        if not found:
            raise Unclear(NO_GRAMMAR, dated=False)
        items.append(found[0])
        position = found[1]
        if position == len(tokens.kinds):
            return Series(items, joints)
        joint = SEPARATOR.match(tokens.kinds, position)
        if not joint:
            raise Unclear(NO_GRAMMAR, dated=False)
        joints += joint["list"][-1] if joint["list"] else "T" if joint["word"] else "-"
        position = joint.end()
        if tokens.kinds[position:] in {"", "?"} and not joint["list"]:
            raise Unclear("the range has no end", dated=items[0].year is not None or items[0].other is not None)


def resolve(series: Series, mark: str, order: str | None) -> Result:
    """Return what the series means, with the qualifier that covers all of it; raises Unclear."""
    items = share(series.items)
    if all(item.year is None and item.other is None for item in items):
        raise Unclear("no year is printed", dated=False)
    order = order or _order_shown(items)
    groups = _group(items, series.joints)
    if len(items) == 1:
        return _single(items[0], mark, order)
    members = [_ends(group, mark, order, by_dash="T" not in series.joints) for group in groups]
    if len(members) == 1:
        return result_of(span(*members[0]) if len(members[0]) == 2 else members[0][0])
    kinds = set(series.joints) - {"-", "T"}
    if {"&", "|"} <= kinds:
        raise Unclear('a list with both "and" and "or"')
    return list_of(members, "|" if "|" in kinds else "&", None)


def resolve_one(series: Series, mark: str, order: str | None) -> Unit:
    """Return the one unit of a series of one date; raises Unclear if there are more, or if it could be two."""
    if series.joints:
        raise Unclear("an open range of more than one date", dated=False)
    found = build(series.items[0], order)
    if len(found) > 1:
        raise Unclear(EITHER_WAY)
    return qualify(found[0], mark)


def _single(item: Item, mark: str, order: str | None) -> Result:
    found = [qualify(unit, mark) for unit in build(item, order)]
    return result_of(found[0]) if len(found) == 1 else list_of([(unit,) for unit in found], "|", EITHER_WAY)


def _order_shown(items: list[Item]) -> str | None:
    """Return the order that one numeric date shows ("15/03/1961") for those beside it; None if none does."""
    numbers = [item.numbers for item in items if item.shape == "numeric" and item.numbers]
    shown = {"dmy" if first > 12 else "mdy" for first, second in numbers if max(first, second) > 12}
    return shown.pop() if len(shown) == 1 else None


def _group(items: list[Item], joints: str) -> list[list[Item]]:
    """Return the members of the list, each one item or the two of a range."""
    groups = [[items[0]]]
    for item, joint in zip(items[1:], joints, strict=True):
        if joint in "-T":
            groups[-1].append(item)
        else:
            groups.append([item])
    if any(len(group) > 2 for group in groups):
        raise Unclear(NO_GRAMMAR, dated=False)
    return groups


def _ends(group: list[Item], mark: str, order: str | None, *, by_dash: bool) -> Member:
    short = short_range(group, by_dash=by_dash)
    if short:
        return tuple(qualify(unit, mark) for unit in short)
    ends = [build(item, order) for item in group]
    if any(len(found) > 1 for found in ends):
        raise Unclear(EITHER_WAY)
    return tuple(qualify(found[0], mark) for found in ends)
