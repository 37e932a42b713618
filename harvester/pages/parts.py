"""Lists what stands side by side in the container of a listing's rows: rows, dates, texts, and the page's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.pages.blocks import BLOCK_TAGS, INLINE_TAGS, hidden, is_element, text_of
from harvester.pages.counter import FoundCounter
from harvester.pages.facts import Facts
from harvester.pages.marks import Mark, mark_of
from harvester.pages.regions import is_aside
from harvester.pages.wording import is_furniture
from harvester.text import squash

_EDGES = BLOCK_TAGS | {"br"}
_WORDS = INLINE_TAGS | {"a"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An element that may be a row, or hold its title: all its record links lead to `url`."""

    element: Element
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """A child of the rows' container, or (element None) the bare text between two.

    `url` is the document of the row that it holds; `frame` says that it belongs to the page and to no record; `date`
    that it is a date line, or a blank place for one.
    """

    element: Element | None
    raw: str
    url: str | None = None
    frame: bool = False
    date: bool = False

    @property
    def text(self) -> str:
        """Return the part on one line."""
        return squash(self.raw)

    @property
    def shown(self) -> bool:
        """Return whether the part has a letter or digit to show."""
        return any(c.isalnum() for c in self.raw)


def smallest_container(chosen: Sequence[Candidate]) -> Element:
    """Return the smallest element that holds all rows, and is none of them."""
    common = list(chosen[0].element.iterancestors())
    for other in chosen[1:]:
        above = set(other.element.iterancestors())
        common = [element for element in common if element in above]
    return common[0]


def parts_of(container: Element, chosen: Sequence[Candidate], counter: FoundCounter | None, facts: Facts) -> list[Part]:
    """Return what stands in the container below the counter, in order, hidden parts left out."""
    tops = _tops(container, chosen)
    return _with_dates(list(_parts(container, tops, counter, facts)), facts)


def _parts(
    container: Element, tops: dict[Element, Candidate], counter: FoundCounter | None, facts: Facts
) -> Iterator[Part]:
    above = set() if counter is None else {counter.holder, *counter.holder.iterancestors()}
    begun = not any(child in above for child in container)
    # The container's own first text may be the counter itself.
    if begun and (counter is None or counter.holder is not container):
        yield from _bare(container.text, facts)
    for child in container:
        if begun and is_element(child) and not hidden(child):
            yield _part(child, tops.get(child), facts)
        begun = begun or child in above
        if begun:
            yield from _bare(child.tail, facts)


def _bare(text: str | None, facts: Facts) -> Iterator[Part]:
    if text and any(c.isalnum() for c in text):
        yield Part(None, text, frame=is_furniture(squash(text), facts))


def _part(child: Element, candidate: Candidate | None, facts: Facts) -> Part:
    text = text_of(child)
    if candidate is not None:
        return Part(child, text, candidate.url)
    blank = not text and mark_of(child) is Mark.DATE
    return Part(child, text, frame=is_aside(child) or (bool(text) and is_furniture(text, facts)), date=blank)


def _with_dates(parts: list[Part], facts: Facts) -> list[Part]:
    """Return the parts, those told that are a date on a line of its own."""
    return [
        Part(part.element, part.raw, date=True)
        if part.url is None and part.shown and not part.frame and _alone(parts, i) and _is_date(part, facts)
        else part
        for i, part in enumerate(parts)
    ]


def _is_date(part: Part, facts: Facts) -> bool:
    return looks_like_date(part.text.rstrip(" :–—-"), facts.dates)


def _alone(parts: list[Part], i: int) -> bool:
    """Return whether a part begins a line: text that goes on a line of other text is no date line."""
    element = parts[i].element
    if i == 0 or (element is not None and element.tag not in _WORDS):
        return True
    return _is_edge(parts[i - 1]) or not parts[i - 1].shown or parts[i - 1].frame


def _is_edge(part: Part) -> bool:
    return part.element is not None and part.element.tag in _EDGES


def _tops(container: Element, chosen: Sequence[Candidate]) -> dict[Element, Candidate]:
    """Return the container's children that hold the rows."""
    tops: dict[Element, Candidate] = {}
    for candidate in chosen:
        chain = [candidate.element, *candidate.element.iterancestors()]
        tops[chain[chain.index(container) - 1]] = candidate
    return tops


def strays(parts: Sequence[Part]) -> list[tuple[int, Part]]:
    """Return the texts that are in no row, each with the number of rows before it."""
    rows, found = 0, []
    for part in parts:
        rows += part.url is not None
        if part.url is None and not part.frame and part.shown:
            found.append((rows, part))
    return found
