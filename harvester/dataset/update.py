"""An update of a dataset: a crawl of what it was made from, with the least load that proves as much."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from harvester.captures import Capture
from harvester.dataset.crawl import CrawlRun
from harvester.dataset.holding import STARTED
from harvester.dataset.package import readers
from harvester.dataset.retention import Retention
from harvester.harvest.confirmed import Confirmed, HeldPage
from harvester.harvest.known import Known
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading
from harvester.sites import Site

FULL_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Manner:
    """How an update goes about it: a `full` walk in any case, or if the last is older than `full_every`.

    `whole_pages` says that every page is to come, also where it is held and did not change; `named` that a harvest
    which is declared by name says what the dataset is made from. `withdraw_after` is its setting, None where nobody has
    said anything; `retention` is what it keeps of the past.
    """

    full: bool = False
    full_every: timedelta = FULL_EVERY
    whole_pages: bool = False
    named: bool = False
    withdraw_after: int | None = None
    retention: Retention = field(default_factory=Retention)


class UpdateRun(CrawlRun):
    """A crawl that knows what is held."""

    def __init__(
        self, folder: Path, site: Site, clock: Callable[[], datetime], manner: Manner, *, wanted: str | None = None
    ) -> None:
        super().__init__(folder, site, clock, wanted=wanted, command="update")
        self.manner = manner

    def known_of(self, passes: ListingPasses) -> Known | None:
        """Return what is known of a listing whose last complete walk is not too old."""
        if self.manner.full or passes.walk.site.paging != "numbered":
            return None
        now = self.clock()
        since, until = ((now - age).strftime(STARTED) for age in (self.manner.full_every, timedelta()))
        return self.ledger.known(self.site, self.live_key(passes), since, until)

    def held_page(self, version_url: str) -> HeldPage | None:
        """Return a page to ask about, if it was read as it would be now.

        Of a site that is no part of the program nobody can tell whether its reader is still the same.
        """
        if self.manner.whole_pages or not type(self.site).__module__.startswith("harvester.sites."):
            return None
        with self.guarding():
            return self.ledger.held_page(version_url, readers())

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Keep a page, and count those that did not change."""
        self.unchanged_pages += isinstance(capture, Confirmed)
        super().page(passes, capture, reading)
