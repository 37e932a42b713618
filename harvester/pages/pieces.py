"""Cuts a row into its pieces, in reading order: what stands apart on the page stands apart here."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.etree import _Element as Element

from harvester.pages.blocks import INLINE_TAGS, hidden, is_element, text_of, visible_text
from harvester.pages.containers import LINE_END, Lines, holds_fields, in_prose, kind_of
from harvester.pages.limits import MOST_PIECES
from harvester.pages.marks import Mark, label_of, mark_of
from harvester.pages.unclear import Unclear
from harvester.pages.wording import is_small
from harvester.text import split_paragraphs, squash

_SEPARATORS = " \t\n\r\f\xa0|·•‧∙–—―-−:;,/»›>"
_LABEL_TAGS = frozenset({"dt", "th", "label", "b", "strong", "span"})
_FURNITURE_TAGS = frozenset({"nav", "aside", "form", "button"})
_BLANK_BRACKETS = re.compile(r"^(?:\(\s*\)|\[\s*\])")  # "Title () – summary": the place of a blank date
_NAMED_LABEL = re.compile(r"([A-Za-z][A-Za-z ()#.]{1,20}):\s+(.+)", re.S)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands together: its paragraphs, what it is marked as, and the kind of element that it fills.

    `kind` is "" for text directly in the row; `glued` is True for text that only a line break parts from the piece
    before. `element` is the one that it fills, or in which it stands as bare text.
    """

    paragraphs: tuple[str, ...]
    mark: Mark | None
    kind: str = ""
    glued: bool = False
    is_title: bool = False
    element: Element | None = None

    @property
    def text(self) -> str:
        """Return the piece on one line."""
        return " ".join(self.paragraphs)


@dataclass(slots=True)
class Cutter:
    """Walks one row; holds the pieces cut so far and the label that waits for its value.

    `title` is the element known to hold the title (None if order must tell), `opened` the elements to look into,
    `skip` those that say nothing ("read more"), `cells` what a table's heads say of its cells.
    """

    title: Element | None
    opened: Collection[Element]
    skip: Collection[Element]
    cells: Mapping[Element, Mark]
    pieces: list[Piece] = field(default_factory=list)
    label: Mark | None = None
    lines: Lines = field(default_factory=Lines)

    def cut(self, row: Element) -> list[Piece]:
        """Return the pieces of a row in reading order."""
        if row is self.title:
            self._element(row, None)
        else:
            self._open(row)
        return self.pieces

    def _add(self, piece: Piece, tag: str = "") -> None:
        """Take a piece, unless it is a label: then the next one takes its meaning."""
        mark = label_of(piece.text) if piece.mark is None else None
        if mark and (piece.text.endswith(":") or tag in _LABEL_TAGS):
            self.label = mark
            return
        if self.label and piece.mark in {None, Mark.META}:
            piece = replace(piece, mark=None if self.label is Mark.TITLE else self.label, glued=False)
        elif piece.mark is Mark.META and not is_small(piece.text):
            piece = replace(piece, mark=None)
        self.label = None
        self.pieces.append(piece)
        if len(self.pieces) > MOST_PIECES:
            raise Unclear(f"more than {MOST_PIECES} texts stand apart in it")

    def _open(self, container: Element, mark: Mark | None = None) -> None:
        """Cut the content of an element that holds the title, or several fields."""
        run: list[str] = [container.text or ""]
        breaks = 2
        for child in container:
            if not is_element(child) or hidden(child) or child in self.skip:
                pass
            elif child.tag == "br":
                breaks = self._flush(container, run, mark, breaks, 1)
            elif self._is_inline(child, run):
                run.append(visible_text(child, self.skip))
            else:
                self._flush(container, run, mark, breaks, 2)
                breaks = 2
                self._element(child, mark)
            if child.tail:
                run.append(child.tail)
        self._flush(container, run, mark, breaks, 2)

    def _is_inline(self, child: Element, run: list[str]) -> bool:
        """Return whether an element is part of running text."""
        if child is self.title or child in self.opened or child in self.cells:
            return False
        if in_prose(child, _line_end(run)):
            return True
        if mark_of(child) is not None:
            return False
        return child.tag == "a" or (child.tag in INLINE_TAGS and not _is_label(child))

    def _flush(self, container: Element, run: list[str], mark: Mark | None, breaks: int, then: int) -> int:
        """End a run of bare text; return how many line ends stand before the next one."""
        text = squash("".join(run))
        run.clear()
        shown = _BLANK_BRACKETS.sub("", text.strip(_SEPARATORS)).strip(_SEPARATORS)
        if not shown:
            return breaks + then
        if label_of(shown) and text.endswith(":"):
            shown = text
        for part in re.split(r"\s*[|·•]\s*", shown) if mark is Mark.META else [_unwrap(shown)]:
            if part:
                self._add(Piece((part,), mark, glued=breaks == 1, element=container))
        return then

    def _element(self, child: Element, mark: Mark | None) -> None:
        """Cut one element: the title, a field, or a container of fields."""
        if child is self.title:
            self.label = None
            self.pieces.append(Piece((text_of(child, self.skip),), Mark.TITLE, is_title=True, element=child))
            return
        own = Mark.OTHER if child.tag in _FURNITURE_TAGS else self.cells.get(child) or mark_of(child) or mark
        if child in self.opened:
            self._open(child)
        elif holds_fields(child, own, self.lines):
            self._open(child, own if own is Mark.META and child.find(".//p") is None else None)
        else:
            self._field(child, own)

    def _field(self, child: Element, own: Mark | None) -> None:
        paragraphs = tuple(split_paragraphs(visible_text(child, {*self.skip, *_label_in(child, own)})))
        named = _NAMED_LABEL.fullmatch(" ".join(paragraphs))
        if named and own in {None, Mark.META, Mark.DATE}:
            self._named(child, own, paragraphs, named)
        elif paragraphs:
            self._add(Piece(paragraphs, own, kind_of(child), element=child), str(child.tag))
        elif own is Mark.DATE:
            self.pieces.append(Piece((), own, element=child))

    def _named(self, child: Element, own: Mark | None, paragraphs: tuple[str, ...], named: re.Match[str]) -> None:
        """Take "Date: June 5, 1958" as a date, "Type: Letter" as another field; all else as it stands."""
        mark = label_of(named[1])
        if mark is Mark.DATE or (mark is Mark.OTHER and own is not Mark.DATE):
            self._add(Piece((named[2],), mark, kind_of(child), element=child))
        elif mark is Mark.SUMMARY and any(_is_label(c) for c in child if is_element(c)):
            first = paragraphs[0].removeprefix(named[1]).lstrip(": ")
            self._add(Piece((*([first] if first else []), *paragraphs[1:]), mark, kind_of(child), element=child))
        else:
            self._add(Piece(paragraphs, own, kind_of(child), element=child), str(child.tag))


def _line_end(run: Sequence[str]) -> str:
    """Return the end of a line: joining all of it for each of its elements would take quadratic time."""
    parts, left = [], LINE_END
    for part in reversed(run):
        parts.append(part)
        left -= len(part) or 1
        if left <= 0:
            break
    return squash("".join(reversed(parts)))


def _is_label(element: Element) -> bool:
    text = text_of(element)
    return text.endswith(":") and label_of(text) is not None


def _label_in(field: Element, own: Mark | None) -> set[Element]:
    """Return the element by which a marked field names itself, "Summary:"."""
    if own not in {Mark.DATE, Mark.SUMMARY}:
        return set()
    first = next((e for e in field if is_element(e) and not hidden(e)), None)
    return {first} if first is not None and not (field.text or "").strip() and _is_label(first) else set()


def _unwrap(text: str) -> str:
    """Drop the brackets round a text that stands wholly in parentheses."""
    inner = text[1:-1]
    return inner if text[:1] == "(" and text[-1:] == ")" and not set("()") & set(inner) else text
