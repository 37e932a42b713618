"""Asks the index of a web archive what it has of the listings of one run."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester.archives.wayback import Candidate, IndexLine, candidates_of
from harvester.items import Address
from harvester.sites import Site
from harvester.spiders.journal import MementoJournal
from harvester.spiders.wayback_index import IndexReading

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider


class IndexAsking:
    """Asks for all hosts of the site and all paths of the listings, page after page."""

    def __init__(self, spider: "WaybackSpider", journal: MementoJournal) -> None:
        self.spider = spider
        self.site: Site = spider.site
        self.reading = IndexReading(spider, journal, self._take)
        self._found: dict[str, dict[tuple[str, str], Candidate]] = defaultdict(dict)

    async def ask(self) -> dict[str, list[Candidate]]:
        """Return the captures of each listing that the index has, on all hosts of the site."""
        await self._ask_paths()
        if not any(self._found.values()):  # an index that is being rebuilt is as empty as one that has nothing
            await self._ask_paths()
        return {
            listing: sorted(self._found[listing].values(), key=lambda c: c.identity)
            for listing in self.spider.addresses
        }

    async def _ask_paths(self) -> None:
        for path in sorted({self._path(address) for address in self.spider.addresses.values()}):
            await self.reading.read(path)

    def _take(self, lines: Sequence[IndexLine]) -> None:
        for listing in self.spider.addresses:
            for candidate in candidates_of(lines, self.site, listing):
                self._found[listing].setdefault(candidate.identity, candidate)

    def _path(self, address: Address) -> str:
        """Return the path below which the listing's pages lie; of a layout that is gone, what its paths begin with."""
        try:
            return urlsplit(self.site.listing_url(address)).path
        except ValueError:
            return "/" + (address.listing or "").strip("/").partition("/")[0]
