"""A crawl into a dataset: walks through listings, page by page as they are fetched, and the exchanges of a snapshot."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from harvester.archives.snapshot.exchange import Exchange, Kept
from harvester.captures import Capture
from harvester.dataset.beside import BesideRun
from harvester.dataset.certificate import Trouble
from harvester.dataset.fresh import refuse_to_drop
from harvester.dataset.holding import LONGEST_HELD
from harvester.errors import PageError
from harvester.harvest.confirmed import HeldPage, is_plain
from harvester.harvest.known import Known
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading
from harvester.ledger import WalkKey
from harvester.ledger.due import Due, due_documents, due_files
from harvester.sites import Site

# After so long the last page of a walk is looked at again before it is gone on with. A walk of the whole site takes as
# long; what is left for no longer is no worse off than one that was not left.
LEFT_LONG = timedelta(hours=1)


class CrawlRun(BesideRun):
    """Keeps the pages of live walks, and what is asked for beside them."""

    kind = "crawl"
    verb = "crawl"
    again = "run the same command again"

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
        self.resumed: dict[tuple[str, str | None], int] = {}
        self.listings: list[tuple[str, str | None]] = []

    def begin(self, listings: Iterable[ListingPasses]) -> None:
        """Begin the account of each listing, or go on with one that an earlier run could not end or not publish.

        One that was read to its end long ago is begun anew, as this run would ask nothing of it. A listing of which no
        page can be had is accounted for too.
        """
        with self.guarding():
            listings = list(listings)
            if self.rebuilding is not None:
                refuse_to_drop(self.folder, [passes.listing for passes in listings], self.wanted)
            self.begun = True
            self.listings = [(passes.listing, passes.order) for passes in listings]
            ages = LONGEST_HELD, LEFT_LONG, timedelta()
            since, lately, now = ((self.clock() - age).strftime("%Y-%m-%dT%H:%M:%SZ") for age in ages)
            for passes in listings:
                held = self.ledger.held(self.live_key(passes), since) if passes.walk.site.paging == "numbered" else None
                left_long = held is not None and not lately <= held.left <= now
                if held is not None and not (held.is_read and left_long):
                    passes.resume(held.number, held.pages, held.before, left_long=left_long)
                    self.resumed[passes.listing, passes.order] = held.begun
                else:
                    passes.known = self.known_of(passes)
                self.ledger.begin_walk(self.number, self.live_key(passes))

    def known_of(self, passes: ListingPasses) -> Known | None:
        """Return what lets a walk stop early; a crawl walks to the end."""
        return None

    def held_page(self, version_url: str) -> HeldPage | None:
        """Return a page to ask about; a crawl asks for all of them whole."""
        return None

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Keep a page of a live walk, and move the walk on; raises the PageError of a walk that cannot go on."""
        assert passes.walk.ask is not None
        key, address = self.live_key(passes), passes.walk.ask.address
        remarks: list[str] = []
        plain = False
        try:
            remarks = passes.take(reading)
            plain = is_plain(reading, remarks)
        finally:
            told = [self.site.fold_hosts(remark) for remark in remarks]
            with self.guarding():
                self.ledger.add_page(
                    self.number, key, address, capture, reading, told, stopped_early=passes.stopped_early, plain=plain
                )
            self.pages += 1

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0
    ) -> None:
        """Keep a page of a live walk that could not be had; if not `final`, it is asked again and nothing kept."""
        if not final:
            return
        kept = capture or Capture(b"", url=self.site.canonical_url(passes.walk.start_url))
        with self.guarding():
            self.add_failure(kept, passes.listing, error)
        self.troubles.append(Trouble.of(error, passes.listing))

    def due_documents(self) -> Due:
        """Return the documents of the run's listings that are to be fetched."""
        with self.guarding():
            return due_documents(self.ledger.db, self.site, self.listings)

    def due_files(self) -> Due:
        """Return the files of the documents of the run's listings that are to be fetched."""
        with self.guarding():
            return due_files(self.ledger.db, self.site, self.listings)

    def stumbled(self, error: PageError, wait: float) -> None:
        """Keep nothing of what is asked for again."""

    def keep(self, exchange: Exchange) -> Kept | None:
        """Keep an exchange in the crawl's snapshot; return where its answer lies."""
        with self.guarding():
            return self.snapshots.keep(exchange)

    def live_key(self, passes: ListingPasses) -> WalkKey:
        """Return which walk of the ledger the pass under way is."""
        begun = self.resumed.get((passes.listing, passes.order))
        walk = passes.walk
        return WalkKey("live", walk.listing, passes.order, passes.proving, begun=begun, number=passes.number)
