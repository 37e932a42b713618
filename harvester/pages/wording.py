"""What the wording of a text says of it: an invitation to read on, a line of the page's own, prose or a small fact."""

import re

from harvester.pages.counter import read_counter
from harvester.pages.facts import Facts

_MORE = re.compile(
    r"(?:read|see|view|show|learn|find out|continue reading|open|go to|access|get|download|cite|print|share|save)?\s*"
    r"(?:the|this)?\s*(?:full|more|all|whole)?\s*"
    r"(?:document|record|details?|page|item|entry|text|pdf|more|reading|here|link|permalink|citation)?"
    r"\s*(?:online|here|\.{3}|…|»|›|→|>)*",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?…。][\"'”’»)\]]*$")
_ORDINAL = re.compile(r"[#(\[]?\d{1,6}[.)\]:]?|[\W_]+")
_FACETS = re.compile(r"(?:[^()]{1,60}\(\d[\d,]*\))+[\s,;|]*")
_SMALL = 60
_LONGEST_LINE = 200  # of the page's own; more is a text


def says_more(text: str) -> bool:
    """Return whether a link's text names no document: "Read more", "View", "»", or nothing.

    >>> says_more("Read more »"), says_more("More on the Korean War")
    (True, False)
    """
    return len(text) <= _LONGEST_LINE and bool(_MORE.fullmatch(text.strip()))


def invites(text: str) -> bool:
    """Return whether a link invites to read on, be it about something: "Read more about the Korean War"."""
    return says_more(text) or text.lower().startswith(("read more", "continue reading"))


def is_furniture(text: str, facts: Facts) -> bool:
    """Return whether a line belongs to the page and to no record: a heading of the list, a counter, a pager."""
    plain = text.lower().rstrip(":").strip()
    return plain in facts.furniture or says_more(text) or read_counter(text, facts.counter) is not None


def ends_sentence(text: str) -> bool:
    """Return whether a text ends as a summary's paragraph does and, of 953 blocks seen, hardly a title."""
    return bool(_SENTENCE_END.search(text))


def is_small(text: str) -> bool:
    """Return whether a text may be a small fact ("Letter", "Russian", names) rather than prose."""
    return len(text) < _SMALL and not ends_sentence(text)


def is_ordinal(text: str) -> bool:
    """Return whether a text is a row's number or mere punctuation."""
    return bool(_ORDINAL.fullmatch(text))


def is_facets(text: str) -> bool:
    """Return whether a text may be a list of facets: "China (1,204) Soviet Union (703)"."""
    return bool(_FACETS.fullmatch(text))
