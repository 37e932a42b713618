"""Takes the files that documents offer from a web archive: of each the newest capture that is whole."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.http import Response

from harvester.archives.wayback import IndexLine, Shelves, Shot, Wanted
from harvester.captures import HTML_TYPES, Capture
from harvester.dataset.files import Version, type_of
from harvester.errors import MissingMemento, OffSiteRedirect, PageError, PageTooLarge
from harvester.harvest.files import refuse_no_file
from harvester.ledger.due import Due
from harvester.spiders.journal import MementoJournal
from harvester.spiders.mementos import capture_of, told_length
from harvester.spiders.wayback_captures import fetch_capture, same_page, sum_up
from harvester.spiders.wayback_index import look_up
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
        self._told = False  # whether the archive told how long the last body was when captured

    async def gather(self) -> None:
        """Gather what the ledger lacks, in the order of the documents."""
        due = self.journal.due_files()
        if due.urls:
            own = [url for url in due.urls if self.site.owns(url)]
            wanted = Wanted(frozenset(map(self._key, own)), self._key, _may_be_file)
            await self._gather(due, await look_up(self.spider, self.journal, own, wanted))
        self.journal.files_done()

    async def _gather(self, due: Due, shelves: Shelves) -> None:
        for number, url in enumerate(due.urls):
            self.journal.gathered("files", due.held + number, due.total)
            await self._take(url, shelves.captures(self._key(url)))
        self.journal.gathered("files", due.total, due.total)

    def _key(self, url: str) -> str:
        """Return the one spelling by which the addresses of a file are compared; a query is part of it."""
        parts = urlsplit(self.site.canonical_url(url))
        return parts._replace(path=clean_path(parts.path), fragment="").geturl()

    async def _take(self, url: str, shots: list[Shot]) -> None:
        """Fetch the newest capture that is whole, and hand it on; where there is none, say why."""
        failures: list[tuple[Shot, PageError]] = []
        for shot in shots:
            check = same_page(shot, shots, lambda original: self._key(original) == self._key(url))
            meta = {"download_maxsize": self.most}
            try:
                capture, _ = await fetch_capture(self.spider, shot.timestamp, shot.original, check, self._read, meta)
                self._keep(url, capture)
                return
            except PageError as failure:
                failures.append((shot, failure))
                if isinstance(failure, PageTooLarge):
                    break
        self.journal.lacking("file", Capture(b"", url=url), self._sum_up(url, failures, len(shots)))

    def _sum_up(self, url: str, failures: list[tuple[Shot, PageError]], captures: int) -> PageError:
        if not self.site.owns(url):
            return OffSiteRedirect("the file lies on another site, which is not asked for", where=url)
        if failures and isinstance(failures[-1][1], PageTooLarge):
            advice = "Allow more with --max-file-size."
            return PageTooLarge(f"the file is larger than {self.most:,} bytes", where=url, advice=advice)
        return sum_up(url, failures, captures)

    def _read(self, response: Response) -> Capture:
        self._told = told_length(response) is not None
        return capture_of(response)

    def _keep(self, url: str, capture: Capture) -> None:
        """Keep a file that is one, and whole."""
        try:
            refuse_no_file(capture)
        except PageError as error:
            raise MissingMemento(f"what was captured is no file ({error.kind}): {error.message}") from error
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
