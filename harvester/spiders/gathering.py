"""Gathers listings from a web archive: capture after capture, as each listing's plan says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.archives.wayback import (
    Candidate,
    Plan,
    Read,
    candidate_of,
    memento_url,
)
from harvester.archives.wayback.candidates import bare_host
from harvester.captures import Capture
from harvester.errors import MissingMemento, NotArchived, PageError
from harvester.harvest.records import entry_id
from harvester.harvest.replay import Replayed, replay
from harvester.items import Entry, Reading
from harvester.ledger import HeldCapture
from harvester.sites import Site
from harvester.spiders.courtesy import Ended
from harvester.spiders.indexing import IndexAsking
from harvester.spiders.journal import MementoJournal
from harvester.spiders.wayback_captures import fetch_capture
from harvester.spiders.wayback_documents import DocumentGathering
from harvester.spiders.wayback_files import FileGathering

if TYPE_CHECKING:
    from harvester.spiders.wayback import WaybackSpider

_ANYWHERE = Path()  # captures of a web archive have addresses, so that no folder tells them apart


@dataclass(slots=True)
class Tally:
    """What is said of a listing at the end, and the failures that count only if rows are missing then."""

    captures: int = 0
    times: list[str] = field(default_factory=list)
    failures: list[tuple[PageError, Capture]] = field(default_factory=list)
    poor: list[tuple[Replayed, str]] = field(default_factory=list)

    def say(self, listing: str) -> str:
        """Return it in a line."""
        pages = f"{len(self.times)} page{'s' * (len(self.times) != 1)}"
        first, last = min(self.times, default="")[:10], max(self.times, default="")[:10]
        days = f" from {first} to {last}" if first != last else f" of {first}" if first else ""
        failed = len(self.failures) + len(self.poor)
        lost = f", {failed} could not be had whole" if failed else ""
        return f"{listing}: {pages}{days}, {self.captures} captures in the index{lost}"


class Gathering:
    """All listings of one run. The spider asks; here is decided what for."""

    def __init__(self, spider: "WaybackSpider", journal: MementoJournal) -> None:
        self.spider = spider
        self.journal = journal
        self.site: Site = spider.site
        self.home = bare_host(self.site.base_url)

    async def gather(self) -> None:
        """Gather the listings, one after the other, then their documents where they are wanted.

        An archive that is not to be asked any more ends the run; one that has nothing of a listing may have the next.
        """
        current = next(iter(self.spider.addresses))
        try:
            found = await IndexAsking(self.spider, self.journal).ask()
            for current in self.spider.addresses:
                try:
                    await self._gather_one(current, found[current])
                except NotArchived as nothing:
                    self.journal.missed(current, nothing)
        except (Ended, PageError) as end:
            if (error := _cause(end)) is not None:
                self.journal.missed(current, error)
        else:
            await self._gather_beside()

    async def _gather_beside(self) -> None:
        """Gather what is wanted beside listings."""
        try:
            if "documents" in self.spider.wanted:
                await DocumentGathering(self.spider, self.journal).gather()
            if "files" in self.spider.wanted:
                await FileGathering(self.spider, self.journal, self.spider.most_bytes).gather()
        except (Ended, PageError) as end:
            if (error := _cause(end)) is not None:
                self.journal.stopped(error)

    async def _gather_one(self, listing: str, captures: list[Candidate]) -> None:
        held = self.journal.held(listing)
        if not captures and not held:
            raise NotArchived(f"the web archive's index has no capture of {listing}")
        reads = [read for capture in held if (read := self._read_held(capture)) is not None]
        plan, tally = Plan(captures, self.home, reads), Tally(len(captures))
        tally.times = [time for time, _ in {(capture.captured_at, capture.url) for capture in held}]
        for capture in held:
            plan.stock.drop((capture.captured_at, capture.url))
        try:
            while (candidate := self._next(listing, plan)) is not None:
                await self._take(listing, candidate, plan, tally)
                self.journal.planned(listing, plan.rows, plan.total)
        finally:
            self._close(listing, plan, tally)

    def _next(self, listing: str, plan: Plan) -> Candidate | None:
        candidate = plan.next()
        for read in plan.take_adopted():
            self.journal.share(listing, read.order, read.total, read.identity, read.label)
        return candidate

    def _read_held(self, held: HeldCapture) -> Read | None:
        reading = Reading(held.counter, held.entries, None, "")
        return _read_of((held.captured_at, held.url), held.order, reading, self.site, held.scope.partition(" ")[2])

    async def _take(self, listing: str, candidate: Candidate, plan: Plan, tally: Tally) -> None:
        """Fetch a capture and hand it on; keep why not."""
        plan.stock.drop(candidate.identity)
        asked = Capture(b"", url=candidate.url, captured_at=candidate.identity[0], file=_file(candidate))
        try:
            capture, came = await self._fetch(listing, candidate, plan)
            replayed = replay(capture, self.site)
            if (error := replayed.error) is not None:
                raise MissingMemento(f"what was captured is no page of the listing ({error.kind}): {error.message}")
        except PageError as failure:
            tally.failures.append((failure, asked))
            self.journal.stumbled(failure, 0.0)
            return
        assert replayed.reading is not None
        plan.stock.drop(came.identity)
        read = _read_of(came.identity, came.series[1], replayed.reading, self.site, "")
        if read is None:
            tally.poor.append((replayed, plan.stock.label_of(came)))
            return
        label = plan.place(came, read)
        self.journal.replayed(_ANYWHERE, replayed, label)
        plan.stock.note(read.labelled(label))
        tally.times.append(came.identity[0])

    async def _fetch(self, listing: str, candidate: Candidate, plan: Plan) -> tuple[Capture, Candidate]:
        """Return a capture, and what the archive says it is: the nearest in time where the one asked for is missing."""

        def check(timestamp: str, original: str) -> Candidate:
            return self._check(timestamp, original, listing, candidate, plan)

        return await fetch_capture(self.spider, candidate.timestamp, candidate.original, check)

    def _check(self, timestamp: str, original: str, listing: str, asked: Candidate, plan: Plan) -> Candidate:
        """Return the capture of an address; raise MissingMemento if it is of another page, or was asked for before."""
        came = candidate_of(timestamp, original, self.site, listing)
        if came is None:
            raise MissingMemento(f"the archive has another page in its place: {original[:200]}")
        if came.identity != asked.identity and plan.stock.is_known(came.identity):
            raise MissingMemento("the archive has another capture in its place, which was asked for before")
        return came

    def _close(self, listing: str, plan: Plan, tally: Tally) -> None:
        """Say what became of a listing; of one that lacks rows also why, and what can be had of them by halves."""
        if not plan.is_covered:
            for replayed, label in tally.poor:
                self.journal.replayed(_ANYWHERE, replayed, label)
            for error, capture in tally.failures:
                self.journal.missed(listing, error, capture)
        self.journal.tell(tally.say(listing))


def _cause(end: Ended | PageError) -> PageError | None:
    return end.error if isinstance(end, Ended) else end


def _read_of(identity: tuple[str, str], order: str | None, reading: Reading, site: Site, label: str) -> Read | None:
    """Return a reading as the plan needs it; None for one that is not whole."""
    if reading.rejects or not reading.agrees:
        return None
    rows = tuple(entry_id(row, site) for row in reading.rows if isinstance(row, Entry))
    counter = reading.counter
    if counter is None:
        return Read(identity, order, None, None, None, rows, label)
    return Read(identity, order, counter.first, counter.last, counter.total, rows, label)


def _file(candidate: Candidate) -> str:
    return memento_url("", candidate.timestamp, candidate.original).lstrip("/")
