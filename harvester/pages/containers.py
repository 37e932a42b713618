"""Tells a field from a container of fields, and both from running text that merely holds a marked word."""

from lxml.etree import _Element as Element

from harvester.pages.blocks import BLOCK_TAGS, INLINE_TAGS, class_tokens, hidden, is_element, text_of
from harvester.pages.marks import Mark, label_of, mark_of
from harvester.pages.unclear import Unclear
from harvester.pages.wording import is_small
from harvester.text import squash

_WORDS = INLINE_TAGS | {"span", "a", "time", "data"}
LINE_END = 200  # characters: what a line ends with, or that it is a label, is told by these
_OPEN_ENDS = "|·•‧∙/:;–—―-−([#"
_ALTERNATING = frozenset("first last odd even active".split())


def kind_of(element: Element) -> str:
    """Return what makes an element like another: its tag and classes, those aside that count or alternate."""
    tokens = (t for t in class_tokens(element) if t not in _ALTERNATING and not any(c.isdigit() for c in t))
    return ".".join([str(element.tag), *sorted(tokens)])


def in_prose(element: Element, before: str) -> bool:
    """Return whether an inline element goes on a sentence: `before` is the text of its line so far.

    "He met <span class="person">Mao</span> in Moscow" is one text, whatever the class says.
    """
    if element.tag not in _WORDS or not before.strip() or label_of(before):
        return False
    if before[-1] in _OPEN_ENDS:
        return False
    if before[-1] in ".!?…" and mark_of(element) is None:
        return False
    return before[-1] not in ".!?…" or squash(element.tail or "")[:1].isalnum()


def holds_fields(element: Element, own: Mark | None, lines: "Lines") -> bool:
    """Return whether an element is a container: it has blocks or marked fields below it.

    Raises Unclear where a marked word begins a sentence that may or may not go on with it.
    """
    if own in {Mark.DATE, Mark.OTHER, Mark.TITLE}:
        return False
    fields = {Mark.DATE} if own is Mark.SUMMARY else {Mark.DATE, Mark.SUMMARY, Mark.OTHER, Mark.META}
    below = [e for e in element.iterdescendants() if is_element(e)]
    marked = (e for e in below if mark_of(e) in fields and not hidden(e) and not lines.goes_on(e))
    first = next(marked, None)
    if first is not None:
        _check_first_word(first, own)
        return True
    return own is Mark.META or (own is None and any(e.tag in BLOCK_TAGS for e in below))


class Lines:
    """The text before each child of an element, on its line; each element is gone through once."""

    def __init__(self) -> None:
        self._before: dict[Element, str] = {}
        self._goes_on: dict[Element, bool] = {}

    def goes_on(self, element: Element) -> bool:
        """Return whether an element goes on a sentence of its parent."""
        if element.tag not in _WORDS:
            return False
        if element not in self._goes_on:
            parent = element.getparent()
            if element not in self._before and parent is not None:
                self._read(parent)
            self._goes_on[element] = in_prose(element, squash(self._before.get(element, "")))
        return self._goes_on[element]

    def _read(self, parent: Element) -> None:
        line = parent.text or ""
        for child in parent:
            self._before[child] = line
            if is_element(child) and (child.tag == "br" or child.tag in BLOCK_TAGS):
                line = ""
            elif is_element(child) and not hidden(child):
                line += text_of(child)
            line = (line + (child.tail or ""))[-LINE_END:]


def _check_first_word(element: Element, own: Mark | None) -> None:
    tail = squash(element.tail or "")
    if mark_of(element) is Mark.DATE or own is Mark.META or element.tag not in _WORDS:
        return
    if tail[:1].isalnum() and not is_small(tail):
        raise Unclear(f"whether this is a field or begins a sentence cannot be told: {text_of(element)[:60]}")
