"""Page objects: each reads one capture of one layout and fetches nothing."""

from harvester.pages.document import DocumentObject, read_document
from harvester.pages.extract import TextExtract
from harvester.pages.listing import EmptyListing, StructuralListing
from harvester.pages.origins import Origin
from harvester.pages.page import Page, PageObject, find_origins, read_listing

__all__ = [
    "DocumentObject",
    "EmptyListing",
    "Origin",
    "Page",
    "PageObject",
    "StructuralListing",
    "TextExtract",
    "find_origins",
    "read_document",
    "read_listing",
]
