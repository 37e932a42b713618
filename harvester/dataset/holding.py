"""What a run into a dataset folder holds from begin to end: the ledger, alone; its clock; what went wrong."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from harvester.captures import Capture
from harvester.dataset.certificate import Trouble
from harvester.dataset.fresh import FRESH, Rebuilding
from harvester.dataset.history import History
from harvester.dataset.made_from import MadeFrom, parse_made
from harvester.dataset.package import readers
from harvester.dataset.retention import Retention
from harvester.dataset.snapshots import Snapshots
from harvester.errors import Exit, HarvestError, PageError
from harvester.ledger import FILE, Ledger, explain_fault
from harvester.sites import Site

# How a run's start is told: of two runs the newer one gives the record, so to the microsecond.
STARTED = "%Y-%m-%dT%H:%M:%S.%fZ"
# A walk whose last page is older is begun anew: the account of one walk should tell of one time. So is a rebuild.
LONGEST_HELD = timedelta(days=7)


class Holding:
    """Holds the ledger from begin to end; whatever happens between, what was published before stays whole.

    With `anew` a dataset that stands is built again aside. `wanted` is what the run is to bring beside listings:
    "documents", "documents files"; `command` is the verb that began it, where it is not `verb`.
    """

    kind: ClassVar[str]
    verb: ClassVar[str]

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
        self.folder = folder
        self.site = site
        self.clock = clock
        self.wanted = wanted
        self.command = command or self.verb
        self.made_folder = not folder.exists()
        standing = (folder / FILE).exists() or (folder / "records.jsonl").exists()
        self.first = not (folder / (FRESH if anew and standing else FILE)).exists()
        self.rebuilding = Rebuilding(folder, site.name, self._since()) if anew and standing else None
        self.ledger = self.rebuilding.ledger if self.rebuilding else Ledger(folder, site.name)
        self.begun = False
        self.paused_until: datetime | None = None
        self.pages = self.unchanged_pages = self.requests = 0
        self.passed_over: Counter[str] = Counter()
        self.troubles: list[Trouble] = []
        self.told: list[str] = []
        self.retention = Retention()
        self.fatal: HarvestError | None = None
        started = clock().strftime(STARTED)
        self.snapshots = Snapshots(folder, site.name, started, clock)
        try:
            for ledger in self._ledgers():
                ledger.note_holder(self._now())
            self.number = self._begin(started, self.command)
        except HarvestError:
            self._release()
            raise

    def _begin(self, started: str, command: str) -> int:
        """Begin the run; return its number, which a rebuild has in both ledgers."""
        if self.rebuilding is None:
            return self.ledger.begin_run(self.kind, started, readers(), self.wanted, command)
        number = self.rebuilding.next_run()
        for ledger in self._ledgers():
            of_this = command if ledger is self.ledger else f"{command} --fresh"
            ledger.begin_run(self.kind, started, readers(), self.wanted, of_this, number)
        return number

    def _since(self) -> str:
        """Return the time before which what was begun is begun anew."""
        return (self.clock() - LONGEST_HELD).strftime(STARTED)

    def _now(self) -> str:
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Remember an error of the dataset itself: the run ends with it, whatever the engine makes of it."""
        try:
            yield
        except HarvestError as error:
            self.fatal = error
            raise
        except (OSError, sqlite3.Error) as error:
            self.fatal = explain_fault(error, self.ledger.path)
            raise self.fatal from error

    def note_made(self, made: MadeFrom, *, instead: bool = False) -> None:
        """Keep what the dataset is made from, beside what it was made from before or `instead` of it."""
        with self.guarding():
            held = None if instead else parse_made(self.ledger.made_from(), self.folder)
            self.ledger.note_made(made.after(held).as_json())

    def note_confirmations(self, withdraw_after: int) -> None:
        """Keep after how many complete walks that show a record no more it counts as withdrawn."""
        with self.guarding():
            self.ledger.note_confirmations(withdraw_after)

    def not_before(self) -> datetime | None:
        """Return the time before which the server asked not to be asked again."""
        known = [text for ledger in self._ledgers() if (text := ledger.not_before())]
        return max(map(datetime.fromisoformat, known), default=None)

    def wait_until(self, until: datetime) -> None:
        """Keep until when the server asked to be left alone: the next run holds to it too."""
        with self.guarding():
            for ledger in self._ledgers():
                ledger.note_not_before(until.isoformat())
        self.paused_until = until

    def _ledgers(self) -> list[Ledger]:
        standing = self.rebuilding.standing if self.rebuilding else None
        return [self.ledger] if standing is None else [self.ledger, standing]

    def add_failure(self, capture: Capture, listing: str | None, error: PageError, wanted: str | None = None) -> None:
        """Keep a page that could not be read, with no address of a copy or of this very machine in what is told.

        `wanted` is document or file where it was to be no page of a listing.
        """
        text = self.site.fold_hosts(capture.text[:500]) if capture.medium != "binary" else ""
        url = self.site.fold_hosts(self.site.canonical_url(capture.url)) if capture.url else None
        kept, message = replace(capture, url=url), self.site.fold_hosts(error.message)
        self.ledger.add_failure(self.number, kept, listing, error.kind, message, text, wanted)

    def _note(self, told: History, troubles: list[Trouble], ended: str | None = None, code: Exit | None = None) -> None:
        """Note how the run goes, or ended, in each ledger that stays."""
        for ledger in self._ledgers():
            if ledger is not self.ledger or not self._in_vain():
                told.note(ledger, self.number, troubles, ended, code)

    def _release(self) -> None:
        """Let go of what is held; remove what was made in vain."""
        self.snapshots.close()
        self.ledger.close()
        if self.rebuilding is not None:
            self.rebuilding.release()
        if self._in_vain():
            self._unmake()

    def _in_vain(self) -> bool:
        """Return whether nothing is to stay of a first run: no page was read, nor are we to come back later."""
        paused = self.paused_until is not None and self.paused_until > self.clock()
        return self.first and not self.pages and not paused

    def _unmake(self) -> None:
        """Remove what this run made in vain."""
        with suppress(OSError):  # a failing disk, which has been told of; or somebody has put something into the folder
            for end in ("", "-wal", "-shm"):
                self.ledger.path.with_name(self.ledger.path.name + end).unlink(missing_ok=True)
            self.snapshots.discard()
            if self.made_folder:
                self.folder.rmdir()
