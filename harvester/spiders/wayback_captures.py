"""Fetches one capture from a web archive, and follows where the archive has another one in its place."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.http import Response

from harvester.archives.wayback import memento_url
from harvester.captures import Capture
from harvester.errors import MissingMemento
from harvester.spiders.courtesy import MEMENTO_DELAY
from harvester.spiders.mementos import Elsewhere, capture_of

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider

T = TypeVar("T")

MOST_REDIRECTS = 5


async def fetch_capture(
    spider: "WaybackSpider",
    timestamp: str,
    original: str,
    check: Callable[[str, str], T],
    read: Callable[[Response], Capture] = capture_of,
    meta: Mapping[str, Any] | None = None,
) -> tuple[Capture, T]:
    """Return a capture, and what `check` makes of its time and address: the nearest in time where one is missing.

    `check` is asked before another capture is fetched too, and raises MissingMemento for one that is not wanted. `meta`
    goes with each request.
    """
    for _ in range(MOST_REDIRECTS):
        url = memento_url(spider.base, timestamp, original)
        try:
            capture = await spider.fetch(url, MEMENTO_DELAY, lambda response, tries: read(response), meta)
        except Elsewhere as elsewhere:
            timestamp, original = elsewhere.address.timestamp, elsewhere.address.original
            check(timestamp, original)
            continue
        digits = "".join(filter(str.isdigit, capture.captured_at or ""))
        return capture, check(digits, capture.url or "")
    raise MissingMemento("the archive sends the reader from capture to capture")
