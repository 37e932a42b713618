"""Fetches the files that documents offer, one after the other; what came of one is never asked for twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.http import Headers, Response

from harvester.captures import HTML_TYPES, Capture
from harvester.dataset.files import Part, type_of
from harvester.errors import (
    CutOff,
    EmptyPage,
    NotADocument,
    OffSiteRedirect,
    PageError,
    PageTooLarge,
    WrongContentType,
)
from harvester.middlewares.stalls import STALL, Stall
from harvester.spiders.asking import Asking, Ended, Manner
from harvester.spiders.exchanges import capture_of, refuse_status
from harvester.spiders.journal import FollowingJournal
from harvester.spiders.targets import on_origin_of
from harvester.spiders.transfer import Transfer

if TYPE_CHECKING:
    from harvester.spiders.listing import ListingSpider

MANNER = Manner("the server", final=frozenset({"robots", "content-type", "too-large", "off-site"}), begun=False)
TRANSFER = "harvest_transfer"  # in a request's meta: the Transfer that hears it
# A try that brought so many bytes, which the next one goes on after, is no failed one.
PROGRESS = 64 * 1024
# Times the time-out of a page that one try may take if bytes keep coming; without any it is once that.
LONGEST = 60
# What a page in a file's place may say of itself; else it is a page where a file should be.
_TELLING = frozenset({"challenge", "block", "login", "not-found", "empty", "unreachable"})
_ENDS = {"application/pdf": b"%%EOF", "image/jpeg": b"\xff\xd9", "image/png": b"IEND"}


class FileAsking:
    """Asks for the files that are due, the largest of `most` bytes.

    `ranges` says whether a transfer that broke off is gone on with; else the file is asked for whole again.
    """

    def __init__(self, spider: "ListingSpider", journal: FollowingJournal, most: int, *, ranges: bool) -> None:
        self.spider = spider
        self.site = spider.site
        self.journal = journal
        self.most = most
        self.ranges = ranges
        self.asking = Asking(spider, journal, MANNER, self.site.canonical_url)
        self.patience = float(spider.crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))
        self._came = Capture(b"")

    async def ask(self) -> None:
        """Ask for all of them; raises Ended where nothing more is to be asked in this run."""
        with self._listening():
            for url in self.journal.due_files().urls:
                await self._ask_one(url)
        self.journal.files_done()

    async def _ask_one(self, url: str) -> None:
        self._came = Capture(b"", url=url)
        part = self.journal.part(url)
        try:
            if not self.site.owns(url):
                raise OffSiteRedirect("the file lies on another site, which is not asked")
            await self._fetch(url, Transfer(part, self.ranges, Stall(self.patience)))
        except PageError as error:
            self.journal.lacking("file", self._came, error)
        except Ended as end:
            if end.error is not None:
                self.journal.lacking("file", self._came, end.error, ended=True)
            raise
        finally:
            part.close()

    async def _fetch(self, url: str, transfer: Transfer) -> None:
        """Ask until the file is whole; three tries at most, but for those that brought it further."""
        wait, tries, furthest = 0.0, 1, transfer.part.size
        self.asking.check_pause()
        while True:
            try:
                response = await self._download(on_origin_of(url, self.spider.urls[0]), wait, transfer)
                self._take(response, transfer)
            except PageError as error:
                transfer.part.close()
                reached = transfer.part.size if transfer.part.validator else 0
                tries = 0 if reached >= furthest + PROGRESS else tries
                furthest = max(furthest, reached)  # or a server that knows no ranges would be asked without end
                wait = self.asking.bear(self._said(error, transfer.part), max(tries, 1))
                tries += 1
            else:
                self.asking.succeed()
                return

    def _said(self, error: PageError, part: Part) -> PageError:
        if not isinstance(error, PageTooLarge):
            return error
        part.discard()
        advice = "Allow more with --max-file-size."
        return PageTooLarge(f"the file is larger than {self.most:,} bytes", advice=advice)

    async def _download(self, url: str, wait: float, transfer: Transfer) -> Response:
        """Ask once, for the whole or the rest."""
        headers = transfer.headers()
        most = max(self.most - transfer.before, 1)
        limits = {"download_maxsize": most, "download_timeout": self.patience * LONGEST}
        meta = {TRANSFER: transfer, STALL: transfer.stall, **limits}
        return await self.asking.download(url, wait, headers=headers, meta=meta)

    def _take(self, response: Response, transfer: Transfer) -> None:
        """Keep a file that has come whole; raise the PageError that says what came instead."""
        capture = capture_of(response, self.site, self.spider.clock())
        self._came = replace(capture, url=transfer.part.url, body=capture.body[:4096])
        transfer.settle(response)
        if response.status >= 300:
            refuse_status(response, capture, self._read_page, NotADocument)
        part, declared = transfer.part, transfer.part.version.type if transfer.part.version else None
        head = part.head()
        media_type = type_of(head, declared)
        try:
            self._refuse_page(replace(capture, body=head, content_type=declared))
            if not part.size:
                raise EmptyPage("the file is empty")
            if part.size > self.most:
                raise PageTooLarge("it was unpacked to more")
            if media_type == "application/pdf" and not head.startswith(b"%PDF"):
                raise WrongContentType("the file is declared as a PDF, and does not begin as one")
            if "partial" in response.flags and not _has_end(part, media_type):
                raise CutOff("nothing tells whether the file came whole")
        except PageError:
            part.discard()
            raise
        self.journal.file(part, self._came, media_type)

    def _refuse_page(self, capture: Capture) -> None:
        """Raise the PageError that says what a page in the place of a file is."""
        if capture.challenged or capture.medium == "html" or capture.media_type in HTML_TYPES:
            self._read_page(capture)
            raise WrongContentType("a page came where a file was to be")

    def _read_page(self, capture: Capture) -> None:
        try:
            self.site.read_document(capture)
        except PageError as error:
            if error.kind in _TELLING:
                raise

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Hear what comes of each request that has a Transfer."""
        manager = self.spider.crawler.signals
        heard = (
            (signals.headers_received, _hear_head),
            (signals.bytes_received, _hear_bytes),
        )
        for signal, receiver in heard:
            manager.connect(receiver, signal=signal)
        try:
            yield
        finally:
            for signal, receiver in heard:
                manager.disconnect(receiver, signal=signal)


def _hear_head(headers: Headers, request: Request) -> None:
    if (transfer := _transfer_of(request)) is not None:
        transfer.hear_head(headers)


def _hear_bytes(data: bytes, request: Request) -> None:
    if (transfer := _transfer_of(request)) is not None:
        transfer.hear(data)


def _transfer_of(request: Request) -> Transfer | None:
    found: Any = request.meta.get(TRANSFER)
    return found if isinstance(found, Transfer) else None


def _has_end(part: Part, media_type: str | None) -> bool:
    end = _ENDS.get(media_type or "")
    return end is not None and end in part.tail()
