"""Fetches one capture from a web archive, and follows where the archive has another one in its place."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.http import Response

from harvester.archives.wayback import Shot, memento_url
from harvester.captures import Capture
from harvester.errors import MissingMemento, NotArchived, PageError
from harvester.spiders.courtesy import MEMENTO_DELAY
from harvester.spiders.mementos import Elsewhere, capture_of

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider

T = TypeVar("T")

MOST_REDIRECTS = 5
LONGEST = 100  # characters of what is said of one capture


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


def same_page(shot: Shot, others: Collection[Shot], is_of: Callable[[str], bool]) -> Callable[[str, str], None]:
    """Return a check that refuses captures of other pages, and those `others` of this one that have their own turn."""
    times = {other.timestamp for other in others} - {shot.timestamp}

    def check(timestamp: str, original: str) -> None:
        if not is_of(original):
            raise MissingMemento(f"the archive has another page in its place: {original[:200]}")
        if timestamp in times:
            raise MissingMemento("the archive has another of its captures in its place")

    return check


def sum_up(address: str, failures: Sequence[tuple[Shot, PageError]], captures: int) -> PageError:
    """Return why a document or file cannot be had: what may pass first, and every capture that was tried."""
    if not captures:
        advice = "Look the address up in the web archive itself, or replay captures from elsewhere into this folder."
        return NotArchived("the web archive's index has no capture of it", where=address, advice=advice)
    tried = "; ".join(f"{shot.captured_at}: {error.message[:LONGEST]}" for shot, error in failures)
    first = next((type(error) for _, error in failures if not isinstance(error, MissingMemento)), MissingMemento)
    told = tried or "each is one that cannot be read"
    return first(f"none of its captures ({captures}) can be had: {told}", where=address)
