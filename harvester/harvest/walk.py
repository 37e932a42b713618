"""One walk through one listing: which page is next, and whether the page that came is the one asked for."""

from dataclasses import dataclass, replace

from harvester.errors import OutOfStep
from harvester.items import Address, Reading
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class Ask:
    """The next page to ask for: its URL, and its address (page and size are None where paging is chained)."""

    url: str
    address: Address


class ListingWalk:
    """Walks a listing first page to last in the order that proves completeness, in the largest size the site honours.

    `ask` is the page to fetch, None when the walk is over; `take` is given its reading. The walk holds no clock and
    fetches nothing: it is the same for a live site, a simulator and an archive.
    """

    def __init__(self, site: Site, address: Address, start_url: str, page_size: int | None = None) -> None:
        if address.listing is None:
            raise ValueError("only a listing can be walked")
        self.site = site
        self.start_url = start_url
        if site.paging == "numbered":
            order = site.proof.order if site.proof else address.order
            address = replace(address, order=order, page=0, page_size=page_size or max(site.page_sizes))
        self.address = address
        self.remarks: list[str] = []
        self.total: int | None = None
        self._expected = 1
        self._visited: set[str] = set()
        self.ask: Ask | None = self._ask_first()

    def _ask_first(self) -> Ask:
        if self.site.paging == "chained":
            return Ask(self.start_url, self.address)
        return Ask(self.site.listing_url(self.address), self.address)

    def resume(self, read: int, total: int, page_size: int) -> None:
        """Go on after `read` rows of `total`, read in pages of `page_size` by a run that did not come to its end."""
        self.total = total
        self._expected = read + 1
        self.address = replace(self.address, page_size=page_size)
        following = replace(self.address, page=read // page_size)
        self.ask = Ask(self.site.listing_url(following), following)

    @property
    def listing(self) -> str:
        """Return the canonical string of the listing."""
        return self.address.listing or ""

    @property
    def rows_held(self) -> int:
        """Return how many rows were read before the page that is asked for next."""
        return self._expected - 1

    def check(self, reading: Reading) -> None:
        """Raise OutOfStep if a page is not the one asked for: another range, or no counter where there was one."""
        counter = reading.counter
        if counter is None:
            if self.total is not None:
                raise OutOfStep("the page has no counter, though those before it had one")
            return
        if self.total and not counter.total:
            raise OutOfStep("the page says that there are no results, though those before it had some")
        if counter.total and counter.first != self._expected:
            raise OutOfStep(
                f"rows from {self._expected} on were asked for, the page shows {counter.first} - {counter.last}"
            )

    def take(self, reading: Reading) -> None:
        """Take the reading of the page asked for and move `ask` on; raises OutOfStep as `check` does."""
        self.check(reading)
        self.remarks += reading.remarks
        if self.site.paging == "chained":
            self._chain(reading)
        else:
            self._number(reading)

    def _number(self, reading: Reading) -> None:
        counter = reading.counter
        if counter is None or not counter.total or counter.last >= counter.total:
            self.total = counter.total if counter else self.total
            self._cross_check(reading, None)
            self.ask = None
            return
        if self.total is None:
            self.address = replace(self.address, page_size=counter.rows)  # the size in force, whatever was asked
        self.total = counter.total
        self._expected = counter.last + 1
        size = self.address.page_size or counter.rows
        following = replace(self.address, page=(self._expected - 1) // size)
        if (self._expected - 1) % size:
            raise OutOfStep(f"a page of {counter.rows} rows came where pages have {size}")
        self._cross_check(reading, following)
        self.ask = Ask(self.site.listing_url(following), following)

    def _cross_check(self, reading: Reading, following: Address | None) -> None:
        """Compare the pager's next link with the counter; the counter is believed, the difference is remarked."""
        if reading.next_url is None:
            return
        there = self._explain(reading.next_url)
        if there is None or there.listing != self.listing:
            self.remarks.append(f"the pager leads out of the listing, to {reading.next_url[:200]}; it was not followed")
        elif following is None:
            self.remarks.append("the pager leads on where the counter ends; it was not followed")
        elif there.page != following.page:
            self.remarks.append(f"the pager leads to page {there.page}, the counter to page {following.page}")

    def _explain(self, url: str) -> Address | None:
        try:
            return self.site.explain(url)
        except ValueError:
            return None

    def _chain(self, reading: Reading) -> None:
        """Follow the next link, within the same listing and never twice to one page."""
        if self.ask is not None:
            self._visited.add(self.site.canonical_url(self.ask.url))
        if reading.counter:
            self.total = reading.counter.total
            self._expected = reading.counter.last + 1
        self.ask = None
        if reading.next_url is None:
            return
        there = self._explain(reading.next_url)
        if there is None or (there.listing, there.order) != (self.listing, self.address.order):
            self.remarks.append(f"the pager leads out of the listing, to {reading.next_url[:200]}; it was not followed")
        elif self.site.canonical_url(reading.next_url) in self._visited:
            self.remarks.append(f"the pager leads back to {reading.next_url[:200]}; it was not followed")
        else:
            self.ask = Ask(reading.next_url, there)
