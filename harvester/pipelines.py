"""Scrapy's item pipeline, for Scrapy's own feeds only: each record once, first seen wins."""

from typing import Any

from scrapy.exceptions import DropItem

from harvester.items import Record


class FirstSeen:
    """Drops a record whose id was seen before in this crawl."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def process_item(self, item: Any) -> Any:
        """Return the item, or raise DropItem for a record seen before."""
        if isinstance(item, Record):
            if item.id in self.seen:
                raise DropItem(f"seen before: {item.id}", log_level="DEBUG")
            self.seen.add(item.id)
        return item
