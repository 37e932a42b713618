"""What a site or a language brings to a printed date: its words, and the order of its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Words = tuple[str, ...]
Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DateStyle:
    """The vocabulary of one language or site; adapt one with `dataclasses.replace`.

    Words may hold spaces, inner dots and hyphens ("n.d", "no later than"); case, and a dot at the end, never matter.
    Months count from 1, weekdays from 0 (Monday), seasons are EDTF's 21 (spring) to 24 (winter), ordinals are numbers
    with -1 for "last". `numeric_order` says how 12/03/1961 is meant; None means that the site does not declare it.

    >>> from dataclasses import replace
    >>> from harvester.dates import ENGLISH, read_printed
    >>> read_printed("12/03/1961", replace(ENGLISH, numeric_order="dmy")).date
    '1961-03-12'
    """

    name: str
    months: Numbers
    weekdays: Numbers = field(default_factory=dict)
    seasons: Numbers = field(default_factory=dict)
    ordinals: Numbers = field(default_factory=dict)
    ordinal_suffixes: Words = ()
    articles: Words = ()
    of: Words = ()
    year_words: Words = ()  # printed beside a year and meaning nothing more: Russian "г.", "гг."
    circa: Words = ()
    perhaps: Words = ()
    undated: Words = ()
    early: Words = ()
    middle: Words = ()
    late: Words = ()
    half: Words = ()
    quarter: Words = ()
    decade_suffixes: Words = ()
    decade_names: Words = ()
    century: Words = ()
    between: Words = ()
    both: Words = ()  # "and"
    either: Words = ()  # "or"
    to: Words = ()
    until: Words = ()  # joins like `to`, and stands before a date like `by`
    since_or_from: Words = ()  # "from": opens a range, or stands alone like `since`
    before: Words = ()
    by: Words = ()
    after: Words = ()
    since: Words = ()
    or_earlier: Words = ()
    or_later: Words = ()
    ongoing: Words = ()  # the open end of a range: "1950-present"
    common_era: Words = ()
    before_common_era: Words = ()
    clock: Words = ()  # words round a time of day
    numeric_order: Literal["dmy", "mdy"] | None = None

    def __hash__(self) -> int:
        """Hash by name: styles are keys of the cache of compiled vocabularies, and mappings cannot be hashed."""
        return hash(self.name)
