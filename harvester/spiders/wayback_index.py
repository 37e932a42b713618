"""Reads the index of a web archive, on all hosts of the site, page after page."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester.archives.wayback import IndexLine, IndexPage, Shelves, Wanted, index_url, paths_of
from harvester.archives.wayback.candidates import bare_host
from harvester.errors import ExcludedSite, ServerError
from harvester.spiders.courtesy import INDEX_DELAY, Ended
from harvester.spiders.journal import MementoJournal
from harvester.spiders.mementos import index_of
from harvester.spiders.patience import MOST_TRIES

# Up to so many addresses are asked for one by one: with three hosts that is as many questions as the index of a large
# site has pages, and hardly a line is sent in vain. What an address begins is asked for, as queries may follow it.
MOST_SINGLE = 20
MOST_INDEX_PAGES = 200  # of 5,000 lines: eight minutes at the polite pace, and a million captures below one path

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider


class IndexReading:
    """Hands the lines of one question on to `take`, those of each page together; a question may be asked anew."""

    def __init__(
        self, spider: "WaybackSpider", journal: MementoJournal, take: Callable[[Sequence[IndexLine]], None]
    ) -> None:
        self.spider = spider
        self.journal = journal
        self.take = take
        self.home = bare_host(spider.site.base_url)
        self.lines = 0
        self._hosts = list(dict.fromkeys(bare_host(f"https://{host}/") for host in spider.site.hosts))

    async def read(self, path: str) -> None:
        """Read what the index has below a path, on all hosts of the site."""
        for host in list(self._hosts):
            try:
                await self._read_host(host, path)
            except Ended as end:
                if host == self.home or not isinstance(end.error, ExcludedSite):
                    raise
                self._hosts.remove(host)
                self.journal.tell(f"the web archive does not show {host}, where copies of the site were")

    async def _read_host(self, host: str, path: str) -> None:
        key: str | None = None
        keys: set[str] = set()
        malformed = 0
        for _ in range(MOST_INDEX_PAGES):
            page = await self._read_page(index_url(self.spider.base, host, path, key))
            malformed += page.malformed
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

    async def _read_page(self, url: str) -> IndexPage:
        page: IndexPage = await self.spider.fetch(
            url, INDEX_DELAY, lambda response, tries: index_of(response, last_try=tries == MOST_TRIES)
        )
        self.lines += len(page.lines)
        self.journal.indexed(self.lines)
        self.take(page.lines)
        return page


async def look_up(
    spider: "WaybackSpider", journal: MementoJournal, addresses: Collection[str], wanted: Wanted
) -> Shelves:
    """Return the captures that the index has of addresses: asked for all at once, or one by one where they are few."""
    shelves = Shelves(wanted)
    reading = IndexReading(spider, journal, shelves.take)
    few = len(addresses) <= MOST_SINGLE
    for path in [urlsplit(address).path for address in addresses] if few else paths_of(addresses):
        await reading.read(path)
    return shelves
