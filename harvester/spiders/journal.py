"""What the spider asks of the one who keeps its pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from harvester.captures import Capture
from harvester.errors import PageError
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading


class Journal(Protocol):
    """Where pages go when a dataset is made; without one, records go to Scrapy's feeds."""

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Take the listings before they are walked; what is held of one already may be skipped."""

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        """Keep a page that was read and is in step, then move the walk on."""

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0.0
    ) -> None:
        """Take a page that could not be read: `final` if its walk stops there, else it is asked again after `wait`."""

    def not_before(self) -> datetime | None:
        """Return the time before which an earlier run was asked not to come again."""

    def wait_until(self, until: datetime) -> None:
        """Keep until when the server asked to be left alone."""
