"""The Wilson Center Digital Archive: its hosts, its addresses over two layouts, its page objects."""

from harvester.sites.wilson.site import Wilson

__all__ = ["SITE", "Wilson"]

SITE = Wilson()
