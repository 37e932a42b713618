"""Takes the documents of the listings from a web archive: of each the newest capture that can be read."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester.archives.wayback import Shelves, Shot, Wanted, paths_of
from harvester.captures import Capture
from harvester.errors import MissingMemento, NotArchived, PageError
from harvester.items import Document
from harvester.ledger.due import Due
from harvester.spiders.journal import MementoJournal
from harvester.spiders.wayback_captures import fetch_capture
from harvester.spiders.wayback_index import IndexReading

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider

# Up to so many addresses are asked for one by one: with three hosts that is as many questions as the index of a large
# site has pages, and hardly a line is sent in vain. What an address begins is asked for, as queries may follow it.
MOST_SINGLE = 20
LONGEST = 100  # characters of what is said of one capture


class DocumentGathering:
    """All documents of one run: the index is asked for all of them first, then capture after capture is fetched."""

    def __init__(self, spider: "WaybackSpider", journal: MementoJournal) -> None:
        self.spider = spider
        self.journal = journal
        self.site = spider.site
        self.known: set[str] = set()  # addresses of the documents that this run has read
        self.unreadable: set[str] = set()  # digests of bodies that are no document, wherever they stand
        self.failed = 0

    async def gather(self) -> None:
        """Gather what the ledger lacks, addresses of today before older ones; of one document any of them will do."""
        due = self.journal.due_documents()
        try:
            if due.urls:
                await self._gather(due, await self._look_up(due.urls))
        finally:
            self._tell()

    async def _look_up(self, due: Collection[str]) -> Shelves:
        """Return the captures that the index has of the documents."""
        shelves = Shelves(Wanted(frozenset(due), self.site.document_url, lambda line: line.may_be_page))
        reading = IndexReading(self.spider, self.journal, shelves.take)
        for path in [urlsplit(each).path for each in due] if len(due) <= MOST_SINGLE else paths_of(due):
            await reading.read(path)
        return shelves

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
                capture, document = await self._read(address, shot, {other.timestamp for other in shots})
            except PageError as failure:
                failures.append((shot, failure))
                continue
            self.journal.document(capture, document, ())
            self.known |= {address, document.url, *document.addresses}
            return
        self.failed += 1
        self.journal.lacking("document", Capture(b"", url=address), sum_up(address, failures, len(shots)))

    async def _read(self, address: str, shot: Shot, others: Collection[str]) -> tuple[Capture, Document]:
        """Return a capture, and what it says; `others` are the times of captures that have their own turn."""

        def check(timestamp: str, original: str) -> None:
            if self.site.document_url(original) != address:
                raise MissingMemento(f"the archive has another page in its place: {original[:200]}")
            if timestamp != shot.timestamp and timestamp in others:
                raise MissingMemento("the archive has another of its captures in its place")

        capture, _ = await fetch_capture(self.spider, shot.timestamp, shot.original, check)
        named = replace(capture, url=self.site.canonical_url(capture.url or ""))
        try:
            return named, self.site.read_document(named)
        except PageError as error:
            if error.kind != "other-document" and capture.captured_at == shot.captured_at:
                self.unreadable |= {shot.digest} - {"-"}
            raise MissingMemento(f"what was captured is no document's page ({error.kind}): {error.message}") from error

    def _tell(self) -> None:
        """Put on the last screen of which time the documents are, and how many could not be had."""
        first, last = (time[:10] for time in self.journal.document_times())
        days = f"captures from {first} to {last}" if first != last else f"captures of {first}" if first else "none"
        lost = f", {self.failed} could not be had" if self.failed else ""
        self.journal.tell(f"documents: {days}{lost}")


def sum_up(address: str, failures: list[tuple[Shot, PageError]], captures: int) -> PageError:
    """Return why a document or file cannot be had: what may pass first, and every capture that was tried."""
    if not captures:
        advice = "Look the address up in the web archive itself, or replay captures from elsewhere into this folder."
        return NotArchived("the web archive's index has no capture of it", where=address, advice=advice)
    tried = "; ".join(f"{shot.captured_at}: {error.message[:LONGEST]}" for shot, error in failures)
    first = next((type(error) for _, error in failures if not isinstance(error, MissingMemento)), MissingMemento)
    told = tried or "each is one that cannot be read"
    return first(f"none of its captures ({captures}) can be had: {told}", where=address)
