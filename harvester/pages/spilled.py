"""Finds text that fell out of a page's main part: what a text's own HTML closes too much, or not in its place."""

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from harvester.items import Unknown
from harvester.pages.blocks import class_tokens, hidden, is_element, path_of, text_of
from harvester.pages.limits import LONGEST_UNKNOWN
from harvester.pages.regions import is_aside
from harvester.text import squash

_FEET = frozenset({"footer", "site-footer", "page-footer"})


def text_behind(main: Element) -> Iterator[Unknown]:
    """Yield the text between the main part and the page's foot, where none belongs."""
    for up in (main, *main.iterancestors()):
        if up.tag in {"body", "html"}:
            return
        yield from _tail(up)
        for sibling in up.itersiblings():
            if is_element(sibling) and _is_foot(sibling):
                return
            yield from _left(sibling)


def text_swallowed(main: Element) -> Iterator[Unknown]:
    """Yield the comments, styles and titles that hold blocks, as one without an end does up to the end of the next."""
    for node in main.iter(etree.Comment, "style", "title"):
        text = str(node.text or "")
        if "<div" in text and (is_element(node) or "<!--" in text):
            yield Unknown("text without an end", squash(text)[:LONGEST_UNKNOWN], path_of(node))


def _is_foot(element: Element) -> bool:
    names = {(element.get("id") or "").lower(), *class_tokens(element)}
    return element.tag == "footer" or element.get("role") == "contentinfo" or not _FEET.isdisjoint(names)


def _left(sibling: Element) -> Iterator[Unknown]:
    if is_element(sibling) and not hidden(sibling) and not is_aside(sibling):
        text = text_of(sibling)
        if any(c.isalnum() for c in text):
            yield Unknown("", text[:LONGEST_UNKNOWN], path_of(sibling))
    yield from _tail(sibling)


def _tail(element: Element) -> Iterator[Unknown]:
    text = squash(element.tail or "")
    if any(c.isalnum() for c in text):
        yield Unknown("", text[:LONGEST_UNKNOWN], f"{path_of(element)}/following::text()[1]")
