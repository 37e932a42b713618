"""Reads one row of a listing: which of its pieces is the title, the date, the summary; or why that cannot be told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.items import Entry, Reject
from harvester.pages.blocks import BLOCK_TAGS, hidden, is_element, text_of
from harvester.pages.facts import Facts
from harvester.pages.marks import Mark, mark_of
from harvester.pages.pieces import Piece, cut
from harvester.text import PARAGRAPH, squash

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MORE = re.compile(
    r"(?:read|see|view|show|learn|find out|continue reading|open|go to|access|get|download)?\s*(?:the|this)?\s*"
    r"(?:full|more|all|whole)?\s*(?:document|record|details?|page|item|entry|text|pdf|more|reading|here|link|permalink)?"
    r"\s*(?:online|here|\.{3}|…|»|›|→|>+)*",
    re.I,
)
_ORDINAL = re.compile(r"[#(\[]?\d{1,6}[.)\]:]?|[\W_]+")
_LIKE_A_DATE_LINE = re.compile(r"(?=.{0,40}$)(?!.*[.!]$).*\b\d{3,4}\b")
_INLINE_BREAK = re.compile(r"\s*[)\]]?\s*(?:[-–—:|.;]\s+|[)\]]\s+)")


class Unclear(Exception):
    """Raised inside this module when a row's fields cannot be told apart."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row found on a page: its element, its place as an XPath, its document (None if no link is shown)."""

    element: Element
    place: str
    url: str | None
    doubt: str | None = None  # why it must be rejected unread


def says_more(text: str) -> bool:
    """Return whether a link's text names no document: "Read more", "View", "»", or nothing.

    >>> says_more("Read more »"), says_more("More on the Korean War")
    (True, False)
    """
    return bool(_MORE.fullmatch(text.strip())) or text.lower().startswith(("read more", "continue reading"))


def read_row(row: FoundRow, facts: Facts) -> Entry | Reject:
    """Return the entry that a row holds, or a reject that says what is unclear."""
    try:
        if row.doubt:
            raise Unclear(row.doubt)
        title, opened, skip = _find_title(row, facts)
        pieces = cut(row.element, title, opened, skip)
        return _entry(pieces, row, facts)
    except Unclear as doubt:
        return Reject("unclear-row", str(doubt), text_of(row.element)[:2000], row.place)


def _entry(pieces: list[Piece], row: FoundRow, facts: Facts) -> Entry:
    at = next((i for i, piece in enumerate(pieces) if piece.is_title), None)
    if at is None:
        at = _title_by_order(pieces, facts)
    title = pieces[at].text
    before, after = pieces[:at], pieces[at + 1 :]
    date, before, after = _take_date(before, after, facts)
    _check_before(before, date is not None)
    return Entry(date or None, title, _summary(after), row.url, row.place)


def _find_title(row: FoundRow, facts: Facts) -> tuple[Element | None, set[Element], set[Element]]:
    """Return the title's element, the elements to look into, and those that say nothing."""
    elements = [e for e in row.element.iter() if is_element(e)]
    links = [e for e in elements if e.tag == "a" and _leads_to(e, row, facts)]
    skip = {a for a in links if says_more(text_of(a))}
    named = [a for a in links if a not in skip and not looks_like_date(text_of(a), facts.dates)]
    candidates = [e for e in elements if mark_of(e) is Mark.TITLE and _is_one_line(e)]
    candidates += [e for e in elements if e.tag in _HEADINGS and _is_one_line(e) and mark_of(e) is not Mark.SUMMARY]
    title = _choose(candidates, named, skip)
    if title is None and named and _is_one_line(named[0]) and not _wraps_a_date(named[0], facts):
        title = named[0]
    opened = set[Element]()
    for inner in [title] if title is not None else named[:1] or list(skip):
        opened.update(inner.iterancestors())
    if title is None and named:
        opened.update(e for e in named[0].iter() if e is named[0])
    return title, opened, skip


def _leads_to(link: Element, row: FoundRow, facts: Facts) -> bool:
    return row.url is not None and facts.document_url(link.get("href") or "") == row.url


def _choose(candidates: list[Element], named: list[Element], skip: set[Element]) -> Element | None:
    """Choose the marked title or heading that goes with the link; one without a link only where nothing is linked."""
    shown = [e for e in candidates if text_of(e, skip)]
    for element in shown:
        inside = [a for a in named if element in a.iterancestors() or a is element]
        if inside:
            return _narrow(element, inside[0], skip)
        if any(above in named for above in element.iterancestors()):
            return element
    return shown[0] if shown and not named else None


def _narrow(element: Element, link: Element, skip: set[Element]) -> Element:
    """Return the link if all that a heading adds to it is marked as something else, else the heading."""
    extra = text_of(element, {*skip, link})
    marked = any(mark_of(e) not in {None, Mark.TITLE} for e in element.iterdescendants() if is_element(e))
    return link if not extra or marked else element


def _is_one_line(element: Element) -> bool:
    """Return whether an element holds one text: no hidden title, no blocks side by side, no marked field inside."""
    if hidden(element) or not text_of(element):
        return False
    below = [e for e in element.iterdescendants() if is_element(e) and not hidden(e)]
    if any(mark_of(e) in {Mark.DATE, Mark.SUMMARY} for e in below):
        return False
    return sum(e.tag in BLOCK_TAGS and bool(text_of(e)) for e in below) <= 1


def _wraps_a_date(link: Element, facts: Facts) -> bool:
    """Return whether a link that wraps a whole row has its date as a part of its own."""
    parts = [text_of(child) for child in link if is_element(child)]
    return len(parts) > 1 and any(looks_like_date(part, facts.dates) for part in parts)


def _title_by_order(pieces: Sequence[Piece], facts: Facts) -> int:
    for i, piece in enumerate(pieces):
        if piece.mark is None and not looks_like_date(piece.text, facts.dates) and not _ORDINAL.fullmatch(piece.text):
            return i
    raise Unclear("no title can be told from the rest")


def _take_date(before: list[Piece], after: list[Piece], facts: Facts) -> tuple[str | None, list[Piece], list[Piece]]:
    """Return the date as printed ("" where its place is blank, None where it has none), and the pieces without it."""
    pieces = [*before, *after]
    marked = [piece for piece in pieces if piece.mark is Mark.DATE]
    if marked:
        return _one_date(marked, facts), _without(before, marked), _without(after, marked)
    found = [p for p in pieces if p.mark in {None, Mark.META} and looks_like_date(p.text, facts.dates)]
    if len({piece.text for piece in found}) > 1:
        raise Unclear(f"more than one date: {', '.join(piece.text for piece in found)}")
    if found:
        return found[0].text, _without(before, found), _without(after, found)
    date, after = _date_in_line(after, facts)
    return date, before, after


def _without(pieces: list[Piece], gone: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if not any(piece is other for other in gone)]


def _one_date(marked: list[Piece], facts: Facts) -> str:
    texts = list(dict.fromkeys(piece.text for piece in marked if piece.text))
    if len(texts) > 1:
        texts = [text for text in texts if looks_like_date(text, facts.dates)]
    if len(texts) > 1:
        raise Unclear(f"more than one date: {', '.join(texts)}")
    return texts[0] if texts else ""


def _date_in_line(after: list[Piece], facts: Facts) -> tuple[str | None, list[Piece]]:
    """Find "(June 5, 1958) – the summary" in the text right after the title; refuse what might be a date line."""
    first = next((piece for piece in after if piece.mark is None), None)
    if first is None:
        return None, after
    for gap in _INLINE_BREAK.finditer(first.text[:80]) if first.bare else ():
        head = first.text[: gap.start()].strip("([ ")
        if looks_like_date(head, facts.dates):
            left = Piece((first.text[gap.end() :].strip(),), None, bare=True)
            return head, [left if piece is first else piece for piece in after]
    if _LIKE_A_DATE_LINE.match(first.text):
        raise Unclear(f"this may be a date that cannot be read: {first.text}")
    return None, after


def _check_before(before: list[Piece], dated: bool) -> None:
    """Refuse a row with an unexplained text before its title and no date: the text may be the date."""
    for piece in before:
        if piece.mark is None and not dated and not _ORDINAL.fullmatch(piece.text):
            raise Unclear(f"the text before the title does not read as a date: {piece.text[:200]}")


def _summary(after: list[Piece]) -> str | None:
    marked = [i for i, piece in enumerate(after) if piece.mark is Mark.SUMMARY]
    kept = after[marked[0] :] if marked else after
    paragraphs: list[str] = []
    for piece in kept:
        if piece.mark not in {None, Mark.SUMMARY} or says_more(piece.text):
            continue
        if piece.glued and paragraphs:
            paragraphs[-1] = squash(f"{paragraphs[-1]} {piece.paragraphs[0]}")
            paragraphs.extend(piece.paragraphs[1:])
        else:
            paragraphs.extend(piece.paragraphs)
    return PARAGRAPH.join(paragraphs) or None
