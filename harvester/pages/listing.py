"""Reads results pages in HTML: any layout by its structure, and those that list nothing."""

from dataclasses import replace

from harvester.errors import NotAListing
from harvester.items import Counter, Entry, Reading
from harvester.pages.blocks import visible_text
from harvester.pages.groups import signature
from harvester.pages.limits import LONGEST_EMPTY, MOST_ROWS, refuse
from harvester.pages.origins import Origin, row_origins
from harvester.pages.page import PageObject
from harvester.pages.refusals import is_not_found
from harvester.pages.row import FoundRow, read_rows
from harvester.pages.rows import find_rows
from harvester.text import split_paragraphs


class StructuralListing(PageObject):
    """Any results page with a counter: rows are found by structure (harvester.pages.rows)."""

    layout = "structure"

    def recognises(self) -> bool:
        """Return whether the page has a counter."""
        return self.page.medium == "html" and self.page.counter is not None

    def find(self) -> list[FoundRow]:
        """Return the rows; a site with known markup finds them by its selectors first."""
        return find_rows(self.page.main, self.page.counter, self.page.facts)

    def counter(self) -> Counter | None:
        """Return what the listing announces; None for a layout that never does."""
        return self.page.counter.counter if self.page.counter else None

    def read(self) -> Reading:
        """Return the reading; raise NotAListing where records are announced and none can be found."""
        counter = self.counter()
        found = self.find() if not self.page.breaks_off else _of_one_kind(self.find())
        if len(found) > MOST_ROWS:
            refuse(f"has {len(found):,} rows", MOST_ROWS)
        if not found and (counter is None or counter.total):
            announced = f"{counter.rows} rows are announced" if counter else "the page looks like a listing"
            raise NotAListing(f"{announced}, but no link to a record stands on the page")
        reading = Reading(counter, read_rows(found, self.page.facts), self.page.next_url, self.layout)
        if found and (self.page.ends_within(found[-1].element) or _ends_early(reading)):
            return reading.without_last("cut-off", "the page breaks off in or right after this row; capture it again")
        return reading

    def origins(self, row: int) -> dict[str, tuple[Origin, ...]]:
        """Return where the fields of a row stand: the very pieces that it is read from."""
        return row_origins(self.find()[row], self.page.facts, self.page.main)


def _ends_early(reading: Reading) -> bool:
    """Return whether rows are lacking and no pager leads on: a page cut short whose ends were tied up after.

    A server's filter closes what is open when a script dies, so the last row may be a half that looks whole.
    """
    counter = reading.counter
    lacking = counter is not None and len(reading.rows) < counter.rows and reading.next_url is None
    return lacking and isinstance(reading.rows[-1], Entry)


def _of_one_kind(found: list[FoundRow]) -> list[FoundRow]:
    """Return the rows of a page that breaks off, those in doubt that may be no results, or halves of them.

    Rows of another part of the page, or second lines of records, may make up the number that the counter announces.
    """
    last = signature(found[-1].element) if found else ()
    linkless = sum(row.url is None for row in found)
    halved = linkless and linkless * 2 >= len(found) - 1
    doubt = "the page breaks off, and whether this row is a whole result cannot be told"
    return [
        replace(row, doubt=row.doubt or doubt) if halved or signature(row.element) != last else row for row in found
    ]


class EmptyListing(PageObject):
    """A results page that says that it has none: no counter, no record link, a sentence instead."""

    layout = "empty"

    def recognises(self) -> bool:
        """Return whether a line of the main part says so, and the page does not say that it is missing."""
        page = self.page
        text = visible_text(page.main) if page.medium == "html" else page.text
        lines = split_paragraphs(text[:LONGEST_EMPTY])
        if not any(page.facts.none_found.fullmatch(line) for line in lines):
            return False
        return not is_not_found(page.text, page.root if page.medium == "html" else None)

    def read(self) -> Reading:
        """Return a reading of no rows."""
        return Reading(Counter(0, 0, 0), (), None, self.layout)
