"""Dates as biblatex reads them: EDTF of levels 0 and 1, in which sets and a few others cannot be said."""

import re

from harvester.exports.citing.dates import Said

# A day, month, season or other part of a year (21 to 41), a year; at the end of what is known X.
_PLAIN = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?|-(?:2[1-9]|3\d|4[01]))?")
_UNSPECIFIED = re.compile(r"\d{3}X|\d{2}XX|\d{4}-XX(?:-XX)?|\d{4}-\d{2}-XX")
_MARKS = re.compile(r"[?~%]")
_OPEN = ("", "..")


def date_of(said: Said) -> tuple[str | None, bool]:
    """Return a date for biblatex, None if it can say none, and whether it says all that the EDTF does.

    What stands at a part ("1956-?10") is said of the whole. Of a set the unit that holds all of it is told: its month
    or year, else the years from the first to the last.
    """
    if said.edtf is None:
        return None, True
    ends = said.edtf.split("/")
    spelt = [_spell(end, alone=len(ends) == 1) for end in ends]
    if len(ends) <= 2 and None not in spelt and any(end not in _OPEN for end in ends):
        told = "/".join(end for end in spelt if end is not None)
        return told, told == said.edtf
    return _around(said), False


def _spell(end: str, *, alone: bool) -> str | None:
    if end in _OPEN and not alone:
        return end
    plain = _MARKS.sub("", end)
    if _PLAIN.fullmatch(plain):
        marks = set(_MARKS.findall(end))
        return plain + ("%" if len(marks) > 1 else "".join(marks))
    return end if alone and _UNSPECIFIED.fullmatch(end) else None


def _around(said: Said) -> str | None:
    """Return the month, year or years that hold the date beyond doubt: from its bounds, which may be open."""
    if said.year:
        return f"{said.year}-{said.month}" if said.month else said.year
    ends = [bound and bound[:4] for bound in (said.earliest, said.latest)]
    if ends[0] == ends[1]:
        return ends[0] and ends[0] + said.mark
    return "/".join(f"{year}{said.mark}" if year else ".." for year in ends)
