"""The door for print: reads a whole line by the grammar, or says why it cannot."""

import re
from calendar import isleap
from functools import lru_cache

from harvester.dates.english import ENGLISH
from harvester.dates.folding import fold, squash
from harvester.dates.phrases import read_phrase
from harvester.dates.reading import DateReading, Unclear, unknown
from harvester.dates.style import DateStyle
from harvester.dates.tidying import tidy
from harvester.dates.tokens import tokenise
from harvester.dates.vocabulary import compile_style

# The longest printed date seen is under 60 characters; what is longer than this is prose, and is not even looked at.
LONGEST = 200
MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# "October 30, 1956", "30 October 1956", "August, 1962", "December 1954", "1979": 99 % of the lines of the first site.
COMMON = re.compile(
    r"(?:(?:([0-9]{1,2}) )?([^\W\d_]{3,12})\.?(?: ([0-9]{1,2}))?,? )?([12][0-9]{3})",
)
LAST_LIKELY_YEAR = "2099~"


def read_printed(text: str | None, style: DateStyle = ENGLISH) -> DateReading:
    """Return the printed date as EDTF with its bounds; never raises, whatever the text.

    >>> read_printed("October 30-31, 1956").date
    '1956-10-30/1956-10-31'
    >>> read_printed("12 Mar 52").date_note
    'the year has two digits, its century is not printed'
    """
    kept = squash(text) if text else ""
    if not kept:
        return unknown(None, "no date is printed")
    if len(kept) > LONGEST:
        return unknown(kept, f"longer than {LONGEST} characters: not a date line")
    return _read_common(kept, style) or _read_line(kept, style)[0]


def looks_like_date(text: str, style: DateStyle = ENGLISH) -> bool:
    """Return whether the whole line is a date expression, be it one that gives no date ("undated", "12 Mar 52").

    >>> looks_like_date("undated"), looks_like_date("Meeting of 4 January 1954")
    (True, False)
    """
    kept = squash(text)
    if not kept or len(kept) > LONGEST:
        return False
    reading, dated = _read_line(kept, style)
    # A bare number above 2099 is rather a count than a year.
    return dated and not (reading.date_precision == "year" and (reading.date or "") > LAST_LIKELY_YEAR)


def _read_common(text: str, style: DateStyle) -> DateReading | None:
    """Return the reading of the commonest forms, at a tenth of the grammar's cost; None leaves it to the grammar."""
    match = COMMON.fullmatch(text)
    if not match:
        return None
    before, word, after, year = match.groups()
    if word is None:
        return DateReading(year, text, f"{year}-01-01", f"{year}-12-31", "year", None)
    number = compile_style(style).months.get(word.casefold())
    if number is None or (before and after):
        return None
    last = 29 if number == 2 and isleap(int(year)) else MONTH_DAYS[number]
    month = f"{year}-{number:02d}"
    printed_day = before or after
    if printed_day is None:
        return DateReading(month, text, f"{month}-01", f"{month}-{last}", "month", None)
    if not 1 <= int(printed_day) <= last:
        return None
    day = f"{month}-{int(printed_day):02d}"
    return DateReading(day, text, day, day, "day", None)


@lru_cache(maxsize=4096)
def _read_line(kept: str, style: DateStyle) -> tuple[DateReading, bool]:
    """Return the reading of a squashed line by the grammar, and whether it is a date expression."""
    vocabulary = compile_style(style)
    line = vocabulary.clock.sub("", fold(kept)).rstrip(" .")
    if line.strip("[]().? ") in vocabulary.undated:
        return unknown(kept, "printed as undated"), True
    try:
        found = read_phrase(tidy(tokenise(line, vocabulary)), style.numeric_order)
    except Unclear as unclear:
        return unknown(kept, unclear.note), unclear.dated
    return DateReading(found.date, kept, found.earliest, found.latest, found.precision, found.note), True
