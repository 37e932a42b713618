"""Follows the records of a crawl's listings to their documents' pages, one after the other."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scrapy.http import Response

from harvester.captures import Capture
from harvester.errors import NotADocument, PageError
from harvester.harvest.documents import refuse_misled
from harvester.spiders.asking import Asking, Ended, Manner
from harvester.spiders.exchanges import capture_of, refuse_status
from harvester.spiders.journal import FollowingJournal
from harvester.spiders.targets import on_origin_of

if TYPE_CHECKING:
    from harvester.spiders.listing import ListingSpider

MANNER = Manner("the server", begun=False)


class DocumentAsking:
    """Asks for the documents that are due. One that cannot be had is told of, and the next is asked for."""

    def __init__(self, spider: "ListingSpider", journal: FollowingJournal) -> None:
        self.spider = spider
        self.site = spider.site
        self.journal = journal
        self.asking = Asking(spider, journal, MANNER, self.site.canonical_url)
        self._came = Capture(b"")

    async def ask(self) -> None:
        """Ask for all of them; raises Ended where nothing more is to be asked in this run."""
        for url in self.journal.due_documents().urls:
            self._came = Capture(b"", url=url)
            try:
                await self.asking.fetch(on_origin_of(url, self.spider.urls[0]), partial(self._take, url))
            except PageError as error:
                self.journal.lacking("document", self._came, error)
            except Ended as end:
                if end.error is not None:
                    self.journal.lacking("document", self._came, end.error, ended=True)
                raise

    def _take(self, url: str, response: Response, tries: int) -> None:
        """Read a page and hand it on; raise the PageError that says what it is instead."""
        capture = capture_of(response, self.site, self.spider.clock())
        self._came = replace(capture, url=url)  # whatever came, it came in the place of what was asked
        if response.status >= 300:
            refuse_status(response, capture, self.site.read_document, NotADocument)
        document = self.site.read_document(capture)
        before = response.request.meta.get("redirect_urls", ()) if response.request is not None else ()
        asked = [address for url in before if (address := self.site.document_url(url)) is not None]
        refuse_misled(document, asked, self.site)
        self.journal.document(capture, document, asked)
