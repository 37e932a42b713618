"""Cuts a row into its pieces, in reading order: what stands apart on the page stands apart here."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from lxml.etree import _Element as Element

from harvester.pages.blocks import BLOCK_TAGS, INLINE_TAGS, hidden, is_element, text_of, visible_text
from harvester.pages.marks import Mark, label_of, mark_of
from harvester.text import split_paragraphs, squash

_SEPARATORS = " \t\n\r\f\xa0|·•‧∙–—―-−:;,/»›>"
_LABEL_TAGS = frozenset({"dt", "th", "label", "b", "strong", "span"})
_FURNITURE_TAGS = frozenset({"nav", "aside", "form", "button"})
_NAMED_LABEL = re.compile(r"([A-Za-z][A-Za-z ()#.]{1,20}):\s+(.+)", re.S)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands together: its paragraphs, and what it is marked as.

    `bare` is True for text directly in the row; `glued` for text that only a line break parts from the piece before.
    """

    paragraphs: tuple[str, ...]
    mark: Mark | None
    bare: bool = False
    glued: bool = False
    is_title: bool = False

    @property
    def text(self) -> str:
        """Return the piece on one line."""
        return " ".join(self.paragraphs)


class _Cutter:
    """Walks one row; holds the pieces cut so far and the label that waits for its value."""

    def __init__(self, title: Element | None, opened: Collection[Element], skip: Collection[Element]) -> None:
        self.title = title
        self.opened = opened
        self.skip = skip
        self.pieces: list[Piece] = []
        self.label: Mark | None = None

    def add(self, piece: Piece, tag: str = "") -> None:
        """Take a piece, unless it is a label: then the next one takes its meaning."""
        if not piece.paragraphs:
            return
        mark = label_of(piece.text) if piece.mark is None else None
        if mark and not piece.is_title and (piece.text.endswith(":") or tag in _LABEL_TAGS):
            self.label = mark
            return
        if self.label and not piece.is_title and piece.mark in {None, Mark.META}:
            piece = replace(piece, mark=None if self.label is Mark.TITLE else self.label, glued=False)
        self.label = None
        self.pieces.append(piece)

    def open(self, container: Element, mark: Mark | None = None) -> None:
        """Cut the content of an element that holds the title, or several fields."""
        run: list[str] = [container.text or ""]
        breaks = 2
        for child in container:
            if not is_element(child) or hidden(child) or child in self.skip:
                run.append(child.tail or "")
                continue
            if child.tag == "br":
                breaks = self.flush(run, container, mark, breaks, 1)
            elif self.inline(child):
                run.append(visible_text(child, self.skip))
                run.append(child.tail or "")
                continue
            else:
                self.flush(run, container, mark, breaks, 2)
                breaks = 2
                self.element(child, mark)
            run.append(child.tail or "")
        self.flush(run, container, mark, breaks, 2)

    def inline(self, child: Element) -> bool:
        """Return whether an element is part of running text."""
        if child is self.title or child in self.opened or mark_of(child) is not None:
            return False
        if child.tag == "a":
            return True
        return child.tag in INLINE_TAGS and not (label_of(text_of(child)) and text_of(child).endswith(":"))

    def flush(self, run: list[str], container: Element, mark: Mark | None, breaks: int, then: int) -> int:
        """End a run of bare text; return how many line ends stand before the next one."""
        text = squash("".join(run)).strip(_SEPARATORS) if not mark else squash("".join(run))
        run.clear()
        if not text.strip(_SEPARATORS):
            return breaks + then
        for part in re.split(r"\s*[|·•]\s*", text) if mark is Mark.META else [_unwrap(text)]:
            self.add(Piece((part,) if part else (), mark, bare=True, glued=breaks == 1))
        return then

    def element(self, child: Element, mark: Mark | None) -> None:
        """Cut one element: the title, a field, or a container of fields."""
        if child is self.title:
            self.label = None
            self.pieces.append(Piece((text_of(child, self.skip),), Mark.TITLE, is_title=True))
            return
        own = Mark.OTHER if child.tag in _FURNITURE_TAGS else mark_of(child) or mark
        if child in self.opened or self.holds_fields(child, own):
            self.open(child, own if own is Mark.META else None)
            return
        paragraphs = tuple(split_paragraphs(visible_text(child, self.skip)))
        if own is Mark.DATE and not paragraphs and child.tag == "time":
            paragraphs = tuple(split_paragraphs((child.get("datetime") or "")[:10]))
        if own is Mark.DATE and not paragraphs:
            self.pieces.append(Piece((), own))
        elif own in {None, Mark.META} and (named := _NAMED_LABEL.fullmatch(" ".join(paragraphs))):
            self.named(child, paragraphs, named)
        else:
            self.add(Piece(paragraphs, own), child.tag)

    def named(self, child: Element, paragraphs: tuple[str, ...], named: re.Match[str]) -> None:
        """Take "Date: June 5, 1958" as a date, "Type: Letter" as another field; all else as it stands."""
        mark = label_of(named[1])
        if mark in {Mark.DATE, Mark.OTHER}:
            self.add(Piece((named[2],), mark))
        elif mark is Mark.SUMMARY and any(label_of(text_of(c)) for c in child):
            first = paragraphs[0].removeprefix(named[1]).lstrip(": ")
            self.add(Piece((first, *paragraphs[1:]), mark))
        else:
            self.add(Piece(paragraphs, None), child.tag)

    def holds_fields(self, child: Element, own: Mark | None) -> bool:
        """Return whether an element is a container: it has blocks or marked fields below it."""
        if own in {Mark.DATE, Mark.OTHER, Mark.TITLE}:
            return False
        fields = {Mark.DATE} if own is Mark.SUMMARY else {Mark.DATE, Mark.SUMMARY, Mark.OTHER, Mark.META}
        below = [e for e in child.iterdescendants() if is_element(e)]
        if any(mark_of(e) in fields for e in below):
            return True
        return own is Mark.META or (own is None and any(e.tag in BLOCK_TAGS for e in below))


def _unwrap(text: str) -> str:
    """Drop the brackets round a text that stands wholly in parentheses."""
    inner = text[1:-1]
    return inner if text[:1] == "(" and text[-1:] == ")" and not set("()") & set(inner) else text


def cut(row: Element, title: Element | None, opened: Collection[Element], skip: Collection[Element]) -> list[Piece]:
    """Return the pieces of a row in reading order.

    `title` is the element known to hold the title (None if order must tell), `opened` the elements to look into,
    `skip` those that say nothing ("read more").
    """
    cutter = _Cutter(title, opened, skip)
    if row is title:
        cutter.element(row, None)
    else:
        cutter.open(row)
    return cutter.pieces
