"""Finds the labelled parts of a page: each heading with what follows it, wherever they are wrapped."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element

from harvester.pages.account import Node
from harvester.pages.blocks import class_tokens, hidden, is_element, visible_text
from harvester.text import split_paragraphs, squash

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 dt th".split())
_HEADING_CLASSES = frozenset({"sub-title", "field__label", "field-label"})  # the last two are Drupal's own


def is_heading(element: Element) -> bool:
    """Return whether an element is a heading, a term that is described, or the head of a table's row."""
    return element.tag in _HEADINGS or not _HEADING_CLASSES.isdisjoint(class_tokens(element))


def normal_label(text: str) -> str:
    """Return a label without regard to case, white space, and the colon at its end.

    >>> normal_label("Author(s) :"), normal_label("ORIGINAL  ARCHIVE")
    ('author(s)', 'original archive')
    """
    return squash(text).rstrip(" :：").casefold()


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the nodes of its value, in reading order."""

    heading: Element
    nodes: tuple[Node, ...]

    @property
    def label(self) -> str:
        """Return the label as printed, without its colon; one for screen readers alone, or on a button, is one too."""
        text = squash(visible_text(self.heading)) or "".join(self.heading.itertext())
        return squash(text).rstrip(" :：")

    @property
    def is_hidden(self) -> bool:
        """Return whether the part is kept from the reader's eye."""
        return any(map(hidden, (self.heading, *self.heading.iterancestors())))

    @property
    def elements(self) -> list[Element]:
        """Return the elements of the value."""
        return [element for element, part in self.nodes if part == "all"]

    @property
    def paragraphs(self) -> list[str]:
        """Return the value's paragraphs; a hard break is a space."""
        return split_paragraphs(self._raw)

    @property
    def lines(self) -> list[str]:
        """Return the value's lines: paragraphs, and what hard breaks part."""
        return [clean for clean in map(squash, self._raw.split("\n")) if clean]

    @property
    def _raw(self) -> str:
        texts = []
        for element, part in self.nodes:
            if part == "all":
                texts.append(f"\n\n{visible_text(element)}\n\n" if element.tag in _APART else visible_text(element))
                texts += ["\n"] if element.tag == "br" else []
            else:
                texts.append((element.tail or "").replace("\n", " "))
        return "".join(texts)


_APART = frozenset("p div ul ol dl dd li table blockquote section article h1 h2 h3 h4 h5 h6 pre".split())


def find_parts(
    top: Element, read: Callable[[Element], bool], stops: Collection[Element], is_block: Callable[[Element], bool]
) -> Iterator[Part]:
    """Yield the labelled parts below an element, but for headings that were `read` already.

    `stops` are elements that no value holds, and those above them. In an element that `is_block`, the value is all
    that follows up to the next heading; else it is the next element, or the text before it.
    """
    order = list(top.iter("*"))
    headings: Counter[Element] = Counter()
    for element in reversed(order):
        headings[element] += is_heading(element)
        if (up := element.getparent()) is not None:
            headings[up] += headings[element]
    for heading in filter(is_heading, order):
        if not read(heading):
            yield Part(heading, tuple(_value(heading, top, stops, is_block, headings)))


def _value(
    heading: Element,
    top: Element,
    stops: Collection[Element],
    is_block: Callable[[Element], bool],
    headings: Counter[Element],
) -> Iterator[Node]:
    start = heading
    while _is_alone(start) and (up := start.getparent()) is not None and up is not top and not is_block(up):
        start = up
    up = start.getparent()
    whole = up is not None and up is not top and (is_block(up) or _is_of_one(up, start, stops, headings))
    yield (start, "tail")
    if not whole and squash(start.tail or ""):
        return
    for sibling in start.itersiblings():
        if is_element(sibling):
            if sibling in stops or headings[sibling]:
                return
            yield (sibling, "all")
            if not whole and sibling.tag != "br":
                return
        yield (sibling, "tail")
        if not whole and squash(sibling.tail or ""):
            return


def _is_of_one(element: Element, start: Element, stops: Collection[Element], headings: Counter[Element]) -> bool:
    """Return whether an element begins with a heading, and holds no other and nothing that stands for itself."""
    if element in stops or headings[element] != 1 or squash(element.text or ""):
        return False
    return next(element.iterchildren("*"), None) is start


def _is_alone(element: Element) -> bool:
    """Return whether an element is all that there is in the one above it."""
    up = element.getparent()
    return up is not None and len(up) == 1 and not squash(up.text or "") and not squash(element.tail or "")
