"""What the spiders ask of the one who keeps their pages."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from harvester.captures import Capture
from harvester.dataset.files import Part
from harvester.errors import PageError
from harvester.harvest.confirmed import HeldPage
from harvester.harvest.passes import ListingPasses
from harvester.harvest.replay import Replayed
from harvester.items import Document, Reading
from harvester.ledger import HeldCapture
from harvester.ledger.due import Due


class Journal(Protocol):
    """Where pages go when a dataset is made; without one, records go to Scrapy's feeds."""

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Take the listings before they are walked; what is held of one already may be skipped."""

    def held_page(self, version_url: str) -> HeldPage | None:
        """Return the page held of an address, to ask whether it changed; None if it is to come whole."""

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Keep a page that was read and is in step, then move the walk on."""

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0.0
    ) -> None:
        """Take a page that could not be read: `final` if its walk stops there, else it is asked again after `wait`."""

    def not_before(self) -> datetime | None:
        """Return the time before which an earlier run was asked not to come again."""

    def wait_until(self, until: datetime) -> None:
        """Keep until when the server asked to be left alone."""


class DocumentJournal(Protocol):
    """Where documents and files go."""

    def stumbled(self, error: PageError, wait: float) -> None:
        """Take what came in the place of an answer that is asked for again after `wait` seconds."""

    def due_documents(self) -> Due:
        """Return the addresses of the documents that are to be fetched, in their order."""

    def document(self, capture: Capture, document: Document, asked: Sequence[str]) -> None:
        """Keep a document's page that was read; `asked` are the addresses that led to it."""

    def due_files(self) -> Due:
        """Return the addresses of the files that are to be fetched, in their order."""

    def part(self, url: str) -> Part:
        """Return what earlier tries brought of a file."""

    def file(self, part: Part, capture: Capture, media_type: str | None) -> None:
        """Keep a file that has come whole; the capture says when, not what."""

    def lacking(self, wanted: str, capture: Capture, error: PageError, *, ended: bool = False) -> None:
        """Take why a document or file (`wanted`) could not be had; `ended` if nothing more is asked because of it."""

    def files_done(self) -> None:
        """Take that every file was asked for."""


class FollowingJournal(Journal, DocumentJournal, Protocol):
    """Where documents and files go beside listings."""


class MementoJournal(DocumentJournal, Protocol):
    """Where a web archive's captures go."""

    def held(self, listing: str) -> list[HeldCapture]:
        """Return the captures of a listing that earlier runs brought."""

    def replayed(self, path: Path, replayed: Replayed, visit: str = "") -> None:
        """Keep a capture that was read; a `visit` that is named keeps it apart from captures of other times."""

    def share(self, listing: str, order: str | None, total: int | None, capture: tuple[str, str], visit: str) -> None:
        """Let a capture that was kept (its time, its URL) be of another visit's walk too."""

    def missed(self, listing: str, error: PageError, capture: Capture | None = None) -> None:
        """Take why a listing's captures, or one of them, could not be had."""

    def indexed(self, lines: int) -> None:
        """Take how many lines of the index were read until now."""

    def planned(self, listing: str, rows: int, total: int | None) -> None:
        """Take how far the walk under way through a listing is: `rows` read, of `total` if that is known."""

    def document_times(self) -> tuple[str, str]:
        """Return when the oldest and the newest page held of a document were captured; empty where none is held."""

    def gathered(self, kind: str, done: int, total: int) -> None:
        """Take how many of the documents, or of the files, were gathered until now."""

    def stopped(self, error: PageError) -> None:
        """Take why nothing more is asked for in this run."""

    def tell(self, fact: str) -> None:
        """Put a line on the last screen."""

    def not_before(self) -> datetime | None:
        """Return the time before which an earlier run was asked not to come again."""

    def wait_until(self, until: datetime) -> None:
        """Keep until when the server asked to be left alone."""
