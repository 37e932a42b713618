"""A web archive's captures into a dataset: a replay that asks for what it lacks, and can be gone on with."""

from collections.abc import Collection, Sequence

from harvester.captures import Capture
from harvester.dataset.certificate import Trouble
from harvester.dataset.replay import ReplayRun
from harvester.errors import PageError
from harvester.items import Document
from harvester.ledger import HeldCapture, WalkKey
from harvester.ledger.due import Due
from harvester.ledger.lacking import document_times, lacking_documents


class MementoRun(ReplayRun):
    """Keeps captures as they are had, and knows which are held."""

    again = "run the same command again"

    def held(self, listing: str) -> list[HeldCapture]:
        """Return the captures of a listing that earlier runs brought; this one tells of them too."""
        with self.guarding():
            held = self.ledger.held_captures(self.number, listing)
        self.pages += len(held)
        return held

    def share(self, listing: str, order: str | None, total: int | None, capture: tuple[str, str], visit: str) -> None:
        """Let a capture that is held (its time, its URL) be of another visit's walk too."""
        captured_at, url = capture
        key = WalkKey("captured", listing, order, scope=f"{total} {visit}".rstrip())
        with self.guarding():
            self.ledger.share_capture(self.number, key, url, captured_at)

    def due_documents(self, listings: Collection[str]) -> Due:
        """Return the documents of some listings that the ledger lacks."""
        with self.guarding():
            return lacking_documents(self.ledger.db, self.site, listings)

    def documented(self, capture: Capture, document: Document, asked: Sequence[str] = ()) -> None:
        """Keep a document's page, and the addresses that led to it."""
        with self.guarding():
            self.ledger.add_document(self.number, capture, document, asked)
        self.pages += 1

    def undocumented(self, address: str, error: PageError) -> None:
        """Keep why no page of a document could be had."""
        with self.guarding():
            self.add_failure(Capture(b"", url=address), None, error, "document")
        self.stopped(error)

    def document_times(self) -> tuple[str, str]:
        """Return when the oldest and the newest page held of a document were captured."""
        with self.guarding():
            return document_times(self.ledger.db)

    def stopped(self, error: PageError) -> None:
        """Remember what was not had besides listings, and why."""
        self.troubles.append(Trouble.of(error))

    def tell(self, fact: str) -> None:
        """Put a line on the last screen, once however often it is told."""
        if fact not in self.told:
            self.told.append(fact)

    def missed(self, listing: str, error: PageError, capture: Capture | None = None) -> None:
        """Keep why a listing's captures, or one of them, could not be had."""
        if capture is not None:
            with self.guarding():
                self.add_failure(capture, listing, error)
        self.troubles.append(Trouble.of(error, listing))
