"""Takes the files that documents offer from a web archive: of each the newest capture that is whole."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.http import Response

from harvester.archives.wayback import IndexLine, Shelves, Shot, Wanted, paths_of
from harvester.captures import HTML_TYPES, Capture
from harvester.dataset.files import Version, type_of
from harvester.errors import MissingMemento, OffSiteRedirect, PageError, PageTooLarge
from harvester.harvest.files import refuse_no_file
from harvester.spiders.journal import MementoJournal
from harvester.spiders.mementos import capture_of, told_length
from harvester.spiders.wayback_captures import fetch_capture
from harvester.spiders.wayback_documents import MOST_SINGLE, sum_up
from harvester.spiders.wayback_index import IndexReading
from harvester.urls import clean_path

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider

# How files end that nothing cut; a crawler that had enough of a file leaves the rest, and tells nobody.
_ENDS = {"application/pdf": b"%%EOF", "image/jpeg": b"\xff\xd9", "image/png": b"IEND"}


class FileGathering:
    """All files of one run, after its documents."""

    def __init__(self, spider: "WaybackSpider", journal: MementoJournal, most: int) -> None:
        self.spider = spider
        self.journal = journal
        self.site = spider.site
        self.most = most
        self.failed = 0
        self._told = False  # whether the archive told how long the last body was when captured

    async def gather(self) -> None:
        """Gather what the ledger lacks, in the order of the documents."""
        due = self.journal.due_files()
        shelves = await self._look_up([url for url in due.urls if self.site.owns(url)])
        for number, url in enumerate(due.urls):
            self.journal.gathered("files", due.held + number, due.total)
            await self._take(url, shelves.captures(self._key(url)))
        self.journal.gathered("files", due.total, due.total)
        self.journal.files_done()
        if self.failed:
            self.journal.tell(f"files: {self.failed} of {due.total} could not be had")

    async def _look_up(self, urls: list[str]) -> Shelves:
        """Return the captures that the index has of the files."""
        shelves = Shelves(Wanted(frozenset(map(self._key, urls)), self._key, _may_be_file))
        reading = IndexReading(self.spider, self.journal, shelves.take)
        for path in [urlsplit(url).path for url in urls] if len(urls) <= MOST_SINGLE else paths_of(urls):
            await reading.read(path)
        return shelves

    def _key(self, url: str) -> str:
        """Return the one spelling by which the addresses of a file are compared; a query is part of it."""
        parts = urlsplit(self.site.canonical_url(url))
        return parts._replace(path=clean_path(parts.path), fragment="").geturl()

    async def _take(self, url: str, shots: list[Shot]) -> None:
        """Fetch the newest capture that is whole, and hand it on; where there is none, say why."""
        failures: list[tuple[Shot, PageError]] = []
        for shot in shots:
            try:
                capture = await self._fetch(url, shot, {other.timestamp for other in shots})
                self._keep(url, capture)
                return
            except PageError as failure:
                failures.append((shot, failure))
                if isinstance(failure, PageTooLarge):
                    break
        self.failed += 1
        self.journal.lacking("file", Capture(b"", url=url), self._sum_up(url, failures, len(shots)))

    def _sum_up(self, url: str, failures: list[tuple[Shot, PageError]], captures: int) -> PageError:
        if not self.site.owns(url):
            return OffSiteRedirect("the file lies on another site, which is not asked for", where=url)
        if failures and isinstance(failures[-1][1], PageTooLarge):
            advice = "Allow more with --max-file-size."
            return PageTooLarge(f"the file is larger than {self.most:,} bytes", where=url, advice=advice)
        return sum_up(url, failures, captures)

    async def _fetch(self, url: str, shot: Shot, others: set[str]) -> Capture:
        def check(timestamp: str, original: str) -> None:
            if self._key(original) != self._key(url):
                raise MissingMemento(f"the archive has something else in its place: {original[:200]}")
            if timestamp != shot.timestamp and timestamp in others:
                raise MissingMemento("the archive has another of its captures in its place")

        meta = {"download_maxsize": self.most}
        capture, _ = await fetch_capture(self.spider, shot.timestamp, shot.original, check, self._read, meta)
        return capture

    def _read(self, response: Response) -> Capture:
        self._told = told_length(response) is not None
        return capture_of(response)

    def _keep(self, url: str, capture: Capture) -> None:
        """Keep a file that is one, and whole."""
        refuse_no_file(capture)
        media_type = type_of(capture.body[:4096], capture.media_type)
        if media_type in HTML_TYPES or (media_type == "application/pdf" and not capture.body.startswith(b"%PDF")):
            raise MissingMemento(f"what was captured is no file, though it is declared as {media_type}")
        end = _ENDS.get(media_type or "")
        if not self._told and end is not None and end not in capture.body[-1024:]:
            raise MissingMemento("what was captured breaks off")
        part = self.journal.part(url)
        part.begin(Version(url, None, len(capture.body), media_type))
        part.append(capture.body)
        self.journal.file(part, capture, media_type)


def _may_be_file(line: IndexLine) -> bool:
    """Return whether a capture may be a file: status 200, or a revisit, and not declared as a page."""
    return line.status in {200, None} and line.mimetype not in HTML_TYPES
