"""One run into a dataset folder, from begin to end: what it brings goes to the ledger, and is published at the end."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from harvester.captures import Capture
from harvester.dataset.certificate import Trouble, exit_code
from harvester.dataset.documents import brought_by, lacks
from harvester.dataset.fresh import FRESH, Rebuilding
from harvester.dataset.history import History
from harvester.dataset.made_from import MadeFrom, parse_made
from harvester.dataset.news import News, say_requests
from harvester.dataset.package import readers
from harvester.dataset.publish import Published, certify, is_published, publish
from harvester.dataset.retention import Retention
from harvester.dataset.screen import say
from harvester.dataset.snapshots import Snapshots
from harvester.errors import Exit, HarvestError, PageError, worst
from harvester.ledger import FILE, Ledger, Projection, explain_fault
from harvester.sites import Site

# How a run's start is told: of two runs the newer one gives the record, so to the microsecond.
STARTED = "%Y-%m-%dT%H:%M:%S.%fZ"
# A walk whose last page is older is begun anew: the account of one walk should tell of one time. So is a rebuild.
LONGEST_HELD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: its exit code, and the lines of the last screen."""

    code: Exit
    lines: list[str]


class Run:
    """Holds the ledger from begin to end; whatever happens between, what was published before stays whole.

    With `anew` a dataset that stands is built again aside, and replaced at the end if the run was a success. `again` is
    what to do again where something is missing; nothing, where the same captures would come. `wanted` is what the run
    is to bring beside listings: "documents", "documents files";
    `command` is the verb that began it, where it is not `verb`.
    """

    kind: ClassVar[str]
    verb: ClassVar[str]
    again: ClassVar[str]

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
        since = (clock() - LONGEST_HELD).strftime(STARTED)
        self.rebuilding = Rebuilding(folder, site.name, since) if anew and standing else None
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

    def end(self, *, finished: bool = True, cut: Trouble | None = None, requests: int = 0, size: int = 0) -> Result:
        """Publish if a page was read, let go of the ledger, and say what there is now.

        `finished` says whether the crawl came to its end by itself, `cut` what else ended it; `requests` is what was
        asked for, and `size` what came, in bytes.

        How the run ended is the last thing that the ledger is told: killed before, it stands there as not ended, with
        what it had asked for if it came as far as publishing.
        """
        self.requests = requests
        told = History(self.site, self.folder, requests, size)
        try:
            if self.fatal is not None:
                raise self.fatal
            with self.guarding():
                self._note(told, self.troubles)
                result = self._published(finished=finished)
                code = result.code if cut is None else cut.code
                self._note(told, [*self.troubles, *([cut] if cut else [])], self._now(), code)
                return result
        except BaseException as error:
            self._note_failure(told, error)
            raise
        finally:
            self._release()

    def _published(self, *, finished: bool) -> Result:
        if not self._in_vain():
            self.snapshots.pack(self._ledgers())  # before what is published lets the ledger forget
        if not self.pages and is_published(self.ledger):
            return self._nothing()
        self.ledger.finish_run(self.number, self._now(), self.passed_over)
        if self.rebuilding is not None:
            return self._rebuilt(self.rebuilding, finished=finished and self.begun)
        return self._certified(self._publish())

    def _note_failure(self, told: History, error: BaseException) -> None:
        """Note as well as can be that the run ended by an error of the dataset or the program, which is told anyway."""
        with suppress(HarvestError, sqlite3.ProgrammingError):  # the ledger may be what failed, or closed by then
            trouble = Trouble.unforeseen(error)
            self._note(told, [*self.troubles, trouble], self._now(), trouble.code)

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

    def _publish(self) -> Published:
        published = publish(self.ledger, self.site, self.retention.versions_since(self.clock()))
        self.told += self.retention.remove_snapshots(self.folder)
        return published

    def _certified(self, published: Published) -> Result:
        listings = published.listings(self.number)
        documents = published.coverage["documents"]
        code = self._code(listings, documents)
        facts = [
            f"{published.records} records in {self.folder / 'records.jsonl'}",
            *self._said_news(published),
            *self.told,
            *self._said_passed_over(),
        ]
        return Result(code, say(listings, self.troubles, facts, code, self.again, documents))

    def _said_news(self, published: Published) -> list[str]:
        """Return what an update found, and what it asked for, in a line; of another run nothing."""
        if self.command != "update":
            return []
        found = News.of_run(self.ledger.db, self.number).say(published, self.number)
        return [f"{found}; {say_requests(self.requests, self.unchanged_pages)}" if self.requests else found]

    def _code(self, listings: list[dict[str, Any]], documents: dict[str, Any] | None) -> Exit:
        lacking = lacks(documents, self.wanted, brought=brought_by(documents, self.number))
        return exit_code(listings, self.troubles, lacking=lacking)

    def _said_passed_over(self) -> list[str]:
        kinds = sorted(self.passed_over.items(), key=lambda item: (-item[1], item[0]))
        told, total = ", ".join(f"{number:,} {kind}" for kind, number in kinds), self.passed_over.total()
        return [f"{total:,} capture{'s' * (total > 1)} passed over: {told}"] if told else []

    def _rebuilt(self, rebuilding: Rebuilding, *, finished: bool) -> Result:
        """Let the fresh build take its place if all of it is whole; else keep it aside, to be gone on with."""
        coverage = certify(self.ledger, Projection(self.ledger, self.site))
        listings, documents = coverage["listings"], coverage["documents"]
        whole = finished and (listings or documents)
        code = worst([self._code(listings, documents), Exit.COMPLETE if whole else Exit.INCOMPLETE])
        if code == Exit.COMPLETE:
            self.ledger = rebuilding.take_place()
            self.told += rebuilding.told
            self.ledger.note_holder(self._now())
            return self._certified(self._publish())
        facts = [f"{self.folder} stays as it was; what was read anew is kept aside, and gone on with by --fresh."]
        return Result(code, say(listings, self.troubles, facts, code, self.again, documents))

    def _nothing(self) -> Result:
        code = worst([Exit.INCOMPLETE, *(trouble.code for trouble in self.troubles)])
        made = self.first and self.rebuilding is None
        kept = "nothing was written" if made else f"{self.folder} stays as it was"
        facts = [f"No page could be read; {kept}.", *self.told, *self._said_passed_over()]
        return Result(code, say([], self.troubles, facts, code, self.again))

    def _unmake(self) -> None:
        """Remove what this run made in vain."""
        with suppress(OSError):  # a failing disk, which has been told of; or somebody has put something into the folder
            for end in ("", "-wal", "-shm"):
                self.ledger.path.with_name(self.ledger.path.name + end).unlink(missing_ok=True)
            self.snapshots.discard()
            if self.made_folder:
                self.folder.rmdir()
