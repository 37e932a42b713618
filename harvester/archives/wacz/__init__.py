"""WACZ: a ZIP file with WARCs in it, an index of their captures, and lists of pages."""

from harvester.archives.wacz.package import Package, is_office, is_wacz, open_zip
from harvester.archives.wacz.reading import read_package

__all__ = ["Package", "is_office", "is_wacz", "open_zip", "read_package"]
