"""One walk through one listing: which page is next, and whether the page that came is the one asked for."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harvester.coverage import SeenPage
from harvester.errors import EndlessListing, ListingMoved, OutOfStep
from harvester.harvest.pagers import Pagers
from harvester.harvest.records import entry_id
from harvester.items import Address, Counter, Entry, Reading
from harvester.sites import Site

# Thirty times the largest listing seen (1,676 pages): beyond it a server makes pages up as it is asked.
MOST_PAGES = 50_000


@dataclass(frozen=True, slots=True)
class Ask:
    """The next page to ask for: its URL, and its address (page and size are None where paging is chained)."""

    url: str
    address: Address


def distrust_last(reading: Reading) -> Reading:
    """Return a reading with its last row as a reject: the page may have broken off inside it."""
    return reading.without_last("cut-off", "the page may be cut short in this row; capture it again")


class ListingWalk:
    """Walks a listing first page to last in the order that proves completeness, in the largest size the site honours.

    `ask` is the page to fetch, None when the walk is over; `take` is given its reading. The walk holds no clock and
    fetches nothing: it is the same for a live site, a simulator and an archive. `seen` are the pages taken.
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
        self.total: int | None = None
        self.seen: list[SeenPage] = []
        self._expected = 1
        self._visited: set[str] = set()
        self._times: Tally[str] = Tally()
        self.pagers = Pagers(self.listing, self._explain)
        self.ask: Ask | None = self._ask_first()

    def _ask_first(self) -> Ask:
        if self.site.paging == "chained":
            return Ask(self.start_url, self.address)
        return Ask(self.site.listing_url(self.address), self.address)

    def resume(self, held: Sequence[Reading]) -> None:
        """Go on after the pages that an earlier run took in step, all of one total; the walk may be at its end."""
        for reading in held:
            self._see(reading)
        counters = [reading.counter for reading in held if reading.counter]
        read, self.total, size = counters[-1].last, counters[-1].total, counters[0].rows
        self._expected = read + 1
        self.address = replace(self.address, page_size=size)
        following = replace(self.address, page=read // size if size else 0)
        self.ask = Ask(self.site.listing_url(following), following) if read < self.total else None

    @property
    def listing(self) -> str:
        """Return the canonical string of the listing."""
        return self.address.listing or ""

    @property
    def proving(self) -> bool:
        """Return whether the order walked is the one in which a walk forward proves completeness."""
        return self.site.proof is not None and self.address.order == self.site.proof.order

    @property
    def rows_held(self) -> int:
        """Return how many rows were read before the page that is asked for next."""
        return self._expected - 1

    def url_after(self, counter: Counter) -> str | None:
        """Return the address of the page after one with this counter; None after the last, or if paging is chained."""
        size = (self.address.page_size or 0) if self.seen else counter.rows
        if counter.last >= counter.total or not size or self.site.paging == "chained":
            return None
        return self.site.listing_url(replace(self.address, page=counter.last // size, page_size=size))

    def check(self, reading: Reading) -> None:
        """Raise OutOfStep if a page is not the one asked for; ListingMoved if it shows that the listing changed."""
        counter = reading.counter
        if counter is None:
            if self.total is not None:
                raise OutOfStep("the page has no counter, though those before it had one")
            return
        if self.total and not counter.total:
            raise ListingMoved("the page says that there are no results, though those before it had some")
        if counter.total and counter.first != self._expected:
            moved = self.total not in {None, counter.total}
            raise (ListingMoved if moved else OutOfStep)(
                f"rows from {self._expected} on were asked for, the page shows {counter}"
            )

    def doubt(self, reading: Reading) -> None:
        """Raise OutOfStep for a page that is worth asking for again before it is believed, though it is in step."""
        if reading.counter is None and self.site.paging == "numbered":
            raise OutOfStep("the page has no counter")
        if not reading.agrees:
            raise OutOfStep(f"the counter announces {reading.counter}, {len(reading.rows)} rows came")
        if self.pagers.lack(reading):
            raise OutOfStep("no pager leads on, as it did from other pages: the page may be cut short")
        if self.site.paging == "numbered" and (stranger := self.pagers.stranger(reading)):
            raise OutOfStep(f"the page's pager leads to another listing, {stranger}")

    def believe(self, reading: Reading) -> Reading:
        """Return a reading as far as it can be believed: the last row of a page without its pager may be a half."""
        return distrust_last(reading) if self.pagers.lack(reading) else reading

    def take(self, reading: Reading) -> list[str]:
        """Take the reading of the page asked for and move `ask` on; return what is odd about it, in sentences.

        Raises OutOfStep as `check` does, EndlessListing for a page more than any listing has.
        """
        self.check(reading)
        if len(self.seen) >= MOST_PAGES:
            raise EndlessListing(f"the listing goes on after {MOST_PAGES} pages")
        self.pagers.note(reading)
        fresh = self._see(reading)
        remarks = list(reading.remarks)
        if self.site.paging == "chained" or reading.counter is None:
            self.ask = self._chain(reading, fresh, remarks)
        else:
            self.ask = self._number(reading, remarks)
        return remarks

    def _see(self, reading: Reading) -> bool:
        """Note a page; return whether a row of it was not seen before. Equal entries without a link are numbered."""
        counter = reading.counter
        keys: list[str | None] = []
        fresh, told_apart = not reading.rows, True
        for row in reading.rows:
            mark = entry_id(row, self.site) if isinstance(row, Entry) else row.text
            self._times[mark] += 1
            times = self._times[mark]
            fresh |= times == 1
            if isinstance(row, Entry) and row.url is None and times > 1:
                told_apart = False
                mark = entry_id(row, self.site, times)
            keys.append(mark if isinstance(row, Entry) else None)
        first, last, total = (counter.first, counter.last, counter.total) if counter else (None, None, None)
        self.seen.append(SeenPage(first, last, total, tuple(keys), told_apart))
        return fresh

    def _number(self, reading: Reading, remarks: list[str]) -> Ask | None:
        counter = reading.counter
        assert counter is not None
        if self.total is None:
            self.address = replace(self.address, page_size=counter.rows)  # the size in force, whatever was asked
        self.total = counter.total
        if not counter.total or counter.last >= counter.total:
            self._expected = counter.last + 1
            self._cross_check(reading, None, remarks)
            return None
        size = self.address.page_size or counter.rows
        if counter.last % size:
            self.ask = None
            raise OutOfStep(f"a page of {counter.rows} rows came where pages have {size}")
        self._expected = counter.last + 1
        following = replace(self.address, page=counter.last // size)
        self._cross_check(reading, following, remarks)
        return Ask(self.site.listing_url(following), following)

    def _cross_check(self, reading: Reading, following: Address | None, remarks: list[str]) -> None:
        """Compare the pager's next link with the counter; the counter is believed, the difference is remarked."""
        if reading.next_url is None:
            return
        there = self._explain(reading.next_url)
        if there is None or there.listing != self.listing:
            remarks.append(f"the pager leads out of the listing, to {reading.next_url[:200]}; it was not followed")
        elif following is None:
            remarks.append("the pager leads on where the counter ends; it was not followed")
        elif there.page != following.page:
            remarks.append(f"the pager leads to page {there.page}, the counter to page {following.page}")

    def _explain(self, url: str) -> Address | None:
        try:
            return self.site.explain(url)
        except ValueError:
            return None

    def _chain(self, reading: Reading, fresh: bool, remarks: list[str]) -> Ask | None:
        """Follow the next link, within the same listing, never twice to one page, never past the end."""
        if self.ask is not None:
            self._visited.add(self.site.canonical_url(self.ask.url))
        counter = reading.counter
        if counter:
            self.total = counter.total
            self._expected = counter.last + 1
        if reading.next_url is None:
            return None
        there = self._explain(reading.next_url)
        if there is None or (there.listing, there.order) != (self.listing, self.address.order):
            remarks.append(f"the pager leads out of the listing, to {reading.next_url[:200]}; it was not followed")
        elif self.site.canonical_url(reading.next_url) in self._visited:
            remarks.append(f"the pager leads back to {reading.next_url[:200]}; it was not followed")
        elif counter and counter.last >= counter.total:
            remarks.append("the pager leads on where the counter ends; it was not followed")
        elif not fresh:
            remarks.append("the pager leads on, but the page shows nothing new; it was not followed")
        else:
            return Ask(reading.next_url, there)
        return None
