"""What a page object needs to know of a site; a site is handed in, never imported."""

import re
from typing import Protocol

from harvester.dates import DateStyle

# A group of three digits may follow a separator; white space may be of any kind (U+00A0, U+202F, thin space).
_NUMBER = r"(\d{1,3}(?:[,.'’\s]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)"
_DASH = r"(?:[-‐‑‒–—―−﹘﹣－]+|\bto\b|\bthrough\b)"
_THING = r"(?:results?|records?|documents?|items?|entries)"
ENGLISH_COUNTER = re.compile(
    rf"(?:page\s+\d+\s+of\s+\d+\s*[,;:|·]?\s*)?(?:(?:{_THING}|showing|displaying|viewing)\s*+(?::\s*+)?)*{_NUMBER}\s*{_DASH}\s*{_NUMBER}"
    rf"\s*(?:of|out\s+of|/)\s*(?:about\s+)?{_NUMBER}(?:\s*(?:{_THING}|total|found))*\s*[.:]?",
    re.I,
)
ENGLISH_NONE = re.compile(
    r"(?:(?:sorry,?\s*)?(?:there\s+(?:are|were)\s+)?no\s+(?:matching\s+)?(?:search\s+)?(?:results?|records?|documents?|items?)\b.*"
    r"|(?:your\s+search\s+(?:yielded|returned|matched|did not match)\s+(?:no|any)\b.*)"
    r"|(?:results?\s*:?\s*)?0\s+(?:results?|records?|documents?)(?:\s+found)?)\.?",
    re.I,
)


class Facts(Protocol):
    """The part of a site that page objects see."""

    name: str
    dates: DateStyle
    counter: re.Pattern[str]  # three groups: first, last, total; must match a whole line
    none_found: re.Pattern[str]  # the line by which an empty listing says so
    furniture: frozenset[str]  # lines round the blocks that belong to the page, in lower case
    closing: frozenset[str]  # those of them after which no record follows

    def document_url(self, href: str, base: str | None = None) -> str | None:
        """Return the canonical URL of the document that a link leads to, None if it leads elsewhere."""
        ...

    def link_url(self, href: str, base: str | None = None) -> str | None:
        """Return the absolute address that a link leads to, on the site's own host if it is of the site; else None."""
        ...

    def owns(self, url: str) -> bool:
        """Return whether a URL is of this site, on any of its hosts."""
        ...
