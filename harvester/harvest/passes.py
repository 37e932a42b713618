"""The passes through one listing: it is walked again until a walk proves itself, up to a bound."""

from collections.abc import Sequence
from functools import partial

from harvester.coverage import AS_CAPTURED, DRIFTED, UNVERIFIABLE, SeenPage, account, totals_of
from harvester.harvest.known import Known
from harvester.harvest.walk import ListingWalk
from harvester.items import Address, Reading
from harvester.sites import Site

# A listing that changes within five walks in a row changes faster than it can be read.
MOST_PASSES = 5


class ListingPasses:
    """Walks a listing, and again where records came, went or moved meanwhile.

    A pass in the proving order, in step, with one total and as many distinct records, is proof; in another order two
    passes in a row that agree are. The first pass of a listing that shows no change is the last, but for a listing of
    one page, which nothing else vouches for. `walk` is the pass under way, `number` counts it from 1, `before` are the
    pages of the one before, `why` says in words why there is more than one. With `twice` no order is believed: two
    passes in a row that agree prove a listing even where records may appear among the old ones.

    A walk that was left for long is gone on with only if its last page shows what it showed (`last_page` asks for it):
    of what moved across the gap meanwhile nothing else would tell where as many records came back as went.

    What is `known` of the listing lets its first pass stop early, which proves nothing.
    """

    def __init__(
        self, site: Site, address: Address, start_url: str, page_size: int | None = None, *, twice: bool = False
    ) -> None:
        self._begin = partial(ListingWalk, site, address, start_url, page_size)
        self.twice = twice
        self.walk = self._begin()
        self.number = 1
        self.before: tuple[SeenPage, ...] = ()
        self.why = ""
        self.known: Known | None = None
        self.stopped_early = False
        self.last_page: ListingWalk | None = None
        self._first = 1
        self._resumed_at: int | None = None

    @property
    def listing(self) -> str:
        """Return the canonical string of the listing."""
        return self.walk.listing

    @property
    def order(self) -> str | None:
        """Return the order in which the listing is walked."""
        return self.walk.address.order

    @property
    def proving(self) -> bool:
        """Return whether the order walked is taken for proof."""
        return self.walk.proving and not self.twice

    @property
    def whole(self) -> ListingWalk | None:
        """Return a walk through the whole archive, where the first look at a listing showed no results at all.

        Its first page tells a listing of none from a search that is down.
        """
        site, none_yet = self.walk.site, self.number == 2 and not self.walk.seen and totals_of(self.before) == (0,)
        if not none_yet or site.whole in {None, self.listing}:
            return None
        address = Address(site.name, "listing", site.whole, page=0)
        return ListingWalk(site, address, self.walk.start_url)

    @property
    def asking(self) -> ListingWalk:
        """Return the walk whose page is asked for next: the one under way, or one at the last page that it took."""
        return self.last_page or self.walk

    def resume(
        self, number: int, held: Sequence[Reading], before: Sequence[Reading], *, left_long: bool = False
    ) -> None:
        """Go on with a pass that an earlier run could not bring to its end, or could not publish."""
        self.number = number
        if before:
            self.walk.resume(before)
            self.before, self.walk = tuple(self.walk.seen), self._begin()
        self.walk.resume(held)
        self._first, self._resumed_at = number, len(held)
        if left_long and self.walk.ask is not None:
            self.last_page = self._begin()
            if len(held) > 1:
                self.last_page.resume(held[:-1])
        self._go_on()

    def take_up(self, reading: Reading) -> None:
        """Take the last page looked at again: go on after it, or begin anew if it shows other records."""
        assert self.last_page is not None
        self.last_page.take(reading)
        shown, self.last_page = self.last_page.seen[-1], None
        if shown != self.walk.seen[-1]:
            self.again("it changed since it was left")

    @property
    def untouched(self) -> bool:
        """Return whether the walk is one that was gone on with, and no page of it could be had since."""
        return self._resumed_at == len(self.walk.seen)

    def take(self, reading: Reading) -> list[str]:
        """Take a page as the walk under way does; at its end begin the next pass, if one is needed."""
        remarks = self.walk.take(reading)
        if self._may_stop(reading):
            self.walk.ask, self.stopped_early = None, True
        else:
            self._go_on()
        return remarks

    def _may_stop(self, reading: Reading) -> bool:
        """Return whether all that is new was seen; where the numbers contradict that, the walk goes on to the end."""
        known, walk = self.known, self.walk
        if known is None or self.number > 1 or walk.ask is None or not known.shows_nothing_new(reading):
            return False
        if known.adds_up(walk.seen) and not walk.pagers.suspect:
            return True
        self.known = None
        return False

    def again(self, why: str) -> bool:
        """Begin another pass, unless this run has made enough; return whether one was begun."""
        if self.number - self._first + 1 >= MOST_PASSES:
            return False
        self._resumed_at = self.last_page = None
        self.before, lead_on = tuple(self.walk.seen), self.walk.pagers.lead_on
        self.walk = self._begin()
        self.walk.pagers.lead_on = lead_on
        self.number += 1
        self.why = why
        return True

    def _go_on(self) -> None:
        walk = self.walk
        if walk.ask is not None:
            return
        verdict = account(walk.seen, proving=self.proving, live=True, before=self.before).verdict
        if verdict == DRIFTED:
            self.again("it changed while it was read")
        elif walk.pagers.suspect and self.number == self._first:
            self.again("a page of it may have been cut short")
        elif verdict == AS_CAPTURED and self.twice:
            self.again("it is to be walked twice")
        elif verdict in {AS_CAPTURED, UNVERIFIABLE} and len(walk.seen) == 1 and walk.total is not None:
            self.again("its one page is looked at twice")
