"""What the ledger holds of a walk that is not over: the frontier is what the account still lacks, nothing else."""

import sqlite3
from dataclasses import dataclass

from harvester.items import Counter, Entry, Reading
from harvester.ledger.keys import WalkKey


@dataclass(frozen=True, slots=True)
class HeldWalk:
    """A live walk to go on with: the run that began it, which pass it is, its pages and those of the pass before.

    `left` is when its last page was captured.
    """

    begun: int
    number: int
    pages: tuple[Reading, ...]
    before: tuple[Reading, ...]
    left: str

    @property
    def is_read(self) -> bool:
        """Return whether it is at its end."""
        end = self.pages[-1].counter
        return end is not None and end.last >= end.total


def held_walk(db: sqlite3.Connection, key: WalkKey, published: int | None, since: str) -> HeldWalk | None:
    """Return the last live walk of a listing if it can be gone on with; None if only a new one will do.

    It can where its pages were read from the first on, in step, with one total and every row read, the last of them
    after `since`; and where it is not at its end, or its end was never published (`published` is the last page that the
    files tell of).
    """
    walk = db.execute(
        "SELECT id, begun, pass, before FROM walk WHERE id IN (SELECT id FROM last_walk) AND listing = ? AND sort IS ?",
        (key.listing, key.sort),
    ).fetchone()
    if walk is None:
        return None
    number, begun, passed, before = walk
    pages = _pages(db, number)
    end = pages[-1].counter
    query = "SELECT max(page.id), max(captured_at) FROM page JOIN capture ON capture.id = capture WHERE walk = ?"
    last, captured_at = db.execute(query, (number,)).fetchone()
    if not _goes_on(pages) or end is None or captured_at < since:
        return None
    if end.last >= end.total and published is not None and last <= published:
        return None
    return HeldWalk(begun, passed, pages, _pages(db, before) if before is not None else (), captured_at)


def _goes_on(pages: tuple[Reading, ...]) -> bool:
    """Return whether pages follow each other from the first row on, with one total and every row read."""
    read = 0
    for page in pages:
        counter, first = page.counter, pages[0].counter
        if counter is None or first is None or counter.total != first.total:
            return False
        if counter.first != read + 1 or len(page.rows) != counter.rows:
            return False
        read = counter.last
    return True


def _pages(db: sqlite3.Connection, walk: int) -> tuple[Reading, ...]:
    found = db.execute("SELECT id, first, last, total, layout FROM page WHERE walk = ? ORDER BY id", (walk,)).fetchall()
    return tuple(
        Reading(None if total is None else Counter(first, last, total), entries_of(db, page), None, layout)
        for page, first, last, total, layout in found
    )


def entries_of(db: sqlite3.Connection, page: int) -> tuple[Entry, ...]:
    """Return the entries of a page that is held, in their order."""
    rows = db.execute(
        "SELECT date_text, title, summary, url, place FROM sight JOIN content ON content.id = sight.content"
        " WHERE page = ? ORDER BY row",
        (page,),
    )
    return tuple(Entry(*row) for row in rows)
