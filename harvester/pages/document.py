"""What every page object of a document's page is, and the reading of a capture with the first that recognises it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from harvester.captures import Capture
from harvester.errors import CutDocument, NotADocument, OtherDocument, PageError
from harvester.items import Document
from harvester.pages.facts import Facts
from harvester.pages.limits import LONGEST_MESSAGE
from harvester.pages.page import Page
from harvester.pages.refusals import refuse_foreign, refuse_unreadable, unread_error


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
    page = Page(capture, facts)
    if page.medium != "html":
        raise NotADocument("the page is no HTML")
    refuse_foreign(page.root, facts)
    for layout in layouts:
        reader = layout(page)
        if reader.recognises():
            if page.breaks_off:
                raise CutDocument("the page breaks off before its end")
            return _checked(reader.read(), capture, facts)
    error = unread_error(capture, page.root)
    raise NotADocument("no document can be read on this page") if error.kind == "not-a-listing" else error


def _checked(document: Document, capture: Capture, facts: Facts) -> Document:
    """Return the document; raise OtherDocument if it is not known by the address at which it was captured."""
    asked = facts.document_url(capture.url) if capture.url else None
    if asked is not None and asked not in document.addresses:
        raise OtherDocument(f"the page says that it is {document.url}")
    return document
