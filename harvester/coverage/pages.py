"""The pages of one walk as the account needs them, and what stands at each position."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One page as the account needs it: its counter's numbers (None without a counter) and its rows in order.

    A row is the key of its record, or None for a reject. `told_apart` is False where equal entries without links stand
    at different places of the walk: one record seen twice or two records, which nothing can tell.
    """

    first: int | None
    last: int | None
    total: int | None
    rows: tuple[str | None, ...]
    told_apart: bool = True
    titles: tuple[str | None, ...] = ()  # what conflicts are judged by; two captures may know one record by two keys

    @property
    def placed(self) -> bool:
        """Return whether the position of each row is known."""
        return self.first is not None and self.agrees

    @property
    def agrees(self) -> bool:
        """Return whether the rows number what the counter announces."""
        if self.first is None or self.last is None:
            return True
        return len(self.rows) == (self.last - self.first + 1 if self.total else 0)


def records_in(pages: Sequence[SeenPage]) -> set[str]:
    """Return the keys of all rows that could be read."""
    return {row for page in pages for row in page.rows if row is not None}


def totals_of(pages: Sequence[SeenPage]) -> tuple[int, ...]:
    """Return the totals announced, each once, in the order in which they came."""
    return tuple(dict.fromkeys(page.total for page in pages if page.total is not None))


def places_of(pages: Sequence[SeenPage]) -> dict[int, set[str]]:
    """Return what stands at each position; an empty set where only rejects do."""
    places: dict[int, set[str]] = {}
    for page in pages:
        if page.placed and page.first is not None:
            for i, key in enumerate(page.rows):
                places.setdefault(page.first + i, set()).update([key] if key is not None else [])
    return places


def in_step(pages: Sequence[SeenPage]) -> bool:
    """Return whether each page begins where the one before ended, from 1 on."""
    expected = 1
    for page in pages:
        if not page.total:
            continue
        if page.first != expected or page.last is None:
            return False
        expected = page.last + 1
    return True


def agree(before: Sequence[SeenPage], after: Sequence[SeenPage]) -> bool:
    """Return whether two passes, each in step, saw one total and the same records at the same places.

    The places too, not only the records: a record that both passes missed would have to be hidden twice by the same
    coming and going at the same moments.
    """
    if not (in_step(before) and in_step(after)) or len(totals_of([*before, *after])) != 1:
        return False
    return places_of(before) == places_of(after)
