"""What a results page says, what a URL is, and a record as it is published."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Counter:
    """A listing's own count, "71 - 80 of 103": rows `first` to `last` of `total`, all 1-based."""

    first: int
    last: int
    total: int

    def __str__(self) -> str:
        return f"{self.first} - {self.last} of {self.total}"

    @property
    def rows(self) -> int:
        """Return how many rows the page announces."""
        return self.last - self.first + 1 if self.total else 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of a listing as printed; `url` is the document's canonical link, None where none is shown."""

    date_text: str | None
    title: str
    summary: str | None
    url: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A block, or a page, that could not be read: `reason` is a code, `message` a sentence, `text` the evidence."""

    reason: str
    message: str
    text: str
    place: str


Row = Entry | Reject


@dataclass(frozen=True, slots=True)
class Reading:
    """What one listing page says: its counter (None if it has none), its rows in page order, where it leads next.

    `next_url` is the pager's next link as an absolute URL, None on the last page. `remarks` are sentences about
    what was odd though readable (a pager that disagrees with the counter). `layout` names the page object.
    """

    counter: Counter | None
    rows: tuple[Row, ...]
    next_url: str | None
    layout: str
    remarks: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the rows that could be read."""
        return tuple(row for row in self.rows if isinstance(row, Entry))

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """Return the rows that could not be read."""
        return tuple(row for row in self.rows if isinstance(row, Reject))

    def without_last(self, reason: str, message: str) -> "Reading":
        """Return the reading with its last row as a reject."""
        last = self.rows[-1]
        text = f"{last.title}\n\n{last.summary or ''}"[:2000] if isinstance(last, Entry) else last.text
        return replace(self, rows=(*self.rows[:-1], Reject(reason, message, text, last.place)))

    @property
    def agrees(self) -> bool:
        """Return whether the rows number what the counter announces; True where there is no counter."""
        return self.counter is None or self.counter.rows == len(self.rows)


@dataclass(frozen=True, slots=True)
class Address:
    """A URL as its site understands it.

    `kind` is listing, document, file (of a document) or other. `listing` is the canonical string of the query, `order`
    its sort (None for the site's default), `page` is zero-based, `page_size` in rows; all None unless `kind` is
    listing. `document` is the canonical URL of a document page.
    """

    site: str
    kind: str
    listing: str | None = None
    order: str | None = None
    page: int | None = None
    page_size: int | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record as published, a line of records.jsonl; the fields are promised in docs/dataset.md."""

    id: str
    site: str
    url: str | None
    title: str
    date: str | None
    date_text: str | None
    date_earliest: str | None
    date_latest: str | None
    date_precision: str
    date_note: str | None
    summary: str | None
    listings: tuple[str, ...]
    withdrawn: bool
