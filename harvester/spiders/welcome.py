"""Whether a site still wants to be read: after refusals a crawl slows down, then ends."""

REFUSALS = frozenset({"challenge", "block"})
# What, three times in a row, ends the crawl of all listings; a refusal of the very first page ends it at once.
UNWELCOME = REFUSALS | {"login", "rate-limited"}
MOST_IN_A_ROW = 3


class Welcome:
    """Counts how often in a row a site showed that it does not want to be read."""

    def __init__(self) -> None:
        self._pages = 0
        self._in_a_row = 0

    def read(self) -> None:
        """Note a page that could be read."""
        self._pages += 1
        self._in_a_row = 0

    def doubt(self, kind: str) -> bool:
        """Note an error of a kind; return whether it shows that the site would rather not."""
        self._in_a_row = self._in_a_row + 1 if kind in UNWELCOME else 0
        return self._in_a_row > 0

    def is_over(self, kind: str) -> bool:
        """Return whether an error of a kind, noted just now, is one too many."""
        return self._in_a_row >= MOST_IN_A_ROW or (kind in REFUSALS and self._pages == 0)
