"""Asks the index of a web archive what it has of the listings of one run."""

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester.archives.wayback import Candidate, IndexPage, candidates_of, index_url
from harvester.archives.wayback.candidates import bare_host
from harvester.errors import ExcludedSite, ServerError
from harvester.items import Address
from harvester.sites import Site
from harvester.spiders.courtesy import INDEX_DELAY, Ended
from harvester.spiders.journal import MementoJournal
from harvester.spiders.mementos import index_of
from harvester.spiders.patience import MOST_TRIES

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider

MOST_INDEX_PAGES = 200  # of 5,000 lines: eight minutes at the polite pace, and a million captures below one path


class IndexAsking:
    """Asks for all hosts of the site and all paths of the listings, page after page."""

    def __init__(self, spider: "WaybackSpider", journal: MementoJournal) -> None:
        self.spider = spider
        self.journal = journal
        self.site: Site = spider.site
        self.home = bare_host(self.site.base_url)
        self.lines = 0

    async def ask(self) -> dict[str, list[Candidate]]:
        """Return the captures of each listing that the index has, on all hosts of the site."""
        found = await self._ask_hosts()
        if not any(found.values()):  # an index that is being rebuilt is as empty as one that has nothing
            found = await self._ask_hosts()
        return found

    async def _ask_hosts(self) -> dict[str, list[Candidate]]:
        found: dict[str, dict[tuple[str, str], Candidate]] = defaultdict(dict)
        hosts = list(dict.fromkeys(bare_host(f"https://{host}/") for host in self.site.hosts))
        for path in sorted({self._path(address) for address in self.spider.addresses.values()}):
            for host in hosts:
                try:
                    await self._ask_below(host, path, found)
                except Ended as end:
                    if host == self.home or not isinstance(end.error, ExcludedSite):
                        raise
                    self.journal.tell(f"the web archive does not show {host}, where copies of the site were")
        return {listing: sorted(each.values(), key=lambda c: c.identity) for listing, each in found.items()} | {
            listing: [] for listing in self.spider.addresses if listing not in found
        }

    def _path(self, address: Address) -> str:
        """Return the path below which the listing's pages lie; of a layout that is gone, what its paths begin with."""
        try:
            return urlsplit(self.site.listing_url(address)).path
        except ValueError:
            return "/" + (address.listing or "").strip("/").partition("/")[0]

    async def _ask_below(self, host: str, path: str, found: dict[str, dict[tuple[str, str], Candidate]]) -> None:
        key: str | None = None
        keys: set[str] = set()
        malformed = 0
        for _ in range(MOST_INDEX_PAGES):
            url = index_url(self.spider.base, host, path, key)
            page: IndexPage = await self.spider.fetch(
                url, INDEX_DELAY, lambda response, tries: index_of(response, last_try=tries == MOST_TRIES)
            )
            malformed += page.malformed
            self.lines += len(page.lines)
            self.journal.indexed(self.lines)
            for listing in self.spider.addresses:
                for candidate in candidates_of(page.lines, self.site, listing):
                    found[listing].setdefault(candidate.identity, candidate)
            key = page.resume_key
            if key is None:
                break
            if key in keys:
                raise ServerError("the index goes round in a circle")
            keys.add(key)
        else:
            self.journal.tell(f"the index has more lines below {host}{path} than are read; the rest was not looked at")
        if malformed:
            self.journal.tell(f"lines of the index below {host}{path} that could not be understood: {malformed}")
