"""Where on the page the fields of a row stand: the pieces that it is read from lead back to their elements."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from harvester.pages.blocks import path_of
from harvester.pages.columns import Heads
from harvester.pages.facts import Facts
from harvester.pages.fields import take_date
from harvester.pages.marks import Mark
from harvester.pages.pieces import Piece
from harvester.pages.row import FoundRow, cut_row
from harvester.pages.summaries import loose_summary, marked_pieces


@dataclass(frozen=True, slots=True)
class Origin:
    """One place that a field was read from: an XPath or a block's number, its markup, and the text read there.

    `path` is None for a record without an element of its own where the page holds several of the same markup. It ends
    in "/text()" for bare text, and `markup` is then that of the element in which it stands.
    """

    path: str | None
    markup: str
    text: str


def row_origins(row: FoundRow, facts: Facts, page: Element) -> dict[str, tuple[Origin, ...]]:
    """Return the origins of a row's date_text, title, summary and url; `page` is what the row was found in."""
    title, pieces = cut_row(row, facts, Heads())
    date, left = take_date(pieces, facts)
    kept = set(map(id, left))
    at = next(i for i, piece in enumerate(left) if piece.is_title)
    summary = marked_pieces(left) or loose_summary(left[at + 1 :])[1]
    dates = [piece for piece in pieces if date and id(piece) not in kept and date in piece.text]
    found = {"date_text": dates, "title": [left[at]], "summary": summary}
    origins = {name: tuple(_origins(of, page)) for name, of in found.items() if of}
    if row.url is not None:
        links = [a for a in row.element.iter("a") if facts.document_url(a.get("href") or "") == row.url]
        near = [a for a in links if title.element is not None and _goes_with(a, title.element)]
        origins["url"] = tuple(_origin(link, link.get("href") or "", page) for link in (near or links)[:1])
    return origins


def _goes_with(link: Element, title: Element) -> bool:
    """Return whether a link is the title, in it, or round it."""
    return link is title or title in link.iterancestors() or link in title.iterancestors()


def _origins(pieces: Iterable[Piece], page: Element) -> Iterable[Origin]:
    for piece in pieces:
        if piece.element is not None:
            bare = not piece.kind and not (piece.is_title and piece.mark is Mark.TITLE)
            yield _origin(piece.element, piece.text, page, bare=bare)


def _origin(element: Element, text: str, page: Element, *, bare: bool = False) -> Origin:
    root = element.getroottree().getroot()
    if root is element:  # made to hold neighbours; no page has it
        return Origin(None, text, text)
    markup = _markup_of(element)
    path = path_of(element) if root is page.getroottree().getroot() else _path_of_original(element, markup, page)
    return Origin(f"{path}/text()" if bare and path else path, markup, text)


def _path_of_original(copy: Element, markup: str, page: Element) -> str | None:
    """Return where the element stands of which a row joined from neighbours has a copy."""
    same = [other for other in page.iter(str(copy.tag)) if _markup_of(other) == markup]
    return path_of(same[0]) if len(same) == 1 else None


def _markup_of(element: Element) -> str:
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)
