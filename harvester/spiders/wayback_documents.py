"""Takes the documents of the listings from a web archive: of each the newest capture that can be read."""

from dataclasses import replace
from typing import TYPE_CHECKING

from harvester.archives.wayback import Shelves, Shot, Wanted
from harvester.captures import Capture
from harvester.errors import MissingMemento, PageError
from harvester.items import Document
from harvester.ledger.due import Due
from harvester.spiders.journal import MementoJournal
from harvester.spiders.wayback_captures import fetch_capture, same_page, sum_up
from harvester.spiders.wayback_index import look_up

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider


class DocumentGathering:
    """All documents of one run: the index is asked for all of them first, then capture after capture is fetched."""

    def __init__(self, spider: "WaybackSpider", journal: MementoJournal) -> None:
        self.spider = spider
        self.journal = journal
        self.site = spider.site
        self.known: set[str] = set()  # addresses of the documents that this run has read
        self.unreadable: set[str] = set()  # digests of bodies that are no document, wherever they stand

    async def gather(self) -> None:
        """Gather what the ledger lacks, addresses of today before older ones; of one document any of them will do."""
        due = self.journal.due_documents()
        try:
            if due.urls:
                wanted = Wanted(frozenset(due.urls), self.site.document_url, lambda line: line.may_be_page)
                await self._gather(due, await look_up(self.spider, self.journal, due.urls, wanted))
        finally:
            self._tell()

    async def _gather(self, due: Due, shelves: Shelves) -> None:
        for number, address in enumerate(sorted(due.urls, key=self.site.standing)):
            self.journal.gathered("documents", due.held + number, due.total)
            if address not in self.known:
                await self._take(address, shelves.captures(address))
        self.journal.gathered("documents", due.total, due.total)

    async def _take(self, address: str, shots: list[Shot]) -> None:
        """Fetch the newest capture that can be read, and hand it on; where there is none, say why."""
        failures: list[tuple[Shot, PageError]] = []
        for shot in shots:
            if shot.digest in self.unreadable:
                continue
            try:
                capture, document = await self._read(address, shot, shots)
            except PageError as failure:
                failures.append((shot, failure))
                continue
            self.journal.document(capture, document, ())
            self.known |= {address, document.url, *document.addresses}
            return
        self.journal.lacking("document", Capture(b"", url=address), sum_up(address, failures, len(shots)))

    async def _read(self, address: str, shot: Shot, shots: list[Shot]) -> tuple[Capture, Document]:
        check = same_page(shot, shots, lambda original: self.site.document_url(original) == address)
        capture, _ = await fetch_capture(self.spider, shot.timestamp, shot.original, check)
        named = replace(capture, url=self.site.canonical_url(capture.url or ""))
        try:
            return named, self.site.read_document(named)
        except PageError as error:
            if error.kind != "other-document" and capture.captured_at == shot.captured_at:
                self.unreadable |= {shot.digest} - {"-"}
            raise MissingMemento(f"what was captured is no document's page ({error.kind}): {error.message}") from error

    def _tell(self) -> None:
        """Put on the last screen of which time the documents are; how many there are stands there anyway."""
        first, last = (time[:10] for time in self.journal.document_times())
        if first:
            days = f"from {first} to {last}" if first != last else f"of {first}"
            self.journal.tell(f"captures of documents: {days}")
