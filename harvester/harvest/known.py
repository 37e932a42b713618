"""What is known of a listing from earlier walks, and when a look at its newest pages shows that nothing else is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from harvester.coverage import SeenPage, totals_of
from harvester.identity import content_digest
from harvester.items import Entry, Reading


@dataclass(frozen=True, slots=True)
class Known:
    """What the last full walk of a listing showed, and looks at its newest pages since.

    `records` are the ids of the entries, `contents` the digests of all that they said, `total` is what the listing
    announces if nothing came or went since.
    """

    total: int
    records: frozenset[str]
    contents: frozenset[str]

    def shows_nothing_new(self, reading: Reading) -> bool:
        """Return whether every row of a page was seen before, to the letter."""
        return all(
            isinstance(row, Entry) and content_digest(row.url, row.date_text, row.title, row.summary) in self.contents
            for row in reading.rows
        )

    def adds_up(self, pages: Sequence[SeenPage]) -> bool:
        """Return whether pages from the first on, with all that is known, are as many records as they announce.

        Then nothing is new behind them, unless as many records went as came; that a full walk shows.
        """
        keys = [key for page in pages for key in page.rows]
        if None in keys or not all(page.agrees and page.told_apart for page in pages):
            return False
        return totals_of(pages) == (self.total + len(set(keys) - self.records),)
