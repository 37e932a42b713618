"""The captures of an index that may be pages of a listing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from harvester.archives.wayback.addresses import iso_time, parse_time
from harvester.archives.wayback.index import IndexLine
from harvester.coverage import Range
from harvester.sites import Site
from harvester.urls import host_of

Identity = tuple[str, str]  # when a page was captured (ISO, UTC), and its URL on the site's own host
Series = tuple[str, str | None]  # host, without "www.", and order


@dataclass(frozen=True, slots=True)
class Candidate:
    """One capture that the index has of a listing's page; `page` is zero-based, `size` in rows, both as asked for."""

    timestamp: str
    original: str
    url: str
    series: Series
    page: int
    size: int

    @property
    def identity(self) -> Identity:
        """Return what tells captures apart in a dataset."""
        return iso_time(self.timestamp), self.url

    @property
    def time(self) -> datetime:
        """Return when the page was captured."""
        time = parse_time(self.timestamp)
        assert time is not None
        return time

    @property
    def range(self) -> Range:
        """Return the rows that the page should show, if its size was honoured and the listing is so long."""
        return self.page * self.size + 1, (self.page + 1) * self.size


def candidates_of(lines: Iterable[IndexLine], site: Site, listing: str) -> list[Candidate]:
    """Return the captures that the site's own reading of their addresses says are of a listing, in any spelling."""
    found: dict[Identity, Candidate] = {}
    for line in lines:
        candidate = candidate_of(line.timestamp, line.original, site, listing) if line.may_be_page else None
        if candidate is not None:
            found.setdefault(candidate.identity, candidate)
    return sorted(found.values(), key=lambda candidate: candidate.identity)


def candidate_of(timestamp: str, original: str, site: Site, listing: str) -> Candidate | None:
    """Return the capture of an address as one of a listing; None if it is none, or cannot be understood."""
    try:
        address = site.explain(original)
    except ValueError:
        return None
    if address is None or address.listing != listing or address.page is None or not address.page_size:
        return None
    series = (bare_host(original), address.order)
    return Candidate(timestamp, original, site.canonical_url(original), series, address.page, address.page_size)


def bare_host(url: str) -> str:
    """Return a URL's host as the index knows it: without "www."."""
    return (host_of(url) or "").removeprefix("www.")
