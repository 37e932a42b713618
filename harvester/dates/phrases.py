"""Reads a whole printed expression: one date, a range, a list, or an open range; what does not fit raises Unclear."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from harvester.dates import edges, units
from harvester.dates.building import build
from harvester.dates.items import Item, read_item
from harvester.dates.lists import list_of
from harvester.dates.reading import Unclear, join_notes
from harvester.dates.result import Result, result_of
from harvester.dates.sharing import share
from harvester.dates.tidying import Tidied
from harvester.dates.tokens import Tokens
from harvester.dates.units import Unit, qualify, span
from harvester.dates.years import ISO_MONTHS, read_iso_months, short_range

SEPARATOR = re.compile(r"(?P<list>,?[&|]|,)|(?P<range>-?[TN]-?|[-/])")
TWO_DIGIT_YEAR = re.compile(r"[AP]*(?:w,?)?(?:e-?)?(?:[no]\.?f?m,?[nu]|m[no],?[nu]|m,?[un]|n([./-])n\1[nu]|u|v)[?!]?")
OPENERS: dict[str, Callable[[Unit], tuple[str, str | None, str | None]]] = {
    **{"b": edges.before, "a": edges.after, "B": edges.until, "N": edges.until},
    **{"S": edges.since, "F": edges.since},
}
CLOSERS = {"E": edges.until, "L": edges.since}
NO_GRAMMAR = "the words and numbers do not make a date"


@dataclass(frozen=True, slots=True)
class Phrase:
    """The items of an expression, and between them their separators: "-" for a range, "&", "|" or "," for a list."""

    items: list[Item]
    joints: str


def read_phrase(tidied: Tidied, order: str | None) -> Result:
    """Return what the expression means; raises Unclear, with `dated` telling whether it is a date at all."""
    tokens = tidied.tokens
    if not tokens.kinds:
        raise Unclear(NO_GRAMMAR, dated=False)
    if tokens.kinds == "D":
        raise Unclear("a decade in words, without its century")
    if TWO_DIGIT_YEAR.fullmatch(tokens.kinds) and _is_short_year(tokens):
        raise Unclear("the year has two digits, its century is not printed")
    if ISO_MONTHS.fullmatch(tokens.kinds) and (found := read_iso_months(tokens, tidied.mark)):
        return found
    if tokens.kinds[0] == "W":
        return _between(tokens.part(1), tidied.mark, order)
    if tokens.kinds[0] in OPENERS:
        return _opened(tokens, tidied.mark, order)
    if tokens.kinds[-1] in CLOSERS:
        unit = _one(_read_items(tokens.part(0, -1)), tidied.mark, order)
        return _open_result(CLOSERS[tokens.kinds[-1]], unit)
    return _plain(_read_items(tokens), tidied.mark, order)


def _is_short_year(tokens: Tokens) -> bool:
    if tokens.kinds.rstrip("?!").endswith(("u", "v")):
        return True
    numbers = [v for k, v in zip(tokens.kinds, tokens.values, strict=True) if k in "no"]
    return len(numbers) > 1 or numbers[0] > 31  # "March 12" may be a day


def _read_items(tokens: Tokens) -> Phrase:
    items: list[Item] = []
    joints = ""
    position = 0
    while True:
        found = read_item(tokens, position, after_month=any(i.month and not i.year for i in items))
        if not found:
            raise Unclear(NO_GRAMMAR, dated=False)
        items.append(found[0])
        position = found[1]
        if position == len(tokens.kinds):
            return Phrase(items, joints)
        joint = SEPARATOR.match(tokens.kinds, position)
        if not joint:
            raise Unclear(NO_GRAMMAR, dated=False)
        joints += "-" if joint["range"] else joint["list"][-1]
        position = joint.end()


def _between(tokens: Tokens, mark: str, order: str | None) -> Result:
    phrase = _read_items(tokens)
    if phrase.joints not in {"&", "-"}:
        raise Unclear(NO_GRAMMAR, dated=False)
    return _plain(replace(phrase, joints="-"), mark, order)


def _opened(tokens: Tokens, mark: str, order: str | None) -> Result:
    opener = tokens.kinds[0]
    rest = tokens.part(1, -1) if opener == "F" and tokens.kinds[-1] == "L" else tokens.part(1)
    phrase = _read_items(rest)
    if opener == "F" and phrase.joints == "-" and rest.kinds == tokens.kinds[1:]:
        return _plain(phrase, mark, order)
    return _open_result(OPENERS[opener], _one(phrase, mark, order))


def _open_result(edge: Callable[[Unit], tuple[str, str | None, str | None]], unit: Unit) -> Result:
    date, earliest, latest = edge(unit)
    return Result(date, earliest, latest, "interval", unit.note)


def _one(phrase: Phrase, mark: str, order: str | None) -> Unit:
    if phrase.joints:
        raise Unclear("an open range of more than one date", dated=False)
    found = build(phrase.items[0], order)
    if len(found) > 1:
        raise Unclear("day and month could stand either way round")
    return qualify(found[0], mark)


def _plain(phrase: Phrase, mark: str, order: str | None) -> Result:
    items = share(phrase.items)
    order = order or _order_shown(items)
    groups = _group(items, phrase.joints)
    if len(groups) == 1 and len(groups[0]) == 1:
        found = build(groups[0][0], order)
        if len(found) == 1:
            return result_of(qualify(found[0], mark))
        return list_of([(qualify(unit, mark),) for unit in found], "|", "day and month could stand either way round")
    pairs = [tuple(_ends(group, mark, order)) for group in groups]
    if len(pairs) == 1:
        start, end = pairs[0][0], pairs[0][-1]
        return result_of(span(start, end) if len(pairs[0]) == 2 else start)
    kinds = set(phrase.joints.replace("-", ""))
    if {"&", "|"} <= kinds:
        raise Unclear("a list with both and and or")
    return list_of(pairs, "|" if "|" in kinds else "&", None)


def _order_shown(items: list[Item]) -> str | None:
    """Return the order that one numeric date shows ("15/03/1961") for the others beside it; None if none does."""
    shown = {
        "dmy" if i.numbers[0] > 12 else "mdy"
        for i in items
        if i.shape == "numeric" and i.numbers and max(i.numbers) > 12
    }
    return shown.pop() if len(shown) == 1 else None


def _group(items: list[Item], joints: str) -> list[list[Item]]:
    groups = [[items[0]]]
    for item, joint in zip(items[1:], joints, strict=True):
        if joint == "-":
            groups[-1].append(item)
        else:
            groups.append([item])
    if any(len(group) > 2 for group in groups):
        raise Unclear(NO_GRAMMAR, dated=False)
    return groups


def _ends(group: list[Item], mark: str, order: str | None) -> list[Unit]:
    short = short_range(group)
    if short:
        return [qualify(unit, mark) for unit in short]
    ends = [build(item, order) for item in group]
    if any(len(units_) > 1 for units_ in ends):
        raise Unclear("day and month could stand either way round")
    return [qualify(end[0], mark) for end in ends]
