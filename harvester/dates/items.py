"""Reads one date, whole or in part ("30" of "30-31 October 1956"), out of the tokens."""

import re
from dataclasses import dataclass

from harvester.dates.tidying import MARK_OF, combine
from harvester.dates.tokens import Tokens

DAY, MONTH, YEAR, SEASON = (
    r"(?P<d>[no])(?P<dq>[?!]?)\.?",
    r"(?P<m>m)(?P<mq>[?!]?)",
    r"(?P<y>y)(?P<yq>[?!]?)",
    r"(?P<s>s)",
)
SECOND_YEAR = r"(?:[-/](?P<y2>[yn])(?![mno./f]))"
LAST_MARK = r"(?P<q>[?!]?)"
# Tried in this order: what takes more tokens stands before what takes fewer. The letters are those each starts with.
SHAPES = tuple(
    (name, first, re.compile(pattern))
    for name, first, pattern in (
        ("numeric", "n", rf"(?P<n1>n)(?P<sep>[./-])(?P<n2>n)(?P=sep){YEAR}"),
        ("iso", "y", rf"{YEAR}(?P<sep>[./-])(?P<n1>n)(?P=sep)(?P<n2>n)(?P<dq>[?!]?)"),
        ("month-year", "n", rf"(?P<n1>n)[./-]{YEAR}"),
        ("numeric", "n", r"(?P<n1>n)(?P<sep>[./])(?P<n2>n)\.?(?=[-T])"),
        ("day-first", "no", rf"{DAY}(?P<sep>[/-]){MONTH}(?P=sep){YEAR}"),
        ("day-first", "no", rf"{DAY}f?{MONTH}(?:,?f?{YEAR})?"),
        ("month-first", "m", rf"{MONTH}(?P<sep>[/-])(?P<d>n)(?P<dq>[?!]?)(?P=sep){YEAR}"),
        ("month-first", "m", rf"{MONTH}{DAY}(?:,?{YEAR})?"),
        ("year-first", "y", rf"{YEAR}(?P<sep>[/-]){MONTH}(?P=sep){DAY}"),
        ("year-first", "y", rf"{YEAR},?{MONTH}(?:{DAY})?"),
        ("year-first", "y", rf"{YEAR},?{DAY}f?{MONTH}"),
        ("month-first", "m", rf"{MONTH}(?:,?f?|[/-]){YEAR}"),
        ("season", "s", rf"{SEASON}(?:,?f?{YEAR}{SECOND_YEAR}?)?"),
        ("season", "y", rf"{YEAR},?{SEASON}"),
        ("century", "orn", rf"(?P<number>[orn])\.?K{LAST_MARK}"),
        ("decade", "d", rf"(?P<number>d){LAST_MARK}"),
        ("ten", "l", rf"(?P<number>l){LAST_MARK}"),
        ("hundred", "k", rf"(?P<number>k){LAST_MARK}"),
        ("quarter", "q", rf"q(?P<number>n),?f?{YEAR}"),
        ("quarter", "y", rf"{YEAR},?q(?P<number>n)"),
        ("month-first", "m", MONTH),
        ("day-of-month", "no", rf"{DAY},?{YEAR}"),
        ("day", "no", rf"{DAY}"),
        ("roman", "r", r"(?P<number>r)"),
        ("year", "y", YEAR),
    )
)
BY_FIRST = {letter: [(name, p) for name, first, p in SHAPES if letter in first] for letter in "nomysdlkqr"}
PREFIX = re.compile(
    r"(?P<marks>[AP]*)(?:(?P<w>w),?)?"
    r"(?:(?P<e>e)(?:(?:-?T-?|[-/&])(?P<e2>e))?[-f]?|(?P<nth>[on])\.?(?P<of>[hq])f?)?(?P<late_marks>[AP]*)"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One printed date: what of it was printed, None for what was not.

    `shape` names the form. `position` is the pair of thirds meant ("mid to late": 1, 2), `fraction` a half or quarter
    as (h or q, which). `mark` qualifies the date, the other marks one part of it. `numbers` are those of a numeric
    day and month, in the order of print.
    """

    shape: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    day_width: int = 0  # its digits in print: "1950-3" and "1950-03" differ
    season: int | None = None
    next_year: int | None = None
    other: int | None = None  # the number of a century, decade, hundred or quarter
    numbers: tuple[int, int] | None = None
    weekday: int | None = None
    position: tuple[int, int] | None = None
    fraction: tuple[str, int] | None = None
    mark: str = ""
    part_marks: tuple[str, str, str] = ("", "", "")  # of year, month, day


def read_item(tokens: Tokens, start: int, *, after_month: bool) -> tuple[Item, int] | None:
    """Return the longest item at the start, and where it ends; None if there is none.

    `after_month` allows "31, 1956", the end of "October 30-31, 1956", which elsewhere would be a day and a year of
    two different dates ("1950-53, 1956").
    """
    prefix = PREFIX.match(tokens.kinds, start)
    if prefix is None:  # it matches the empty string
        return None
    for shape, pattern in BY_FIRST.get(tokens.kinds[prefix.end() : prefix.end() + 1], ()):
        if shape == "day-of-month" and not after_month:
            continue
        match = pattern.match(tokens.kinds, prefix.end())
        if match:
            return _make(shape, tokens, prefix, match), match.end()
    return None


def _make(shape: str, tokens: Tokens, prefix: re.Match[str], match: re.Match[str]) -> Item:
    found = {name: text for name, text in match.groupdict().items() if text}
    values = {name: tokens.values[match.start(name)] for name in found}
    whole = _take_last_mark(found, match)
    return Item(
        shape=shape,
        year=values.get("y"),
        month=values.get("m"),
        day=values.get("d"),
        day_width=tokens.widths[match.start("d")] if "d" in found else 0,
        season=values.get("s"),
        next_year=values.get("y2"),
        other=values.get("number"),
        numbers=(values["n1"], values.get("n2", 0)) if "n1" in found else None,
        weekday=tokens.values[prefix.start("w")] if prefix["w"] else None,
        position=_position(tokens, prefix),
        fraction=(prefix["of"], tokens.values[prefix.start("nth")]) if prefix["of"] else None,
        mark=combine(whole, *(MARK_OF[sign] for sign in prefix["marks"] + prefix["late_marks"])),
        part_marks=(_sign(found, "yq"), _sign(found, "mq"), _sign(found, "dq")),
    )


def _sign(found: dict[str, str], name: str) -> str:
    return MARK_OF[found[name]] if name in found else ""


def _take_last_mark(found: dict[str, str], match: re.Match[str]) -> str:
    """Take out and return the mark of the whole: a "?" after the last part printed ("5 June 1958?")."""
    if "q" in found:
        return MARK_OF[found["q"]]
    for name in ("yq", "mq", "dq"):
        if found.get(name) == "?" and match.end(name) == match.end():
            return found.pop(name)
    return ""


def _position(tokens: Tokens, prefix: re.Match[str]) -> tuple[int, int] | None:
    if not prefix["e"]:
        return None
    first = tokens.values[prefix.start("e")]
    return first, tokens.values[prefix.start("e2")] if prefix["e2"] else first
