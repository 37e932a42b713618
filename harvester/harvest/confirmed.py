"""Pages of which a server says, asked by what it said of their version, that they are still what is held of them.

Such a page is as good as one that came: it was whole when it was read, its pager led where its counter did, and there
was nothing odd about it; of any other nothing is kept to ask by.
"""

from dataclasses import dataclass

from harvester.captures import Capture
from harvester.items import Counter, Entry, Reading


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page that is held, and the validators that its server gave it: an ETag, a Last-Modified, as they were sent."""

    etag: str | None
    modified: str | None
    digest: str
    medium: str
    layout: str
    counter: Counter
    entries: tuple[Entry, ...]

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for the page only if it is another one by now (RFC 9110, 13.1)."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value is not None}

    def reading(self, next_url: str | None) -> Reading:
        """Return what the page says; `next_url` is where its pager leads by its counter."""
        return Reading(self.counter, self.entries, next_url, self.layout)


@dataclass(frozen=True, slots=True)
class Confirmed(Capture):
    """A capture without a body: the page is the one that is held, of this digest and medium."""

    held_digest: str = ""
    held_medium: str = "html"

    @property
    def digest(self) -> str:
        """Return the digest of the body that is held."""
        return self.held_digest

    @property
    def medium(self) -> str:
        """Return what the bytes that are held are."""
        return self.held_medium


def is_plain(reading: Reading, remarks: list[str]) -> bool:
    """Return whether a page said no more than is held of it: whole, its pager in keeping with its counter, nothing odd.

    `remarks` are what was odd about it in its place.
    """
    counter = reading.counter
    if counter is None or not counter.total or remarks or reading.rejects or not reading.agrees:
        return False
    return (reading.next_url is not None) == (counter.last < counter.total)
