"""Tells a field from a container of fields, and both from running text that merely holds a marked word."""

from lxml.etree import _Element as Element

from harvester.pages.blocks import BLOCK_TAGS, INLINE_TAGS, class_tokens, hidden, is_element, text_of
from harvester.pages.marks import Mark, label_of, mark_of
from harvester.pages.unclear import Unclear
from harvester.pages.wording import is_small
from harvester.text import squash

_WORDS = INLINE_TAGS | {"span", "a", "time", "data"}
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


def holds_fields(element: Element, own: Mark | None) -> bool:
    """Return whether an element is a container: it has blocks or marked fields below it.

    Raises Unclear where a marked word begins a sentence that may or may not go on with it.
    """
    if own in {Mark.DATE, Mark.OTHER, Mark.TITLE}:
        return False
    fields = {Mark.DATE} if own is Mark.SUMMARY else {Mark.DATE, Mark.SUMMARY, Mark.OTHER, Mark.META}
    below = [e for e in element.iterdescendants() if is_element(e)]
    marked = [e for e in below if mark_of(e) in fields and not hidden(e) and not _goes_on(e)]
    if marked:
        _check_first_word(marked[0], own)
        return True
    return own is Mark.META or (own is None and any(e.tag in BLOCK_TAGS for e in below))


def _goes_on(element: Element) -> bool:
    return in_prose(element, _line_before(element))


def _line_before(element: Element) -> str:
    """Return the text before an element in its parent, back to the last line break or block."""
    parent = element.getparent()
    parts: list[str] = []
    before = element.getprevious()
    while before is not None:
        parts.append(before.tail or "")
        if is_element(before) and (before.tag == "br" or before.tag in BLOCK_TAGS):
            break
        parts.append(text_of(before) if is_element(before) and not hidden(before) else "")
        before = before.getprevious()
    else:
        parts.append((parent.text or "") if parent is not None else "")
    return squash("".join(reversed(parts)))


def _check_first_word(element: Element, own: Mark | None) -> None:
    tail = squash(element.tail or "")
    if mark_of(element) is Mark.DATE or own is Mark.META or element.tag not in _WORDS:
        return
    if tail[:1].isalnum() and not is_small(tail):
        raise Unclear(f"whether this is a field or begins a sentence cannot be told: {text_of(element)[:60]}")
