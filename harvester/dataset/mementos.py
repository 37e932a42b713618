"""A web archive's captures into a dataset: a replay that asks for what it lacks, and can be gone on with."""

from functools import cached_property

from harvester.captures import Capture
from harvester.dataset.beside import BesideRun
from harvester.dataset.certificate import Trouble
from harvester.dataset.replay import ReplayRun
from harvester.errors import PageError
from harvester.ledger import HeldCapture, WalkKey
from harvester.ledger.due import Due
from harvester.ledger.lacking import document_times, lacking_documents, lacking_files


class MementoRun(ReplayRun, BesideRun):
    """Keeps captures as they are had, and knows which are held. `listings` are those that were asked about."""

    verb = "crawl"
    again = "run the same command again"

    @cached_property
    def listings(self) -> list[str]:
        """Return the listings of the run."""
        return []

    def held(self, listing: str) -> list[HeldCapture]:
        """Return the captures of a listing that earlier runs brought; this one tells of them too."""
        with self.guarding():
            held = self.ledger.held_captures(self.number, listing)
        self.pages += len(held)
        self.listings.append(listing)
        return held

    def share(self, listing: str, order: str | None, total: int | None, capture: tuple[str, str], visit: str) -> None:
        """Let a capture that is held (its time, its URL) be of another visit's walk too."""
        captured_at, url = capture
        key = WalkKey("captured", listing, order, scope=f"{total} {visit}".rstrip())
        with self.guarding():
            self.ledger.share_capture(self.number, key, url, captured_at)

    def due_documents(self) -> Due:
        """Return the documents of the run's listings that the ledger lacks."""
        with self.guarding():
            return lacking_documents(self.ledger.db, self.site, self.listings)

    def due_files(self) -> Due:
        """Return the files of the documents of the run's listings that the ledger lacks."""
        with self.guarding():
            return lacking_files(self.ledger.db, self.site, self.listings)

    def document_times(self) -> tuple[str, str]:
        """Return when the oldest and the newest page held of a document were captured."""
        with self.guarding():
            return document_times(self.ledger.db)

    def stopped(self, error: PageError) -> None:
        """Remember why nothing more was asked for."""
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
