"""One run into a dataset folder, a crawl or a replay: what it brings goes to the ledger and is published at the end."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.archives.snapshot.exchange import Exchange, Kept
from harvester.captures import Capture
from harvester.dataset.certificate import Trouble, exit_code, say
from harvester.dataset.fresh import FRESH, Rebuilding, refuse_to_drop
from harvester.dataset.package import readers
from harvester.dataset.publish import Published, certify, is_published, publish
from harvester.dataset.snapshots import Snapshots
from harvester.errors import Exit, HarvestError, PageError, worst
from harvester.harvest.passes import ListingPasses
from harvester.harvest.replay import Replayed
from harvester.harvest.walk import distrust_last
from harvester.items import Reading
from harvester.ledger import FILE, HeldCapture, Ledger, Projection, WalkKey, explain_fault
from harvester.sites import Site

# A walk whose last page is older is begun anew: the account of one walk should tell of one time.
LONGEST_HELD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: its exit code, and the lines of the last screen."""

    code: Exit
    lines: list[str]


class Run:
    """Holds the ledger from begin to end; whatever happens between, what was published before stays whole.

    With `anew` a dataset that stands is built again aside, and replaced at the end if the run was a success.
    """

    def __init__(
        self, folder: Path, site: Site, kind: str, clock: Callable[[], datetime], *, anew: bool = False
    ) -> None:
        self.folder = folder
        self.site = site
        self.clock = clock
        self.made_folder = not folder.exists()
        standing = (folder / FILE).exists() or (folder / "records.jsonl").exists()
        self.first = not (folder / (FRESH if anew and standing else FILE)).exists()
        self.rebuilding = Rebuilding(folder, site.name) if anew and standing else None
        self.ledger = self.rebuilding.ledger if self.rebuilding else Ledger(folder, site.name)
        self.begun = False
        self.paused_until: datetime | None = None
        self.pages = 0
        self.passed_over: Counter[str] = Counter()
        self.resumed: dict[tuple[str, str | None], int] = {}
        self.troubles: list[Trouble] = []
        self.told: list[str] = []
        self.fatal: HarvestError | None = None
        # To the microsecond: of two runs the newer one gives the record.
        started = clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.snapshots = Snapshots(folder, site.name, started, clock)
        try:
            for ledger in self._ledgers():
                ledger.note_holder(self._now())
            self.number = self.ledger.begin_run(kind, started, readers())
        except HarvestError:
            self._release()
            raise

    def _now(self) -> str:
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def begin(self, listings: Iterable[ListingPasses]) -> None:
        """Begin the account of each listing, or go on with one that an earlier run could not end or not publish.

        A listing of which no page can be had is accounted for too.
        """
        with self._fatal():
            listings = list(listings)
            if self.rebuilding is not None:
                refuse_to_drop(self.folder, [passes.listing for passes in listings])
            self.begun = True
            since = (self.clock() - LONGEST_HELD).strftime("%Y-%m-%dT%H:%M:%SZ")
            for passes in listings:
                held = self.ledger.held(self._live(passes), since) if passes.walk.site.paging == "numbered" else None
                if held is not None:
                    passes.resume(held.number, held.pages, held.before)
                    self.resumed[passes.listing, passes.order] = held.begun
                self.ledger.begin_walk(self.number, self._live(passes))

    @contextmanager
    def _fatal(self) -> Iterator[None]:
        """Remember an error of the dataset itself: the run ends with it, whatever the engine makes of it."""
        try:
            yield
        except HarvestError as error:
            self.fatal = error
            raise
        except (OSError, sqlite3.Error) as error:
            self.fatal = explain_fault(error, self.ledger.path)
            raise self.fatal from error

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Keep a page of a live walk, and move the walk on; raises the PageError of a walk that cannot go on."""
        assert passes.walk.ask is not None
        key, address = self._live(passes), passes.walk.ask.address
        remarks: list[str] = []
        try:
            remarks = passes.take(reading)
        finally:
            told = [self.site.fold_hosts(remark) for remark in remarks]
            with self._fatal():
                self.ledger.add_page(self.number, key, address, capture, reading, told)
            self.pages += 1

    def keep(self, exchange: Exchange) -> Kept | None:
        """Keep an exchange in the crawl's snapshot; return where its answer lies."""
        with self._fatal():
            return self.snapshots.keep(exchange)

    def not_before(self) -> datetime | None:
        """Return the time before which the server asked not to be asked again."""
        known = [text for ledger in self._ledgers() if (text := ledger.not_before())]
        return max(map(datetime.fromisoformat, known), default=None)

    def wait_until(self, until: datetime) -> None:
        """Keep until when the server asked to be left alone: the next run holds to it too."""
        with self._fatal():
            for ledger in self._ledgers():
                ledger.note_not_before(until.isoformat())
        self.paused_until = until

    def _ledgers(self) -> list[Ledger]:
        standing = self.rebuilding.standing if self.rebuilding else None
        return [self.ledger] if standing is None else [self.ledger, standing]

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0
    ) -> None:
        """Keep a page of a live walk that could not be had; if not `final`, it is asked again and nothing kept."""
        if not final:
            return
        kept = capture or Capture(b"", url=self.site.canonical_url(passes.walk.start_url))
        with self._fatal():
            self._add_failure(kept, passes.listing, error)
        self.troubles.append(Trouble.of(error, passes.listing))

    def _add_failure(self, capture: Capture, listing: str | None, error: PageError) -> None:
        """Keep a page that could not be read, with no address of a copy or of this very machine in what is told."""
        text = self.site.fold_hosts(capture.text[:500]) if capture.medium != "binary" else ""
        url = self.site.fold_hosts(self.site.canonical_url(capture.url)) if capture.url else None
        self.ledger.add_failure(
            self.number, replace(capture, url=url), listing, error.kind, self.site.fold_hosts(error.message), text
        )

    def replayed(self, path: Path, replayed: Replayed, visit: str = "") -> None:
        """Keep a capture that was replayed from below a path.

        A `visit` that is named keeps it apart from captures of other times, though they have its total.
        """
        if replayed.error is not None or replayed.reading is None:
            self.unreadable(replayed.capture, replayed.error or PageError("the capture was not read"))
            return
        key, taken = self._captured(path, replayed, visit), replayed.capture.taken
        reading = distrust_last(replayed.reading) if taken and taken.cut_off else replayed.reading
        with self._fatal():
            self.ledger.add_page(self.number, key, replayed.address, replayed.capture, reading)
        self.pages += 1

    def held(self, listing: str) -> list[HeldCapture]:
        """Return the captures of a listing that earlier runs brought; this one tells of them too."""
        with self._fatal():
            held = self.ledger.held_captures(self.number, listing)
        self.pages += len(held)
        return held

    def share(self, listing: str, order: str | None, total: int | None, capture: tuple[str, str], visit: str) -> None:
        """Let a capture that is held (its time, its URL) be of another visit's walk too."""
        captured_at, url = capture
        key = WalkKey("captured", listing, order, scope=f"{total} {visit}".rstrip())
        with self._fatal():
            self.ledger.share_capture(self.number, key, url, captured_at)

    def missed(self, listing: str, error: PageError, capture: Capture | None = None) -> None:
        """Keep why a listing's captures, or one of them, could not be had."""
        if capture is not None:
            with self._fatal():
                self._add_failure(capture, listing, error)
        self.troubles.append(Trouble.of(error, listing))

    def tell(self, fact: str) -> None:
        """Put a line on the last screen."""
        self.told.append(fact)

    def unreadable(self, capture: Capture, error: PageError) -> None:
        """Keep of a capture, or of a piece of an archive, why it could not be read."""
        with self._fatal():
            self._add_failure(capture, None, error)
        where = capture.file or capture.url
        self.troubles.append(Trouble(error.kind, f"{where}: {error.message}", error.advice, error.code))

    def pass_over(self, kind: str) -> None:
        """Count a capture that was not asked for: of another site, of another kind."""
        self.passed_over[kind] += 1

    def _live(self, passes: ListingPasses) -> WalkKey:
        begun = self.resumed.get((passes.listing, passes.order))
        walk = passes.walk
        return WalkKey("live", walk.listing, passes.order, passes.proving, begun=begun, number=passes.number)

    def _captured(self, path: Path, replayed: Replayed, visit: str) -> WalkKey:
        """Captures of one listing with one N are one walk; without a URL, those under one path with one N.

        Those of a crawl's own snapshot are the walk that they were.
        """
        assert replayed.reading is not None
        total = replayed.reading.counter.total if replayed.reading.counter else None
        address, taken = replayed.address, replayed.capture.taken
        if address is not None and taken and (taken.listing, taken.order) == (address.listing, address.order):
            proving = taken.proving and self.site.proof is not None and self.site.proof.order == taken.order
            return WalkKey("captured", taken.listing, taken.order, proving, number=taken.number, crawl=taken.begun)
        if address is not None:
            return WalkKey("captured", address.listing, address.order, scope=f"{total} {visit}".rstrip())
        place = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return WalkKey("captured", None, None, label=path.resolve().name, scope=f"{place} {total}")

    def end(self, *, finished: bool = True) -> Result:
        """Publish if a page was read, let go of the ledger, and say what there is now.

        `finished` says whether the crawl came to its end by itself.
        """
        try:
            if self.fatal is not None:
                raise self.fatal
            with self._fatal():
                if not self._in_vain():
                    self.snapshots.pack(self._ledgers())  # before what is published lets the ledger forget
                if not self.pages and is_published(self.ledger):
                    return self._nothing()
                self.ledger.finish_run(self.number, self._now(), self.passed_over)
                if self.rebuilding is not None:
                    return self._rebuilt(self.rebuilding, finished=finished and self.begun)
                return self._certified(publish(self.ledger, self.site))
        finally:
            self._release()

    def abandon(self) -> None:
        """End with nothing published: what was published stays as it is, and a folder that this run made goes."""
        self.pages = 0
        self._release()

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

    def _certified(self, published: Published) -> Result:
        listings: list[dict[str, Any]] = published.listings(self.number)
        code = exit_code(listings, self.troubles)
        facts = [
            f"{published.records} records in {self.folder / 'records.jsonl'}",
            *self.told,
            *self._said_passed_over(),
        ]
        return Result(code, say(listings, self.troubles, facts, code))

    def _said_passed_over(self) -> list[str]:
        kinds = sorted(self.passed_over.items(), key=lambda item: (-item[1], item[0]))
        told = ", ".join(f"{number:,} {kind}" for kind, number in kinds)
        return [f"{self.passed_over.total():,} captures passed over: {told}"] if told else []

    def _rebuilt(self, rebuilding: Rebuilding, *, finished: bool) -> Result:
        """Let the fresh build take its place if all of it is whole; else keep it aside, to be gone on with."""
        listings = certify(self.ledger, Projection(self.ledger, self.site))["listings"]
        code = worst([exit_code(listings, self.troubles), Exit.COMPLETE if finished and listings else Exit.INCOMPLETE])
        if code == Exit.COMPLETE:
            self.ledger = rebuilding.take_place()
            self.ledger.note_holder(self._now())
            return self._certified(publish(self.ledger, self.site))
        facts = [f"{self.folder} stays as it was; what was read anew is kept aside, and gone on with by --fresh."]
        return Result(code, say(listings, self.troubles, facts, code))

    def _nothing(self) -> Result:
        code = worst([Exit.INCOMPLETE, *(trouble.code for trouble in self.troubles)])
        made = self.first and self.rebuilding is None
        kept = "nothing was written" if made else f"{self.folder} stays as it was"
        facts = [f"No page could be read; {kept}.", *self.told, *self._said_passed_over()]
        return Result(code, say([], self.troubles, facts, code))

    def _unmake(self) -> None:
        """Remove what this run made in vain."""
        with suppress(OSError):  # a failing disk, which has been told of; or somebody has put something into the folder
            for end in ("", "-wal", "-shm"):
                self.ledger.path.with_name(self.ledger.path.name + end).unlink(missing_ok=True)
            self.snapshots.discard()
            if self.made_folder:
                self.folder.rmdir()
