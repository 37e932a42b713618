"""A dataset's snapshots: the one that a crawl is writing, and what killed crawls left; each is packed as a WACZ."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from harvester.dataset.writing import sync_folder
from harvester.items import Counter
from harvester.ledger import Ledger
from harvester.ledger.taken import TakenDocument, TakenPage, crawls, taken_documents, taken_pages

if TYPE_CHECKING:
    from harvester.archives.snapshot.exchange import Exchange, Kept
    from harvester.archives.snapshot.writer import SnapshotWriter

FOLDER = "snapshot"
_GROWING, _PACKED = ".warc.gz", ".wacz"


class Snapshots:
    """The folder `snapshot/` of a dataset; what writes and packs is loaded when there is something to write or pack.

    While a crawl goes its exchanges are in `<crawl>.warc.gz`; a whole `<crawl>.wacz` takes its place at the end.
    """

    def __init__(self, folder: Path, site: str, crawl: str, clock: Callable[[], datetime]) -> None:
        self.folder = folder / FOLDER
        self.site = site
        self.crawl = crawl
        self.clock = clock
        self._writer: SnapshotWriter | None = None

    @property
    def own(self) -> str:
        """Return the name of this crawl's own snapshot, once it is packed."""
        return f"{_name(self.crawl)}{_PACKED}"

    def keep(self, exchange: "Exchange") -> "Kept | None":
        """Write an exchange; return where its answer lies, None if none came. Raises OSError."""
        from harvester.archives.snapshot.exchange import Kept
        from harvester.archives.snapshot.writer import SnapshotWriter

        if self._writer is None:
            self._writer = SnapshotWriter(self.folder / f"{_name(self.crawl)}{_GROWING}", self.crawl)
        offset = self._writer.keep(exchange)
        return None if offset is None else Kept(_place(self.crawl), offset, exchange.time)

    def pack(self, ledgers: Sequence[Ledger]) -> None:
        """Pack what this crawl wrote and what killed ones left. Raises OSError.

        A leftover of which no ledger knows the crawl stays as it is: it may be of a build that is to be gone on with.
        """
        self.close()
        for warc in sorted(self.folder.glob(f"*{_GROWING}")):
            for ledger in ledgers:
                known = {_name(crawl): crawl for crawl in crawls(ledger.db)}
                if crawl := known.get(warc.name.removesuffix(_GROWING)):
                    self._pack(warc, crawl, ledger)
                    break

    def close(self) -> None:
        """Let go of the file that is being written; what is in it is whole, and packed by a later run if not now."""
        if self._writer is not None:
            self._writer.close()

    def discard(self) -> None:
        """Remove what this crawl wrote; OSError if that cannot be done."""
        self.close()
        if self._writer is not None:
            self._writer.path.unlink(missing_ok=True)
            self._remove_folder()

    def _pack(self, warc: Path, crawl: str, ledger: Ledger) -> None:
        """Put a WACZ in the place of a WARC file; one in which nothing was answered is removed.

        Where the ledger tells of a page that is not among the whole records, the disk has lost more than a kill can
        tear off: such a file is left for people to look at.
        """
        from harvester.archives.snapshot.contents import read_contents
        from harvester.archives.snapshot.package import WARC, Package, write_wacz

        packed = warc.with_name(f"{_name(crawl)}{_PACKED}")
        if not packed.exists():
            contents = read_contents(warc, WARC)
            taken = list(taken_pages(ledger.db, crawl, _place(crawl)))
            beside = list(taken_documents(ledger.db, crawl, _place(crawl)))
            offsets = [page.offset for page in taken] + [page.offset for page in beside]
            if not contents.asked.keys() >= set(offsets):
                return
            if contents.asked:
                pages = [_heading(self.site, crawl), *_listed(taken, beside, contents.asked)]
                package = Package(f"{self.site}, {crawl}", pages, self.clock())
                self._put(packed, lambda file: write_wacz(file, warc, contents, package))
        warc.unlink()
        self._remove_folder()

    def _put(self, path: Path, write: Callable[[IO[bytes]], None]) -> None:
        """Write a file that appears whole or not at all."""
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):  # what went wrong first is told, not this
                part.unlink()
            raise
        part.replace(path)
        sync_folder(self.folder)

    def _remove_folder(self) -> None:
        with suppress(OSError):  # something is in it
            self.folder.rmdir()


def _name(crawl: str) -> str:
    """Return a crawl's id as part of a file name: some systems have no colons in them."""
    return crawl.replace(":", "")


def _place(crawl: str) -> str:
    """Return where the captures of a crawl will lie, as provenance names it."""
    from harvester.archives.snapshot.package import WARC

    return f"{FOLDER}/{_name(crawl)}{_PACKED}#archive/{WARC}"


def _heading(site: str, crawl: str) -> dict[str, Any]:
    told = {"version": "1", "site": site, "crawl": crawl}
    return {"format": "json-pages-1.0", "id": "pages", "title": "Pages that the harvest took", "harvest": told}


def _listed(taken: Sequence[TakenPage], beside: Sequence[TakenDocument], asked: dict[int, str]) -> list[dict[str, Any]]:
    """Return the pages list: each page as it was asked for, and what the crawl made of it."""
    from harvester.archives.snapshot.package import WARC

    told = [(page, *_told_page(page)) for page in taken] + [(page, *_told_document(page)) for page in beside]
    listed = []
    for i, (page, title, said) in enumerate(told, 1):
        said |= {"file": WARC, "offset": page.offset, "digest": page.digest}
        listed.append(
            {"id": str(i), "url": asked[page.offset], "ts": page.captured_at, "title": title, "harvest": said}
        )
    return listed


def _told_page(page: TakenPage) -> tuple[str, dict[str, Any]]:
    title = f"{page.listing}, {Counter(*page.counter)}" if page.counter else page.listing
    said: dict[str, Any] = {"url": page.url, "listing": page.listing, "order": page.order, "begun": page.begun}
    return title, said | {"pass": page.number, "proving": page.proving, "cut_off": page.cut_off}


def _told_document(page: TakenDocument) -> tuple[str, dict[str, Any]]:
    return page.title, {"kind": page.kind, "url": page.url, "asked": list(page.asked)}
