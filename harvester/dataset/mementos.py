"""A web archive's captures into a dataset: a replay that asks for what it lacks, and can be gone on with."""

from harvester.captures import Capture
from harvester.dataset.certificate import Trouble
from harvester.dataset.replay import ReplayRun
from harvester.errors import PageError
from harvester.ledger import HeldCapture, WalkKey


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
