"""What every page object of a document's page is, and the reading of a capture with the first that recognises it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property

from lxml import etree

from harvester.captures import Capture
from harvester.errors import CutDocument, NotADocument, OtherDocument, PageError
from harvester.items import Document
from harvester.pages.facts import Facts
from harvester.pages.limits import DOCUMENT, LONGEST_MESSAGE
from harvester.pages.page import Page
from harvester.pages.refusals import refuse_foreign, refuse_unreadable, unread_error

# Texts bring whole pages of their own, with ends in the middle of the page. To a browser these end nothing; libxml2
# drops what follows them.
_ENDS = re.compile(r"</(?:html|body)\s*>", re.I)
# What archives and browsers write behind the end: comments, scripts, styles.
_BEHIND = re.compile(
    r"(?:\s+|<!--(?:(?!-->).)*+(?:-->|$)|<(script|style|noscript)\b(?:(?!</\1).)*+</\1\s*>)*+", re.I | re.S
)
_MOST_BEHIND = 65_536  # characters
# Put before the last of these; where it is no comment then, something that has no end holds the rest of the page.
_LAST = "the page came to its end"
_CLOSING = ("</main", "</body", "</html")

_ERRORS = 400  # from this status on the page is the server's own, whatever it shows


class DocumentSource(Page):
    """A capture of a document's page, made ready for reading."""

    @property
    def markup(self) -> str:
        """Return the body without the ends of page and body, with a mark where its main part ends."""
        text = super().markup
        lower = _ascii_lower(text)
        end = next((found for tag in _CLOSING if (found := lower.rfind(tag)) >= 0), len(text))
        return _ENDS.sub("", f"{text[:end]}<!--{_LAST}-->{text[end:]}")

    @cached_property
    def breaks_off(self) -> bool:
        """Return whether the page began as a whole one, and its end is not at its end.

        A page that was cut, and whose ends a server's filter then tied up, cannot be told from a whole one.
        """
        text = self.text
        if "<html" not in text[:4096].lower():
            return False
        end = text.lower().rfind("</html")
        behind = text[end:].partition(">")[2]
        if end < 0 or len(behind) > _MOST_BEHIND or not _BEHIND.fullmatch(behind):
            return True
        return re.search(r"<main\b", text, re.I) is not None and re.search(r"</main\b", text, re.I) is None

    @property
    def is_swallowed(self) -> bool:
        """Return whether a comment, script, style or title that a text never closes holds the rest of the page.

        To browsers too; but a reader of the page sees that it is amiss, and one of its data would not.
        """
        comments = (*self.root.iter(etree.Comment), *self.root.itersiblings(etree.Comment))
        if any(comment.text == _LAST for comment in comments):
            return False
        holders = [node for node in (*self.root.iter(), *comments) if _LAST in (node.text or "")]
        return not holders or any(self.main in node.iterancestors() or "<div" in str(node.text) for node in holders)


def _ascii_lower(text: str) -> str:
    """Return a text in which only ASCII's capitals are lowered: of other letters the case may change the length."""
    return text.lower() if text.isascii() else re.sub(r"[A-Z]+", lambda found: found[0].lower(), text)


class DocumentObject(ABC):
    """Reads document pages of one layout; it fetches nothing, and the same page always gives the same document.

    It is strict: every labelled part of the page is read, ignored on purpose, or among `Document.unknown`.
    """

    layout: str

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def recognises(self) -> bool:
        """Return whether the page has this layout; must not raise, but for PageTooLarge."""

    @abstractmethod
    def read(self) -> Document:
        """Return what the page says; raise a PageError if it is no document after all."""


def read_document(capture: Capture, facts: Facts, layouts: Sequence[type[DocumentObject]]) -> Document:
    """Read a document's page with the first layout that recognises it.

    Raises the PageError that says what the page is where it is none.
    """
    try:
        return _read(capture, facts, layouts)
    except PageError as error:
        error.where = error.where or capture.url
        error.message = error.message[:LONGEST_MESSAGE]
        raise


def _read(capture: Capture, facts: Facts, layouts: Sequence[type[DocumentObject]]) -> Document:
    refuse_unreadable(capture, facts)
    if capture.status >= _ERRORS:
        raise _said_by(capture, Page(capture, facts))
    page = DocumentSource(capture, facts, DOCUMENT)
    if page.medium != "html":
        raise NotADocument("the page is no HTML")
    refuse_foreign(page.root, facts)
    for layout in layouts:
        reader = layout(page)
        if reader.recognises():
            if page.breaks_off:
                raise CutDocument("the page breaks off before its end")
            if page.is_swallowed:
                raise CutDocument("a comment, script, style or title in it has no end, and holds the rest of the page")
            return _checked(reader.read(), capture, facts)
    raise _said_by(capture, page)


def _said_by(capture: Capture, page: Page) -> PageError:
    """Return the error that says what a page is that is no document: a challenge, a login, a missing page."""
    error = unread_error(capture, page.root if page.medium == "html" else None)
    return NotADocument("no document can be read on this page") if error.kind == "not-a-listing" else error


def _checked(document: Document, capture: Capture, facts: Facts) -> Document:
    """Return the document; raise OtherDocument if it is not known by the address at which it was captured."""
    asked = facts.document_url(capture.url) if capture.url else None
    if asked is not None and asked not in document.addresses:
        raise OtherDocument(f"the page says that it is {document.url}")
    return document
