"""A capture made ready for reading, and what every page object is."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element
from parsel import Selector

from harvester.captures import Capture
from harvester.errors import DocumentPage, PageError, PageTooLarge
from harvester.items import Reading
from harvester.pages.counter import FoundCounter, find_counter
from harvester.pages.facts import Facts
from harvester.pages.limits import LISTING, LONGEST_MESSAGE, Limits, refuse_crowded, refuse_deep
from harvester.pages.origins import Origin
from harvester.pages.refusals import refuse_at_sight, refuse_document, refuse_foreign, unread_error
from harvester.pages.regions import main_of

# "-next" stands first as it spares nearly all elements three looks at their class: 0.5 ms of 0.8.
_NEXT = (
    "//a[contains(concat(' ', normalize-space(@rel), ' '), ' next ')]"
    "|//*[contains(@class, '-next')]"
    "[contains(@class, 'pager__item--next') or contains(@class, 'pager-next') or contains(@class, 'page-next')]//a"
)


# By their names in the source, where it is not parsed.
_DOCUMENT = re.compile(
    r"""\bid\s*=\s*["']?(?:documentTabs|citation-text|subj-list)\b|\bclass\s*=\s*["'][^"'>]*doc-inf-information""", re.I
)


class Page:
    """One capture and its site, with what more than one reader asks for; each part is made once, when asked for."""

    def __init__(self, capture: Capture, facts: Facts, limits: Limits = LISTING) -> None:
        self.capture = capture
        self.facts = facts
        self.limits = limits

    @cached_property
    def medium(self) -> str:
        """Return html or text."""
        return self.capture.medium

    @cached_property
    def text(self) -> str:
        """Return the body as text."""
        return self.capture.text

    @property
    def markup(self) -> str:
        """Return the body as libxml2 is to read it."""
        return self.text.replace("\x00", "")

    @cached_property
    def selector(self) -> Selector:
        """Return the parsed page, or raise PageTooLarge; libxml2 keeps no NUL, and opens no file or socket for HTML."""
        body = self.markup.encode("utf-8", "replace") or b"<html/>"
        refuse_crowded(body, self.limits)
        selector = Selector(body=body, encoding="utf-8", type="html", huge_tree=True)
        refuse_deep(selector.root, self.limits)
        return selector

    @cached_property
    def root(self) -> Element:
        """Return the page's root element."""
        root = self.selector.root
        assert isinstance(root, etree._Element)
        return root

    @cached_property
    def main(self) -> Element:
        """Return the page's main part; menus and footers lie outside."""
        return main_of(self.root)

    @cached_property
    def counter(self) -> FoundCounter | None:
        """Return the listing's counter: in the main part, else (some put it above) anywhere."""
        return find_counter(self.main, self.facts.counter) or find_counter(self.root, self.facts.counter)

    @cached_property
    def breaks_off(self) -> bool:
        """Return whether the page began as a whole one, and lacks its end."""
        return "<html" in self.text[:4096].lower() and "</html" not in self.text[-65536:].lower()

    def ends_within(self, element: Element) -> bool:
        """Return whether the page breaks off in an element."""
        if not self.breaks_off:
            return False
        if element.getroottree().getroot() is not self.root:  # a row joined from neighbours
            return True
        return not element.xpath("boolean(following::text()[normalize-space()])")

    @cached_property
    def next_url(self) -> str | None:
        """Return where the pager's next link leads, as printed or made absolute; None without one."""
        for link in self.selector.xpath(_NEXT):
            href = (link.root.get("href") or "").strip()
            if href and not href.startswith("#"):
                return self._absolute(href)
        return None

    def _absolute(self, href: str) -> str | None:
        """Return a link against the page's own address; None for one that is none ("http://[x", "javascript:")."""
        try:
            absolute = urljoin(self.capture.url or "", href)
            return absolute if urlsplit(absolute).scheme in {"", "http", "https"} else None
        except ValueError:
            return None


class PageObject(ABC):
    """Reads pages of one layout; it fetches nothing, and the same page always gives the same reading."""

    layout: str

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def recognises(self) -> bool:
        """Return whether the page has this layout; must not raise, but for PageTooLarge."""

    @abstractmethod
    def read(self) -> Reading:
        """Return what the page says; raise a PageError if it is no listing after all."""

    def origins(self, row: int) -> dict[str, tuple[Origin, ...]]:
        """Return where the fields of a row that was read stand, by the name of the field; nothing if it cannot say."""
        return {}


def find_origins(
    capture: Capture, facts: Facts, layouts: Sequence[type[PageObject]], row: int
) -> dict[str, tuple[Origin, ...]]:
    """Return where the fields of one row stand on a results page that was read; counted from 0."""
    page = Page(capture, facts)
    reader = next((reader for layout in layouts if (reader := layout(page)).recognises()), None)
    return reader.origins(row) if reader is not None else {}


def read_listing(capture: Capture, facts: Facts, layouts: Sequence[type[PageObject]]) -> Reading:
    """Read a results page with the first layout that recognises it.

    Raises the PageError that says what the page is where it is no listing (docs/exit-codes.md lists them all).
    """
    try:
        return _read(capture, facts, layouts)
    except PageError as error:
        error.where = error.where or capture.url
        error.message = error.message[:LONGEST_MESSAGE]
        raise


def _root(page: Page) -> Element:
    """Return the parsed page; one that is too large for a listing may be a document's, which are larger."""
    try:
        return page.root
    except PageTooLarge:
        if _DOCUMENT.search(page.text):
            raise DocumentPage("this is the page of one document, by its parts") from None
        raise


def _read(capture: Capture, facts: Facts, layouts: Sequence[type[PageObject]]) -> Reading:
    refuse_at_sight(capture, facts)
    page = Page(capture, facts)
    root = _root(page) if page.medium == "html" else None
    if root is not None:
        refuse_foreign(root, facts)
        refuse_document(root, facts)
    for layout in layouts:
        reader = layout(page)
        if reader.recognises():
            return reader.read()
    raise unread_error(capture, root)
