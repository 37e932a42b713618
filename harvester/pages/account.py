"""Keeps account of a page's visible text: what was read, what is ignored on purpose, and what belongs to neither."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lxml.etree import _Element as Element

from harvester.items import Unknown
from harvester.pages.blocks import hidden, is_element, path_of, visible_text
from harvester.pages.limits import LONGEST_UNKNOWN
from harvester.text import squash

# A place of text: all of an element, or only the text at its begin, or the text behind it.
Node = tuple[Element, Literal["all", "text", "tail"]]
_LABELS = frozenset({"strong", "b", "label", "th"})
_LONGEST_LABEL = 60  # characters of a label that is no heading


@dataclass(frozen=True, slots=True)
class Ignored:
    """A part of a page that is passed over on purpose: why, and how it is told."""

    reason: str
    test: Callable[[Element], bool]


class Account:
    """What of a part of a page was read; `labels` holds the labels under which nodes of known parts stand."""

    def __init__(self, top: Element, ignored: Sequence[Ignored], is_heading: Callable[[Element], bool]) -> None:
        self.top = top
        self.ignored = ignored
        self.is_heading = is_heading
        self.labels: dict[Node, str] = {}
        self.claimed: set[Node] = set()

    def read(self, *elements: Element) -> None:
        """Note that elements were read, with all below them."""
        self.claimed.update((element, "all") for element in elements)

    def read_nodes(self, nodes: Iterable[Node]) -> None:
        """Note that elements and texts were read."""
        self.claimed.update(nodes)

    def has_read(self, element: Element) -> bool:
        """Return whether an element was read, or one that it stands in."""
        return any((up, "all") in self.claimed for up in (element, *element.iterancestors()))

    def holders(self) -> set[Element]:
        """Return the elements in which something was read."""
        held: set[Element] = set()
        for element, part in self.claimed:
            up = element if part == "text" else element.getparent()
            while up is not None and up not in held:
                held.add(up)
                up = up.getparent()
        return held

    def leftovers(self) -> Iterator[Unknown]:
        """Yield what is visible and was neither read nor ignored: a heading with what follows it as one part."""
        mixed = self._ignore()
        group: list[Node] = []
        for node in self._nodes(mixed):
            if group and (node is None or self._heading(node) is not None or _holder(node) is not _holder(group[0])):
                yield self._unknown(group)
                group = []
            if node is not None:
                group.append(node)
        if group:
            yield self._unknown(group)

    def _ignore(self) -> set[Element]:
        """Claim what is ignored; return the elements that were read in part, or hold several labelled parts."""
        mixed = self.holders() | {self.top}
        order: list[Element] = []
        stack = [self.top]
        while stack:
            element = stack.pop()
            order.append(element)
            if element not in mixed and any(ignored.test(element) for ignored in self.ignored):
                self.read(element)
            if (element, "all") not in self.claimed:
                stack.extend(child for child in reversed(element) if is_element(child) and not hidden(child))
        headings: Counter[Element] = Counter()
        for element in reversed(order[1:]):
            up = element.getparent()
            assert up is not None
            headings[up] += headings[element] + self.is_heading(element)
            if element in mixed or (element, "all") in self.claimed or headings[up] > 1:
                mixed.add(up)
        return mixed

    def _nodes(self, mixed: set[Element]) -> Iterator[Node | None]:
        """Yield the largest nodes that are left over, in reading order; None in the place of what was read."""
        stack: list[Node] = [(self.top, "all")]
        while stack:
            node = stack.pop()
            element, part = node
            if node in self.claimed:
                yield None
            elif part == "all" and (not is_element(element) or (hidden(element) and element is not self.top)):
                continue
            elif part == "all" and element in mixed:
                for child in reversed(element):
                    stack += [(child, "tail"), (child, "all")]
                stack.append((element, "text"))
            elif _says(node):
                yield node

    def _heading(self, node: Node) -> Element | None:
        """Return the heading that a node is, or begins with."""
        element, part = node
        return next(filter(self.is_heading, element.iter()), None) if part == "all" else None

    def _unknown(self, group: list[Node]) -> Unknown:
        heading = self._heading(group[0])
        skip = () if heading is None else (heading,)
        text = squash(" ".join(_text(node, skip) for node in group))
        label = self._label(group[0], text) if heading is None else squash(visible_text(heading))
        element, part = group[0]
        place = path_of(_holder(group[0])) + "/text()" if part != "all" else path_of(element)
        return Unknown(label.rstrip(" :")[:LONGEST_UNKNOWN], text[:LONGEST_UNKNOWN], place)

    def _label(self, node: Node, text: str) -> str:
        """Return the label of the known part that a node stands in, else the words in bold that it begins with."""
        if node in self.labels:
            return self.labels[node]
        for up in (_holder(node), *_holder(node).iterancestors()):
            if (up, "all") in self.labels:
                return self.labels[up, "all"]
        return _bold(node[0], text) if node[1] == "all" else ""


def _bold(element: Element, text: str) -> str:
    """Return the label that a text begins with: words in bold, and a colon."""
    for part in element.iter(*_LABELS):
        label = squash(visible_text(part))
        plain = label.rstrip(" :")
        if plain and len(label) <= _LONGEST_LABEL and text.startswith(plain):
            return plain if text[len(plain) :].lstrip().startswith(":") else ""
        break
    return ""


def _holder(node: Node) -> Element:
    """Return the element that a node stands in."""
    element, part = node
    up = element if part == "text" else element.getparent()
    return element if up is None else up


def _text(node: Node, skip: Sequence[Element] = ()) -> str:
    element, part = node
    if part == "all":
        return visible_text(element, skip)
    return (element.text if part == "text" else element.tail) or ""


def _says(node: Node) -> bool:
    """Return whether a node says anything: signs between parts ("|", "»") don't."""
    return any(c.isalnum() for c in _text(node))
