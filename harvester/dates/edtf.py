"""The door for EDTF: reads the Extended Date/Time Format, levels 0 to 2 (Library of Congress, 2019), nothing looser.

Narrower than the standard in three places, each on purpose: an interval or a set needs at least one end, a set of one
member is refused (in print "[1956]" is a supplied year), and an interval must not run backwards.
"""

import re

from harvester.dates.edtf_date import Span, read_single
from harvester.dates.folding import squash
from harvester.dates.reading import DateReading, Unclear, join_notes, quote, unknown

# The longest set a printed line of 200 characters gives is under 800 characters.
LONGEST = 2000
SET = re.compile(r"\[[^][{}]+\]|\{[^][{}]+\}")
OPEN = Span(None, None, "", None)


def read_edtf(text: str) -> DateReading:
    """Return the reading of an EDTF expression; its `date` is the text itself. Never raises: a note says what is wrong.

    >>> read_edtf("1910-21").date_precision, read_edtf("2023-02-29").date_note
    ('season', 'not EDTF: "2023-02-29" (no such day)')
    """
    kept = squash(text) or None
    try:
        if len(text) > LONGEST:
            raise Unclear(f"longer than {LONGEST} characters")
        found = _read(text)
    except Unclear as unclear:
        return unknown(kept, f"not EDTF: {quote(text)} ({unclear.note})")
    precision = found.precision
    return DateReading(text, kept, found.iso_earliest, found.iso_latest, precision, found.note)


def _read(text: str) -> Span:
    if SET.fullmatch(text):
        return _read_set(text[1:-1].split(","))
    if "/" in text:
        return _read_interval(text)
    return read_single(text)


def _read_interval(text: str) -> Span:
    """Return an interval; ".." is an open end and an empty end is unknown, neither has a bound."""
    start_text, _, end_text = text.partition("/")
    start, end = _read_end(start_text), _read_end(end_text)
    if start is OPEN and end is OPEN:
        raise Unclear("no end is given")
    if start.earliest and end.latest and start.earliest > end.latest:
        raise Unclear("the interval runs backwards")
    return Span(start.earliest, end.latest, "interval", join_notes(start.note, end.note))


def _read_end(text: str) -> Span:
    return OPEN if text in {"", ".."} else read_single(text, with_time=False)


def _read_set(texts: list[str]) -> Span:
    """Return a set, whose members are dates, ranges a..b, and one open range at either end (..a, b..)."""
    last = len(texts) - 1
    members = [_read_member(text, first=place == 0, last=place == last) for place, text in enumerate(texts)]
    if len(members) == 1 and ".." not in texts[0]:
        raise Unclear("a set of one")
    starts, ends = [member.earliest for member in members], [member.latest for member in members]
    earliest = None if None in starts else min(start for start in starts if start)
    latest = None if None in ends else max(end for end in ends if end)
    days = earliest and latest and {member.precision for member in members} == {"day"}
    return Span(
        earliest,
        latest,
        precision="day-set" if days else "interval",
        note=join_notes(*(member.note for member in members)),
    )


def _read_member(text: str, *, first: bool, last: bool) -> Span:
    if ".." not in text:
        return read_single(text, with_time=False)
    start_text, _, end_text = text.partition("..")
    if (not start_text and not first) or (not end_text and not last) or text == "..":
        raise Unclear("an open range inside a set")
    start, end = _read_end(start_text), _read_end(end_text)
    if start.earliest and end.latest and start.earliest > end.latest:
        raise Unclear("a range in the set runs backwards")
    precisions = {side.precision for side in (start, end) if side is not OPEN}
    both = precisions.pop() if len(precisions) == 1 else "interval"
    return Span(start.earliest, end.latest, both, join_notes(start.note, end.note))
