"""Looks at the text between rows: what belongs to none of them may have been lost from one."""

from collections.abc import Iterator, Set

from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.pages.blocks import hidden, is_element
from harvester.pages.facts import Facts
from harvester.pages.regions import is_aside
from harvester.pages.wording import is_furniture, is_small
from harvester.text import squash


def doubt_outside(container: Element, rows: Set[Element], facts: Facts) -> tuple[str | None, str | None]:
    """Return why no row of a listing can be believed, and why none can that has no date of its own; or None."""
    dateless = None
    for text in _between(container, rows):
        if looks_like_date(text, facts.dates):
            dateless = f"a date stands outside the rows: {text}"
        elif not is_small(text) and not is_furniture(text, facts):
            return f"text stands outside the rows; whose it is cannot be told: {text[:100]}", None
    return None, dateless


def _between(container: Element, rows: Set[Element]) -> Iterator[str]:
    """Yield the texts in no row, between the first row and the last."""
    seen, held = 0, list[str]()
    for text in _texts(container, rows):
        if text is None:
            seen += 1
            yield from held
            held.clear()
        elif seen and any(c.isalnum() for c in text):
            held.append(squash(text))


def _texts(container: Element, rows: Set[Element]) -> Iterator[str | None]:
    """Yield every text in reading order, None in the place of each row."""
    stack: list[Element | str | None] = [container]
    while stack:
        node = stack.pop()
        if node is None or isinstance(node, str):
            yield node
            continue
        if node is not container:
            stack.append(node.tail or "")
        if node in rows:
            stack.append(None)
        elif is_element(node) and not hidden(node) and (node is container or not is_aside(node)):
            stack.extend(reversed(node))
            stack.append(node.text or "")
