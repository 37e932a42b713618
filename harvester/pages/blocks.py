"""The text of an element as a reader of the page would see it: hidden parts left out, blocks apart."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from lxml.etree import _Element as Element

from harvester.text import squash

UNSEEN_TAGS = frozenset(
    "script style template noscript svg math button input select option textarea iframe object video audio canvas head"
    " meta link dialog datalist progress".split()
)
# Class tokens by which the common frameworks hide text from the eye (Bootstrap, Drupal, WordPress, Tailwind).
UNSEEN_CLASSES = frozenset(
    "visually-hidden visuallyhidden sr-only screen-reader-text screen-reader-only element-invisible hidden d-none"
    " contextual contextual-links js-hide".split()
)
INLINE_TAGS = frozenset(
    "em i b strong u s sup sub cite q abbr small mark font wbr bdi bdo ins del dfn code kbd".split()
)
BLOCK_TAGS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th article section header footer main"
    " aside nav figure figcaption blockquote pre address details summary hr fieldset form center hgroup".split()
)
LONGEST_KEPT = 1000  # characters of a class attribute that is remembered; thousands of longer ones would fill memory
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SHOWN = re.compile(r"(?:d-(?:sm|md|lg|xl|xxl)-|(?:sm|md|lg|xl|2xl):)(?:block|inline.*|flex|grid|table.*)")


def is_element(node: Element) -> bool:
    """Return whether a node is an element, not a comment or a processing instruction."""
    return isinstance(node.tag, str)


def class_tokens(element: Element) -> list[str]:
    """Return the element's class tokens in lower case."""
    return (element.get("class") or "").lower().split()


def hidden(element: Element) -> bool:
    """Return whether an element and all below it is kept from the reader's eye."""
    if element.tag in UNSEEN_TAGS:
        return True
    if not element.attrib:
        return False
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    if style and _UNSEEN_STYLE.search(style):
        return True
    classes = element.get("class")
    if classes is None:
        return False
    return _hides(classes) if len(classes) <= LONGEST_KEPT else _hides.__wrapped__(classes)


@lru_cache(maxsize=4096)
def _hides(classes: str) -> bool:
    """Return whether classes hide an element on every width of screen: "d-none d-md-block" does not."""
    tokens = classes.lower().split()
    return any(token in UNSEEN_CLASSES for token in tokens) and not any(map(_SHOWN.fullmatch, tokens))


def visible_text(element: Element, skip: Collection[Element] = ()) -> str:
    r"""Return the raw text below an element, without its tail: "\n" for <br>, "\n\n" round blocks, none of `skip`."""
    return "".join(_visible(element, skip))


class _Crowded(Exception):
    """An element has more children than could be a short text."""


def _visible(top: Element, skip: Collection[Element], most: int | None = None) -> Iterator[str]:
    # A stack instead of recursion: hostile pages nest 100,000 deep.
    stack: list[Element | str] = [top]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        tail = node.tail if node is not top and node.tail else ""
        if not is_element(node) or hidden(node) or node in skip:
            yield tail
            continue
        if node.tag == "br":
            yield "\n" + tail
            continue
        edge = "\n\n" if node.tag in BLOCK_TAGS and node is not top else ""
        if most is not None and len(node) > most:
            raise _Crowded
        yield edge + (node.text or "").replace("\n", " ")
        stack.append(edge + tail.replace("\n", " "))
        stack.extend(reversed(node))


def text_of(element: Element, skip: Collection[Element] = ()) -> str:
    """Return an element's visible text on one line, squashed."""
    return squash(visible_text(element, skip))


def short_text(element: Element, limit: int) -> str | None:
    """Return an element's visible text on one line; None, found without reading it all, if it is over the limit."""
    parts: list[str] = []
    left = limit * 4  # white space is not told apart yet
    try:
        for part in _visible(element, (), left):
            parts.append(part)
            left -= len(part) + 1  # an element without text costs time too
            if left < 0:
                return None
    except _Crowded:
        return None
    text = squash("".join(parts))
    return text if len(text) <= limit else None


def path_of(element: Element) -> str:
    """Return where an element stands, as an XPath of its own tree."""
    return str(element.getroottree().getpath(element))
