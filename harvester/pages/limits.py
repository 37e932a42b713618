"""The bounds of what is read: a page beyond them is refused, a row rejected, before it costs time or memory.

Together they keep any page under a second of one processor (tests/test_pages_hostile.py). Each is far from what was
seen: listing pages of 1 MB and 100 rows, saved pages of 700 KB, about 11 elements a row, titles of 230 characters.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from lxml import etree
from lxml.etree import _Element as Element

from harvester.captures import Capture
from harvester.errors import PageTooLarge
from harvester.items import Entry

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

    _Target = ParserTarget[None]
else:
    _Target = object

MOST_BYTES = 3_000_000  # three times the largest listing page seen; the worst text of that length takes 0.9 seconds
MOST_ELEMENTS = 20_000  # 1,000 rows of the known layout are 12,000
MOST_ATTRIBUTES = 1_000  # of one element: libxml2 needs quadratic time for them, 2 seconds for 30,000
DEEPEST = 150  # libxml2 itself cuts a deeper page in silence, at 256 or 2,048 elements by its version and options
MOST_LINKS = 5_000  # to records; a row has two or three
MOST_ROWS = 1_000  # half a millisecond each
MOST_BLOCKS = 10_000  # of a text extract; a record has three or four
DEEPEST_ROW = 25  # elements one in another below a row's own; the deepest seen are 5
MOST_LINES = 50_000  # of a text extract
MOST_PIECES = 1_000  # texts of one row that stand apart; a record has three to ten
LONGEST_TITLE = 2_000  # characters
LONGEST_DATE = 500  # characters; the longest seen are under 60
LONGEST_SUMMARY = 50_000  # characters
LONGEST_EMPTY = 100_000  # characters in which a listing says that it has no results; the longest menu seen is 24,000
LONGEST_MESSAGE = 500  # characters of an error's message, which may quote the page
MOST_PARTS = 1_000  # headings, tabs, files or unknown parts of a document's page; those seen have about 20
MOST_OUTSIDE = 10_000  # elements of a document's page outside its texts; those seen have a few hundred
LONGEST_UNKNOWN = 2_000  # characters of a part of a document's page that nobody knows
# Below this size there can be neither too many elements nor attributes that take long: 12,000 of them 0.3 seconds.
_SMALL = 65_536
_ROW_TOO_DEEP = etree.XPath(f"boolean({'/'.join('*' * (DEEPEST_ROW + 1))})")


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one kind of page: its elements, and how deep they lie one in another."""

    most_elements: int
    deepest: int


LISTING = Limits(MOST_ELEMENTS, DEEPEST)
DOCUMENT = Limits(60_000, 200)  # 12,000 paragraphs exported from Word are 48,000 elements, read in 0.6 seconds


def refuse(what: str, most: int) -> NoReturn:
    """Raise PageTooLarge, naming the limit."""
    raise PageTooLarge(f"the page {what}; {most:,} is the most that is read")


def refuse_large(capture: Capture) -> None:
    """Raise for a body of too many bytes."""
    if len(capture.body) > MOST_BYTES:
        refuse(f"has {len(capture.body):,} bytes", MOST_BYTES)


def refuse_crowded(body: bytes, limits: Limits) -> None:
    """Raise for markup of too many elements or attributes; libxml2 itself counts them, before it builds a tree."""
    if len(body) > _SMALL:
        parser = etree.HTMLParser(target=_Tally(limits), encoding="utf-8", huge_tree=True)
        for start in range(0, len(body), _SMALL):  # libxml2 reads what it was given to the end, whatever was raised
            parser.feed(body[start : start + _SMALL])
        parser.close()


def refuse_deep(root: Element, limits: Limits) -> None:
    """Raise for a page nested too deep; one that libxml2 has cut is deeper still."""
    if _too_deep(limits.deepest)(root):
        refuse("has too many elements one in another", limits.deepest)


@cache
def _too_deep(deepest: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (deepest + 1)})")


def is_deep_row(row: Element) -> bool:
    """Return whether a row is nested deeper than any record."""
    return bool(_ROW_TOO_DEEP(row))


def overlong(entry: Entry) -> str | None:
    """Return why an entry cannot be one record's: a field longer than any print; None if none is."""
    fields = ((entry.title, LONGEST_TITLE), (entry.date_text, LONGEST_DATE), (entry.summary, LONGEST_SUMMARY))
    for name, (text, most) in zip(("title", "date", "summary"), fields, strict=True):
        if text and len(text) > most:
            return f"a {name} of {len(text):,} characters is none; {most:,} is the most that is read"
    return None


class _Tally(_Target):
    """Counts what libxml2 reads."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.nodes = self.depth = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        """Count an element in; raise PageTooLarge where it is one too many."""
        self._count()
        self.depth += 1
        if self.depth > self.limits.deepest:  # each end tag is looked for in all that is open
            refuse("has too many elements one in another", self.limits.deepest)
        if len(attributes) > MOST_ATTRIBUTES:
            refuse(f"has an element of {len(attributes):,} attributes", MOST_ATTRIBUTES)

    def end(self, tag: str, /) -> None:
        """Count an element out."""
        self.depth -= 1

    def data(self, text: str, /) -> None:
        """Count no text: its length is known."""

    def comment(self, text: str, /) -> None:
        """Count a comment like an element."""
        self._count()

    def pi(self, target: str, data: str, /) -> None:
        """Count a processing instruction like an element."""
        self._count()

    def close(self) -> None:
        """End the count."""

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > self.limits.most_elements:
            refuse("has too many elements", self.limits.most_elements)
