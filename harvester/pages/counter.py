"""Reads a listing's counter, "71 - 80 of 103", from a line or from anywhere on a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element

from harvester.items import Counter
from harvester.pages.blocks import hidden, is_element, short_text
from harvester.pages.facts import ENGLISH_COUNTER
from harvester.text import squash

_LONGEST = 120
_MOST = 1_000_000_000  # records; the largest catalogues have less, and JSON and SQLite take no number whatever
_UP = 4  # "<b>71</b> - <b>80</b> of <b>103</b>" may be wrapped this many times


def read_counter(line: str, pattern: re.Pattern[str] = ENGLISH_COUNTER) -> Counter | None:
    r"""Return the counter that a line is, as a whole; None if it is none, or if its numbers cannot be true.

    >>> read_counter("Results:\n1,001 – 1,010 of 3,681")
    Counter(first=1001, last=1010, total=3681)
    """
    found = pattern.fullmatch(squash(line.replace("\u200b", ""))) if len(line) <= _LONGEST * 4 else None
    if not found:
        return None
    first, last, total = (int(re.sub(r"\D", "", number)) for number in found.groups())
    if total > _MOST:
        return None
    if (first, last, total) == (0, 0, 0) or 1 <= first <= last <= total:
        return Counter(first, last, total)
    return None


@dataclass(frozen=True, slots=True)
class FoundCounter:
    """A counter and the element that holds it; rows stand after it, and no row contains it."""

    counter: Counter
    holder: Element
    in_tail: bool  # the counter is the text right after `holder`, not in it


def find_counter(top: Element, pattern: re.Pattern[str]) -> FoundCounter | None:
    """Return the first counter below `top`, in document order; None if there is none."""
    seen: set[Element] = {top}
    for element, text, in_tail in _digit_texts(top):
        found = read_counter(text, pattern)
        if found:
            return FoundCounter(found, element, in_tail)
        if "(" in text:  # a facet's own number, of which a page has hundreds
            continue
        above: Element | None = element.getparent() if in_tail else element
        for _ in range(_UP):
            if above is None or above in seen:
                break
            seen.add(above)
            line = short_text(above, _LONGEST)
            if line is None:
                break
            found = read_counter(line, pattern)
            if found:
                return FoundCounter(found, above, False)
            above = above.getparent()
    return None


def _digit_texts(top: Element) -> Iterator[tuple[Element, str, bool]]:
    """Yield every short text with a digit: the element, the text, and whether it follows the element."""
    for element in top.iter():
        if is_element(element) and not hidden(element) and _may_count(element.text):
            yield element, element.text or "", False
        if element is not top and _may_count(element.tail):
            yield element, element.tail or "", True


def _may_count(text: str | None) -> bool:
    return bool(text) and len(text or "") <= _LONGEST * 4 and any("0" <= c <= "9" for c in text or "")
