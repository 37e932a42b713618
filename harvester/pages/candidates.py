"""Finds the elements that may be rows: the largest below the counter whose record links lead to one document."""

from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.etree import _Element as Element

from harvester.pages.blocks import hidden, is_element
from harvester.pages.counter import FoundCounter
from harvester.pages.facts import Facts
from harvester.pages.limits import MOST_LINKS, refuse
from harvester.pages.marks import Mark, mark_of
from harvester.pages.parts import Candidate
from harvester.pages.regions import is_aside


def find_candidates(top: Element, counter: FoundCounter | None, facts: Facts) -> list[Candidate]:
    """Return the largest elements of one document each, in page order."""
    links = list(islice(_links(top, counter, facts), MOST_LINKS + 1))
    if len(links) > MOST_LINKS:
        refuse("has too many links to records", MOST_LINKS)
    # A summary may mention other documents; only where every link stands in one is it the record's own.
    prose: dict[Element, bool] = {top: False}
    links = [(link, url) for link, url in links if not _in_summary(link, prose)] or links
    barred = _barred(top, counter)
    documents = _documents(links, top)
    largest: dict[Element, str] = {}
    climbed: set[Element] = set()
    for link, url in links:
        element = link
        while (above := element.getparent()) is not None and above not in barred and documents.get(above) == url:
            climbed.add(element)
            if above in climbed:
                break
            element = above
        else:
            largest[element] = url
    return [Candidate(element, url) for element, url in largest.items()]


def _documents(links: Sequence[tuple[Element, str]], top: Element) -> dict[Element, str | None]:
    """Return the document that all links in an element lead to, None for several; no element is gone through twice."""
    documents: dict[Element, str | None] = {}
    for link, url in links:
        for element in (link, *link.iterancestors()):
            known = documents.get(element, "")
            if known is None or known == url:  # and so it is above
                break
            documents[element] = None if known else url
            if element is top:
                break
    return documents


def _in_summary(link: Element, prose: dict[Element, bool]) -> bool:
    """Return whether a link stands in a summary; `prose` remembers it of every element above a link."""
    passed = []
    for above in link.iterancestors():
        if above in prose or mark_of(above) is Mark.SUMMARY:
            found = prose.setdefault(above, True)
            break
        passed.append(above)
    else:
        found = False
    prose.update(dict.fromkeys(passed, found))
    return found


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
