"""Takes out of the tokens what a date carries round it: brackets, articles, eras, and the qualifiers of the whole."""

import re
from dataclasses import dataclass

from harvester.dates.reading import Unclear
from harvester.dates.tokens import LAST_YEAR, Tokens

WRAPPING = re.compile(r"[()\[\]GQ]")
ROUND_MARK = re.compile(r"[(\[]\?[)\]]")
ROUND_ONE = re.compile(r"[(\[][mnoydlk]\?,?[)\]]")
LEADING = re.compile(r"[AP?]+(?=[^AP?,])")
TRAILING = re.compile(r"(?:,?[(\[]?[AP][)\]]?|Q)+$")
MOST_BRACKETS = 10  # a line with more is no date, and each pair round the whole costs another look at it
MARK_OF = {"A": "~", "P": "?", "?": "?", "Q": "?", "!": "?", ",": "", "(": "", ")": "", "[": "", "]": ""}


@dataclass(frozen=True, slots=True)
class Tidied:
    """The tokens of the expression itself, and the qualifier ("", "?", "~" or "%") that covers all of it."""

    tokens: Tokens
    mark: str


def combine(*marks: str) -> str:
    """Return EDTF's one sign for several qualifiers.

    >>> combine("~", "", "?")
    '%'
    """
    signs = set("".join(marks))
    if not signs:
        return ""
    return "%" if "%" in signs or {"?", "~"} <= signs else "".join(signs)


def tidy(tokens: Tokens) -> Tidied:
    """Return the tokens without their wrapping; raises Unclear where brackets don't pair or the era is not ours."""
    if WRAPPING.search(tokens.kinds):  # one line in a hundred
        kinds = list(tokens.kinds)
        _check_brackets(kinds)
        _mark_parenthesised(kinds)
        tokens = tokens.keep(kinds)
    kept, mark = _unwrap(tokens)
    if WRAPPING.search(kept.kinds):
        kept = kept.keep(["" if kind in "()[]G" else "?" if kind == "Q" else kind for kind in kept.kinds])
    return Tidied(_drop_articles(_read_eras(kept)), mark)


def _mark_parenthesised(kinds: list[str]) -> None:
    """Make "(?)" one token, and "[1958?]" inside a longer date a qualifier of that part alone."""
    whole = "".join(kinds)
    for match in ROUND_MARK.finditer(whole):
        kinds[match.start()] = kinds[match.end() - 1] = ""
        kinds[match.start() + 1] = "Q"
    for match in ROUND_ONE.finditer(whole):
        kinds[match.start() + 2] = "!"


def _unwrap(tokens: Tokens) -> tuple[Tokens, str]:
    """Take away the brackets and the qualifiers that stand round the whole line, from the outside in."""
    mark = ""
    while True:
        rest, sign = _take_qualifiers(tokens)
        if _is_enclosed(rest.kinds):
            rest = rest.part(1, -1)
        elif rest.kinds.endswith("."):
            rest = rest.part(0, -1)
        elif rest.kinds.endswith("?") and _is_enclosed(rest.kinds[:-1]):  # "[1950-1953]?"
            rest, sign = rest.part(1, -2), combine(sign, "?")
        mark = combine(mark, sign)
        if len(rest.kinds) == len(tokens.kinds):
            return rest, mark
        tokens = rest


def _is_enclosed(kinds: str) -> bool:
    """Return whether the first bracket closes with the last token."""
    depth = 0
    for place, kind in enumerate(kinds):
        depth += (kind in "([") - (kind in ")]")
        if depth == 0:
            return place == len(kinds) - 1 and place > 1
    return False


def _take_qualifiers(tokens: Tokens) -> tuple[Tokens, str]:
    leading = LEADING.match(tokens.kinds)
    start = leading.end() if leading else 0
    trailing = TRAILING.search(tokens.kinds, start)
    end = trailing.start() if trailing and trailing.start() > start else len(tokens.kinds)
    signs = tokens.kinds[:start] + tokens.kinds[end:]
    return tokens.part(start, end), combine(*(MARK_OF[sign] for sign in signs))


def _check_brackets(kinds: list[str]) -> None:
    closing = {"(": ")", "[": "]"}
    awaited: list[str] = []
    if sum(kind in closing for kind in kinds) > MOST_BRACKETS:
        raise Unclear("too many brackets", dated=False)
    for kind in kinds:
        if kind in closing:
            awaited.append(closing[kind])
        elif kind in {")", "]"} and (not awaited or awaited.pop() != kind):
            raise Unclear("the brackets do not pair", dated=False)
    if awaited:
        raise Unclear("the brackets do not pair", dated=False)


def _drop_articles(tokens: Tokens) -> Tokens:
    if "g" not in tokens.kinds:
        return tokens
    # "the 5th", "the 1950s", "the second half", never "the 1956" or "the May", which are titles.
    kinds = re.sub(r"g(?=[odlkerDsuvZh])", "_", tokens.kinds)
    return tokens.keep(["" if kind == "_" else kind for kind in kinds])


def _read_eras(tokens: Tokens) -> Tokens:
    """Make "AD 800" a year; EDTF's years before 1 have no ISO days, so they stay unread."""
    if "V" in tokens.kinds:
        raise Unclear("a year before the common era", dated=bool(re.search("[nty]V", tokens.kinds)))
    if "R" not in tokens.kinds:
        return tokens
    kinds = list(tokens.kinds)
    for match in re.finditer(r"R(?P<after>[nty])|(?P<before>[nty])R", tokens.kinds):
        year = match.start("after") if match["after"] else match.start("before")
        if not 1 <= tokens.values[year] <= LAST_YEAR:
            raise Unclear("not a year of the common era", dated=False)
        kinds[year] = "y"
        kinds[match.start() if match["after"] else match.end() - 1] = ""
    return tokens.keep(kinds)
