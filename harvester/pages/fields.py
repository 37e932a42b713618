"""Tells the pieces of a row apart: which is the title, which the date, which the summary; or why that is unclear."""

import re
from collections.abc import Sequence
from dataclasses import replace

from harvester.dates import looks_like_date
from harvester.pages.facts import Facts
from harvester.pages.marks import Mark
from harvester.pages.pieces import Piece
from harvester.pages.unclear import Unclear
from harvester.pages.wording import ends_sentence, is_facets, is_furniture, is_ordinal, is_small

_LIKE_A_DATE_LINE = re.compile(r"(?=.{0,40}$)(?!.*[.!]$).*\b\d{3,4}\b")
_INLINE_BREAK = re.compile(r"\s*[)\]]?\s*(?:[-–—:|.;]\s+|[)\]]\s+)")


def without_furniture(pieces: Sequence[Piece], facts: Facts) -> list[Piece]:
    """Return the pieces but for row numbers, mere punctuation and the page's own words."""
    return [
        p
        for p in pieces
        if p.is_title or p.mark is not None or looks_like_date(p.text, facts.dates) or not _says_nothing(p.text, facts)
    ]


def _says_nothing(text: str, facts: Facts) -> bool:
    return is_ordinal(text) or is_furniture(text, facts)


def title_by_order(pieces: Sequence[Piece], facts: Facts) -> int:
    """Return which piece is the title where neither mark nor link says: the first that is no date.

    Only the texts after it may be, and must be, prose: else the first may be a summary or another field.
    """
    loose = [i for i, p in enumerate(pieces) if p.mark is None and not looks_like_date(p.text, facts.dates)]
    if not loose:
        raise Unclear("no title can be told from the rest")
    first, *rest = loose
    if is_facets(pieces[first].text):
        raise Unclear(f"facet text stands where the title should: {pieces[first].text[:100]}")
    if ends_sentence(pieces[first].text) or not all(ends_sentence(pieces[i].text) for i in rest):
        raise Unclear(f"what of this is the title cannot be told: {pieces[first].text[:100]}")
    return first


def take_date(pieces: list[Piece], facts: Facts) -> tuple[str | None, list[Piece]]:
    """Return the date as printed ("" where its place is blank, None where it has none), and the pieces without it."""
    marked = [p for p in pieces if p.mark is Mark.DATE]
    if marked:
        return _one_date(marked, facts), _without(pieces, marked)
    may = [p for p in pieces if not p.is_title and p.mark in {None, Mark.META, Mark.OTHER}]
    found = [p for p in may if looks_like_date(p.text, facts.dates)]
    known = [p for p in found if p.mark is not Mark.OTHER]
    if known:
        if len({p.text for p in known}) > 1:
            raise Unclear(f"more than one date: {', '.join(p.text for p in known)[:200]}")
        return known[0].text, _without(pieces, known)
    inline = _date_in_line(pieces, facts)
    if inline:
        return inline
    if found:
        raise Unclear(f"a field of another kind holds a date: {found[0].text[:100]}")
    return None, pieces


def _without(pieces: list[Piece], gone: list[Piece]) -> list[Piece]:
    known = set(map(id, gone))
    return [piece for piece in pieces if id(piece) not in known]


def _one_date(marked: list[Piece], facts: Facts) -> str:
    texts = list(dict.fromkeys(piece.text for piece in marked if piece.text))
    if len(texts) > 1:
        texts = [text for text in texts if looks_like_date(text, facts.dates)]
    if len(texts) > 1:
        raise Unclear(f"more than one date: {', '.join(texts)[:200]}")
    return texts[0] if texts else ""


def _date_in_line(pieces: list[Piece], facts: Facts) -> tuple[str, list[Piece]] | None:
    """Find "(June 5, 1958) – the summary" in the text right after the title; refuse what might be a date line."""
    at = next(i for i, piece in enumerate(pieces) if piece.is_title)
    after = next((i for i in range(at + 1, len(pieces)) if pieces[i].mark is None), None)
    if after is None:
        return None
    first = pieces[after]
    for gap in _INLINE_BREAK.finditer(first.text[:80]) if not first.kind else ():
        head = first.text[: gap.start()].strip("([ ")
        if looks_like_date(head, facts.dates):
            left = replace(first, paragraphs=(first.text[gap.end() :].strip(),), glued=False)
            return head, [*pieces[:after], *([left] if left.text else []), *pieces[after + 1 :]]
    if _LIKE_A_DATE_LINE.match(first.text):
        raise Unclear(f"this may be a date that cannot be read: {first.text}")
    return None


def check_before(before: list[Piece], *, sure: bool) -> None:
    """Refuse a row with a text before its title that may be the title, the summary, or a date that cannot be read.

    `sure`: the title, the date and the summary are known; then a small text is another field.
    """
    for piece in before:
        if piece.mark is None and not (sure and is_small(piece.text)):
            raise Unclear(f"what the text before the title is cannot be told: {piece.text[:200]}")


def check_dropped(pieces: list[Piece]) -> None:
    """Refuse a row without a summary in which a field of another kind holds what reads as one."""
    for piece in pieces:
        if piece.mark is Mark.OTHER and len(piece.text) >= 60 and ends_sentence(piece.text):
            raise Unclear(f"a field of another kind may hold the summary: {piece.text[:100]}")
