"""A replay into a dataset: captures that somebody made before."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from harvester.captures import Capture, Taken, TakenBeside
from harvester.dataset.certificate import Trouble
from harvester.dataset.history import History
from harvester.dataset.kept import KeptFiles
from harvester.dataset.run import Run
from harvester.errors import HarvestError, PageError
from harvester.harvest.replay import Replayed
from harvester.harvest.walk import distrust_last
from harvester.items import Address, Document
from harvester.ledger import WalkKey
from harvester.sites import Site


class ReplayRun(Run):
    """Keeps captures, and why some of them could not be read or had."""

    kind = "replay"
    verb = "replay"
    again = ""

    def __init__(
        self,
        folder: Path,
        site: Site,
        clock: Callable[[], datetime],
        *,
        anew: bool = False,
        wanted: str | None = None,
        command: str | None = None,
    ) -> None:
        super().__init__(folder, site, clock, anew=anew, wanted=wanted, command=command)
        self.kept = KeptFiles(folder)

    def replayed(self, path: Path, replayed: Replayed, visit: str = "") -> None:
        """Keep a capture that was replayed from below a path.

        A `visit` that is named keeps it apart from captures of other times, though they have its total.
        """
        if replayed.document is not None:
            self._document(replayed.capture, replayed.document)
            return
        if replayed.wanted == "file" and replayed.error is None:
            self._file(replayed.capture)
            return
        if replayed.error is not None or replayed.reading is None:
            error = replayed.error or PageError("the capture was not read")
            self.unreadable(replayed.capture, error, replayed.wanted)
            return
        key, taken = self._captured(path, replayed, visit), replayed.capture.taken
        reading = distrust_last(replayed.reading) if isinstance(taken, Taken) and taken.cut_off else replayed.reading
        with self.guarding():
            self.ledger.add_page(self.number, key, replayed.address, replayed.capture, reading)
        self.pages += 1

    def _document(self, capture: Capture, document: Document) -> None:
        asked = capture.taken.asked if isinstance(capture.taken, TakenBeside) else ()
        with self.guarding():
            self.ledger.add_document(self.number, capture, document, asked)
        self.pages += 1

    def _file(self, capture: Capture) -> None:
        """Keep a file: first under its name, then in the ledger."""
        with self.guarding():
            self.ledger.add_file(self.number, self.kept.keep(capture))
        self.pages += 1

    def unreadable(self, capture: Capture, error: PageError, wanted: str | None = None) -> None:
        """Keep of a capture, or of a piece of an archive, why it could not be read; `wanted` is document or file."""
        with self.guarding():
            self.add_failure(capture, None, error, wanted)
        where = capture.file or capture.url
        self.troubles.append(Trouble(error.kind, f"{where}: {error.message}", error.advice, error.code))

    def pass_over(self, kind: str) -> None:
        """Count a capture that was not asked for: of another site, of another kind."""
        self.passed_over[kind] += 1

    def abandon(self, error: HarvestError) -> None:
        """End with nothing published: what was published stays as it is, and a folder that this run made goes."""
        self.pages = 0
        self.kept.take_back()
        if not self._in_vain():
            self._note_failure(History(self.site, self.folder), error)
        self._release()

    def _captured(self, path: Path, replayed: Replayed, visit: str) -> WalkKey:
        """Captures of one listing with one N are one walk; without a URL, those under one path with one N.

        Those of a crawl's own snapshot are the walk that they were.
        """
        assert replayed.reading is not None
        total = replayed.reading.counter.total if replayed.reading.counter else None
        address, taken = replayed.address, replayed.capture.taken
        if address is not None and isinstance(taken, Taken) and _stood_in(taken, address):
            proving = taken.proving and self.site.proof is not None and self.site.proof.order == taken.order
            return WalkKey("captured", taken.listing, taken.order, proving, number=taken.number, crawl=taken.begun)
        if address is not None:
            return WalkKey("captured", address.listing, address.order, scope=f"{total} {visit}".rstrip())
        place = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return WalkKey("captured", None, None, label=path.resolve().name, scope=f"{place} {total}")


def _stood_in(taken: Taken, address: Address) -> bool:
    """Return whether a page stood in the listing and order that its address is of."""
    return (taken.listing, taken.order) == (address.listing, address.order)
