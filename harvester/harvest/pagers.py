"""What the pagers of a walk tell beside its counters: whose page it is, and whether it came to its end."""

from collections.abc import Callable

from harvester.items import Address, Entry, Reading


class Pagers:
    """Follows the next links of one walk. `explain` says what a URL is, None for one that is not understood.

    `lead_on` says that pages with more to follow have a next link here, `suspect` that a page lacked one before that
    was known.
    """

    def __init__(self, listing: str, explain: Callable[[str], Address | None]) -> None:
        self.listing = listing
        self.explain = explain
        self.lead_on = self.suspect = False
        self._lie = self._one_lacking = False

    def note(self, reading: Reading) -> None:
        """Take note of a page that is believed."""
        self._lie |= self.stranger(reading) is not None
        self.suspect |= self._one_lacking and reading.next_url is not None
        self.lead_on |= reading.next_url is not None
        self._one_lacking |= _may_be_cut(reading)

    def stranger(self, reading: Reading) -> str | None:
        """Return the listing that a page's pager belongs to, if it is another; None once a pager has proved to lie."""
        if reading.next_url is None or self._lie:
            return None
        there = self.explain(reading.next_url)
        return there.listing if there is not None and there.listing not in {None, self.listing} else None

    def lack(self, reading: Reading) -> bool:
        """Return whether no pager leads on from a page with more to follow, though one did from another page.

        A script that dies amid its last row leaves such a page, tidied up by a filter: the row may be a half.
        """
        return self.lead_on and _may_be_cut(reading)


def _may_be_cut(reading: Reading) -> bool:
    """Return whether a page with more to follow ends in a row that could be read, and no pager leads on."""
    counter = reading.counter
    more = counter is not None and counter.last < counter.total
    return more and reading.next_url is None and bool(reading.rows) and isinstance(reading.rows[-1], Entry)
