"""Keeps account of a page's visible text: what was read, what is ignored on purpose, and what belongs to neither."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lxml.etree import _Element as Element

from harvester.items import Unknown
from harvester.pages.blocks import BLOCK_TAGS, hidden, is_element, path_of, visible_text
from harvester.pages.limits import LONGEST_UNKNOWN, MOST_OUTSIDE, MOST_PARTS, refuse
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

    def refuse_crowded(self) -> None:
        """Raise PageTooLarge for more elements or headings outside what was read than any page has."""
        elements = headings = 0
        stack = [self.top]
        while stack:
            element = stack.pop()
            if (element, "all") in self.claimed:
                continue
            elements += 1
            headings += self.is_heading(element)
            stack.extend(child for child in element if is_element(child))
            if elements > MOST_OUTSIDE:
                refuse("has too many elements outside its texts", MOST_OUTSIDE)
            if headings > MOST_PARTS:
                refuse("has too many headings", MOST_PARTS)

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
        group: _Group | None = None
        for node in self._nodes(self._ignore()):
            heading = self._heading(node) if node is not None else None
            if group is not None and (node is None or heading is not None or group.ends_before(node)):
                yield self._unknown(group)
                group = None
            if node is not None and group is None:
                group = _Group([node], heading, _bold(node))
            elif node is not None and group is not None:
                group.nodes.append(node)
        if group is not None:
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

    def _unknown(self, group: "_Group") -> Unknown:
        skip = () if group.heading is None else (group.heading,)
        text = squash("".join(_apart(node, skip) for node in group.nodes))
        first = group.nodes[0]
        label = self._label(first) or group.bold if group.heading is None else squash(visible_text(group.heading))
        place = path_of(_holder(first)) + "/text()" if first[1] != "all" else path_of(first[0])
        return Unknown(label.rstrip(" :")[:LONGEST_UNKNOWN], text[:LONGEST_UNKNOWN], place)

    def _label(self, node: Node) -> str:
        """Return the label of the known part that a node stands in; empty if it stands in none."""
        if node in self.labels:
            return self.labels[node]
        for up in (_holder(node), *_holder(node).iterancestors()):
            if (up, "all") in self.labels:
                return self.labels[up, "all"]
        return ""


@dataclass(frozen=True, slots=True)
class _Group:
    """Nodes beside each other that are one unknown part, with its heading, or the label in bold that it begins with."""

    nodes: list[Node]
    heading: Element | None
    bold: str

    def ends_before(self, node: Node) -> bool:
        """Return whether a node without heading is of another part: a block that has its heading in it is whole."""
        first = self.nodes[0]
        other = _holder(node) is not _holder(first) or (self.heading is not None and _says(first, (self.heading,)))
        return other or (self.heading is None and bool(self.bold or _bold(node)))


def _bold(node: Node) -> str:
    """Return the label that a block begins with: words in bold, and a colon; empty if it has none."""
    element, part = node
    bold = next(element.iter(*_LABELS), None) if part == "all" and element.tag in BLOCK_TAGS else None
    if bold is None:
        return ""
    label, text = squash(visible_text(bold)).rstrip(" :"), squash(visible_text(element))
    begins = label and len(label) <= _LONGEST_LABEL and text.startswith(label)
    return label if begins and text[len(label) :].lstrip().startswith(":") else ""


def _apart(node: Node, skip: Sequence[Element]) -> str:
    text = _text(node, skip)
    return f" {text} " if node[1] == "all" and node[0].tag in BLOCK_TAGS else text


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


def _says(node: Node, skip: Sequence[Element] = ()) -> bool:
    """Return whether a node says anything: signs between parts ("|", "»") don't."""
    return any(c.isalnum() for c in _text(node, skip))
