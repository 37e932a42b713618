"""Page objects: each reads one capture of one layout and fetches nothing."""

from harvester.pages.extract import TextExtract
from harvester.pages.listing import EmptyListing, StructuralListing
from harvester.pages.page import Page, PageObject, read_listing

__all__ = ["EmptyListing", "Page", "PageObject", "StructuralListing", "TextExtract", "read_listing"]
