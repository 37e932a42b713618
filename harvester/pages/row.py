"""Reads the rows of a listing, each by itself and then all against each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.etree import _Element as Element

from harvester.items import Entry, Reject, Row
from harvester.pages.blocks import text_of
from harvester.pages.columns import Heads
from harvester.pages.facts import Facts
from harvester.pages.fields import check_before, check_dropped, take_date, title_by_order, without_furniture
from harvester.pages.limits import DEEPEST_ROW, is_deep_row, overlong
from harvester.pages.marks import Mark
from harvester.pages.pieces import Cutter, Piece
from harvester.pages.summaries import check_alike, check_swapped, doubt_beside, loose_summary, marked_summary
from harvester.pages.titles import FoundTitle, find_title
from harvester.pages.unclear import Unclear


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row found on a page: its element, its place as an XPath, its document (None if no link is shown)."""

    element: Element
    place: str
    url: str | None
    doubt: str | None = None  # why it must be rejected unread
    dateless: str | None = None  # why it must be rejected if it holds no date


def read_rows(rows: Sequence[FoundRow], facts: Facts) -> tuple[Row, ...]:
    """Return what the rows of one page hold: an entry each, or a reject that says what is unclear.

    One page has one layout: where rows that are clear by themselves contradict each other, none is believed.
    """
    heads = Heads()
    read = [_read(row, facts, heads) for row in rows]
    doubt = check_alike([loose for row, loose in read if isinstance(row, Entry)])
    mixed = any(loose for row, loose in read if isinstance(row, Reject))
    return tuple(
        _reject(found, why) if isinstance(row, Entry) and (why := doubt_beside(loose, doubt, mixed=mixed)) else row
        for found, (row, loose) in zip(rows, read, strict=True)
    )


def _reject(row: FoundRow, why: str) -> Reject:
    return Reject("unclear-row", why, text_of(row.element)[:2000], row.place)


def _read(row: FoundRow, facts: Facts, heads: Heads) -> tuple[Row, list[Piece]]:
    """Return the row as read, and the pieces that are its summary by order only, or among which it may be."""
    try:
        if row.doubt:
            raise Unclear(row.doubt)
        if is_deep_row(row.element):
            raise Unclear(f"more than {DEEPEST_ROW} elements stand one in another")
        return _entry(row, facts, heads)
    except Unclear as doubt:
        return _reject(row, str(doubt)), list(doubt.among)


def _entry(row: FoundRow, facts: Facts, heads: Heads) -> tuple[Entry, list[Piece]]:
    title, pieces = cut_row(row, facts, heads)
    date, pieces = take_date(pieces, facts)
    if not date and (title.dated or row.dateless):
        raise Unclear(row.dateless or "the record's link reads as a date, and there is no other")
    entry, loose = _told_apart(row, date or None, pieces, linked=title.linked)
    if entry.url is None and (href := _link_of(row.element, entry.title)):
        raise Unclear(f"its link leads to no document of this site: {href[:200]}")
    if long := overlong(entry):
        raise Unclear(long)
    return entry, loose


def cut_row(row: FoundRow, facts: Facts, heads: Heads) -> tuple[FoundTitle, list[Piece]]:
    """Return where the title of a row stands, and the row's pieces, one of them the title."""
    cells, lines = heads.of(row.element)
    title = find_title(row.element, row.url, facts, cells)
    cutter = Cutter(title.element, title.opened, title.skip | lines, cells)
    pieces = without_furniture(cutter.cut(row.element), facts)
    if not any(piece.is_title for piece in pieces):
        at = title_by_order(pieces, facts)
        pieces[at] = replace(pieces[at], mark=None, glued=False, is_title=True)
    return title, pieces


def _link_of(row: Element, title: str) -> str | None:
    """Return where a title's own link leads; None if the title is no link."""
    links = (link for link in row.iter("a") if link.get("href") is not None and text_of(link) == title)
    return next((link.get("href") or "nowhere" for link in links), None)


def _told_apart(row: FoundRow, date: str | None, pieces: list[Piece], *, linked: bool) -> tuple[Entry, list[Piece]]:
    at = next(i for i, piece in enumerate(pieces) if piece.is_title)
    summary, loose = marked_summary(pieces), list[Piece]()
    if summary is None:
        summary, loose = loose_summary(pieces[at + 1 :])
        check_swapped(pieces[at].text, summary)
    if summary is None:
        check_dropped(pieces)
    follows = summary is not None and all(piece.mark is not Mark.SUMMARY for piece in pieces[:at])
    check_before(pieces[:at], sure=linked and date is not None and follows)
    return Entry(date, pieces[at].text, summary, row.url, row.place), loose
