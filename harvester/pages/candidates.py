"""Finds the elements that may be rows: the largest below the counter whose record links lead to one document."""

from collections.abc import Iterator

from lxml.etree import _Element as Element

from harvester.pages.blocks import hidden, is_element
from harvester.pages.counter import FoundCounter
from harvester.pages.facts import Facts
from harvester.pages.marks import Mark, mark_of
from harvester.pages.parts import Candidate
from harvester.pages.regions import is_aside


def find_candidates(top: Element, counter: FoundCounter | None, facts: Facts) -> list[Candidate]:
    """Return the largest elements of one document each, in page order."""
    links = list(_links(top, counter, facts))
    # A summary may mention other documents; only where every link stands in one is it the record's own.
    links = [(link, url) for link, url in links if not _in_summary(link, top)] or links
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


def _in_summary(link: Element, top: Element) -> bool:
    for above in link.iterancestors():
        if above is top:
            return False
        if mark_of(above) is Mark.SUMMARY:
            return True
    return False


def _links(top: Element, counter: FoundCounter | None, facts: Facts) -> Iterator[tuple[Element, str]]:
    """Yield each link to a document below the counter, outside the page's side parts, and the document."""
    above = set() if counter is None else {counter.holder, *counter.holder.iterancestors()}
    begun = top not in above
    stack = [top]
    while stack:
        element = stack.pop()
        if counter is not None and element is counter.holder:
            begun = True
        if not is_element(element) or hidden(element) or (element not in above and is_aside(element)):
            continue
        if begun and element.tag == "a":
            url = facts.document_url(element.get("href") or "")
            if url:
                yield element, url
        stack.extend(reversed(element))


def _barred(top: Element, counter: FoundCounter | None) -> set[Element]:
    """Return the elements that no row can be: the whole, and all that holds the counter."""
    barred = {top, *top.iterancestors()}
    if counter is not None:
        barred.update(counter.holder.iterancestors())
        if not counter.in_tail:
            barred.add(counter.holder)
    return barred
