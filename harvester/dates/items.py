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
# Tried in this order: what takes more tokens stands before what takes fewer.
SHAPES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("numeric", rf"(?P<n1>n)(?P<sep>[./-])(?P<n2>n)(?P=sep){YEAR}"),
        ("iso", rf"{YEAR}(?P<sep>[./-])(?P<n1>n)(?P=sep)(?P<n2>n)(?P<dq>[?!]?)"),
        ("month-year", rf"(?P<n1>n)[./-]{YEAR}"),
        ("numeric", r"(?P<n1>n)(?P<sep>[./])(?P<n2>n)\.?(?=[-T])"),
        ("day-first", rf"{DAY}(?P<sep>[/-]){MONTH}(?P=sep){YEAR}"),
        ("day-first", rf"{DAY}f?{MONTH}(?:,?f?{YEAR})?"),
        ("month-first", rf"{MONTH}(?P<sep>[/-])(?P<d>n)(?P<dq>[?!]?)(?P=sep){YEAR}"),
        ("month-first", rf"{MONTH}{DAY}(?:,?{YEAR})?"),
        ("year-first", rf"{YEAR}(?P<sep>[/-]){MONTH}(?P=sep){DAY}"),
        ("year-first", rf"{YEAR},?{MONTH}(?:{DAY})?"),
        ("year-first", rf"{YEAR},?{DAY}f?{MONTH}"),
        ("month-first", rf"{MONTH}(?:,?f?|[/-]){YEAR}"),
        ("season", rf"{SEASON}(?:,?f?{YEAR}{SECOND_YEAR}?)?"),
        ("season", rf"{YEAR},?{SEASON}"),
        ("century", rf"(?P<c>[orn])\.?K{LAST_MARK}"),
        ("decade", rf"(?P<dec>d){LAST_MARK}"),
        ("hundred", rf"(?P<k>k){LAST_MARK}"),
        ("quarter", rf"q(?P<part>n),?f?{YEAR}"),
        ("quarter", rf"{YEAR},?q(?P<part>n)"),
        ("month-first", MONTH),
        ("day-of-month", rf"{DAY},?{YEAR}"),
        ("day", rf"{DAY}"),
        ("roman", r"(?P<c>r)"),
        ("year", YEAR),
    )
)
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
    for shape, pattern in SHAPES:
        if shape == "day-of-month" and not after_month:
            continue
        match = pattern.match(tokens.kinds, prefix.end())
        if match:
            return _make(shape, tokens, prefix, match), match.end()
    return None


def _make(shape: str, tokens: Tokens, prefix: re.Match[str], match: re.Match[str]) -> Item:
    found = match.groupdict()

    def value(name: str) -> int | None:
        return tokens.values[match.start(name)] if found.get(name) else None

    first, second = value("n1"), value("n2")
    marks = {name: found.get(name) or "" for name in ("yq", "mq", "dq", "q")}
    whole = _take_last_mark(marks, match)
    return Item(
        shape=shape,
        year=value("y"),
        month=value("m"),
        day=value("d"),
        day_width=tokens.widths[match.start("d")] if found.get("d") else 0,
        season=value("s"),
        next_year=value("y2"),
        other=next((v for name in ("c", "dec", "k", "part") if (v := value(name)) is not None), None),
        numbers=(first or 0, second or 0) if found.get("n1") else None,
        weekday=tokens.values[prefix.start("w")] if prefix["w"] else None,
        position=_position(tokens, prefix),
        fraction=(prefix["of"], tokens.values[prefix.start("nth")]) if prefix["of"] else None,
        mark=combine(whole, *(MARK_OF[sign] for sign in prefix["marks"] + prefix["late_marks"])),
        part_marks=(MARK_OF.get(marks["yq"], ""), MARK_OF.get(marks["mq"], ""), MARK_OF.get(marks["dq"], "")),
    )


def _take_last_mark(marks: dict[str, str], match: re.Match[str]) -> str:
    """Take out and return the mark of the whole: a "?" after the last part printed ("5 June 1958?")."""
    if marks["q"]:
        return MARK_OF[marks["q"]]
    for name in ("yq", "mq", "dq"):
        if marks[name] == "?" and match.end(name) == match.end():
            marks[name] = ""
            return "?"
    return ""


def _position(tokens: Tokens, prefix: re.Match[str]) -> tuple[int, int] | None:
    if not prefix["e"]:
        return None
    first = tokens.values[prefix.start("e")]
    return first, tokens.values[prefix.start("e2")] if prefix["e2"] else first
