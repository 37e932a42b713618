"""Finds the rows of a listing by the structure of its links, in a layout that nobody has described.

A row is the largest element below the counter all of whose record links lead to one document; where records are no
elements but neighbours in one container, `harvester.pages.flat` cuts it.
"""

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from lxml.etree import _Element as Element

from harvester.pages.blocks import class_tokens, hidden, is_element, path_of, text_of
from harvester.pages.counter import FoundCounter
from harvester.pages.facts import Facts
from harvester.pages.flat import Candidate, cut_flat, date_outside, is_flat, parts_of, smallest_container
from harvester.pages.regions import is_aside
from harvester.pages.row import FoundRow


def find_rows(top: Element, counter: FoundCounter | None, facts: Facts) -> list[FoundRow]:
    """Return the rows below `top`, in page order, decoys left out; empty if there is no record link."""
    candidates = _candidates(top, counter, facts)
    if not candidates:
        return []
    expected = counter.counter.rows if counter else None
    chosen = _choose_group(candidates, expected, facts)
    container = smallest_container(chosen)
    parts = parts_of(container, chosen, counter, facts)
    if is_flat(chosen, parts):
        return cut_flat(chosen, parts, facts)
    return _with_linkless(chosen, expected, date_outside(parts, facts), facts)


@dataclass(slots=True)
class _Walk:
    """A walk over the links below the counter, outside the page's side parts."""

    top: Element
    counter: FoundCounter | None
    facts: Facts

    def links(self) -> Iterator[tuple[Element, str]]:
        """Yield each link to a document, and the document."""
        above = set() if self.counter is None else {self.counter.holder, *self.counter.holder.iterancestors()}
        begun = self.top not in above
        stack = [self.top]
        while stack:
            element = stack.pop()
            if self.counter is not None and element is self.counter.holder:
                begun = True
            if not is_element(element) or hidden(element):
                continue
            if element not in above and is_aside(element):
                continue
            if begun and element.tag == "a":
                url = self.facts.document_url(element.get("href") or "")
                if url:
                    yield element, url
            stack.extend(reversed(element))


def _candidates(top: Element, counter: FoundCounter | None, facts: Facts) -> list[Candidate]:
    """Return the largest elements of one document each, in page order."""
    links = list(_Walk(top, counter, facts).links())
    barred = _barred(top, counter)
    documents: dict[Element, str | None] = {}
    for link, url in links:
        for element in (link, *link.iterancestors()):
            documents[element] = url if documents.get(element, url) == url else None
            if element is top:
                break
    largest: dict[Element, str] = {}
    for link, url in links:
        element = link
        while (above := element.getparent()) is not None and above not in barred and documents.get(above) == url:
            element = above
        largest[element] = url
    return [Candidate(element, url) for element, url in largest.items()]


def _barred(top: Element, counter: FoundCounter | None) -> set[Element]:
    """Return the elements that no row can be: the whole, and all that holds the counter."""
    barred = {top, *top.iterancestors()}
    if counter is not None:
        barred.update(counter.holder.iterancestors())
        if not counter.in_tail:
            barred.add(counter.holder)
    return barred


def _signature(element: Element) -> tuple[str, ...]:
    """Return what makes two elements alike: tags and classes (those without numbers) of it and of its parent."""
    above = element.getparent()
    named = [element] if above is None else [above, element]
    return tuple(f"{e.tag}.{'.'.join(t for t in class_tokens(e) if not any(c.isdigit() for c in t))}" for e in named)


def _choose_group(candidates: list[Candidate], expected: int | None, facts: Facts) -> list[Candidate]:
    """Leave decoys out: take the neighbours that number what the counter announces, else those most alike."""
    groups = [list(group) for _, group in groupby(candidates, key=lambda c: c.element.getparent())]
    if expected is not None:
        for group in groups:
            if expected in {len(group), len(group) + len(_linkless(group, facts))}:
                return group
    by_kind: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in candidates:
        by_kind.setdefault(_signature(candidate.element), []).append(candidate)
    kinds = list(by_kind.values())
    exact = next((kind for kind in kinds if len(kind) == expected), None)
    if exact or len(candidates) == expected:
        return exact or candidates
    return max(kinds, key=len)


def _linkless(group: list[Candidate], facts: Facts) -> list[Element]:
    """Return the neighbours of a group's rows that look like rows and have text but no record link."""
    parent = group[0].element.getparent()
    rows = {candidate.element for candidate in group}
    kind, count = Tally(map(_signature, rows)).most_common(1)[0]
    if parent is None or count < 2 or not len(group[0].element):
        return []
    return [e for e in parent if e not in rows and _is_linkless_row(e, kind, facts)]


def _is_linkless_row(element: Element, kind: tuple[str, ...], facts: Facts) -> bool:
    if not is_element(element) or _signature(element) != kind or hidden(element) or is_aside(element):
        return False
    if not text_of(element) or all(cell.tag == "th" for cell in element):
        return False
    return not any(facts.document_url(a.get("href") or "") for a in element.iter("a"))


def _with_linkless(chosen: list[Candidate], expected: int | None, outside: str | None, facts: Facts) -> list[FoundRow]:
    """Return the rows that are elements, those without a link among them; refuse all if a date stands outside."""
    rows: list[tuple[Element, str | None]] = [(candidate.element, candidate.url) for candidate in chosen]
    linkless = _linkless(chosen, facts)
    parent = chosen[0].element.getparent()
    if linkless and parent is not None and (expected is None or len(rows) + len(linkless) <= expected):
        place = {element: i for i, element in enumerate(parent)}
        rows = sorted(
            [*rows, *((element, None) for element in linkless)], key=lambda row: place.get(row[0], len(place))
        )
    doubt = f"a date stands outside the rows: {outside}" if outside else None
    return [FoundRow(element, path_of(element), url, doubt) for element, url in rows]
