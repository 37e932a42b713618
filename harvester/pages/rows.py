"""Finds the rows of a listing by the structure of its links, in a layout that nobody has described.

A row is the largest element below the counter all of whose record links lead to one document; where records are no
elements but neighbours in one container, `harvester.pages.flat` cuts it.
"""

from dataclasses import replace

from lxml.etree import _Element as Element

from harvester.pages.blocks import path_of
from harvester.pages.candidates import find_candidates
from harvester.pages.counter import FoundCounter
from harvester.pages.facts import Facts
from harvester.pages.flat import cut_flat, is_bare, is_flat
from harvester.pages.groups import Group, choose_group
from harvester.pages.leftovers import doubt_outside
from harvester.pages.parts import Candidate, parts_of, smallest_container, strays
from harvester.pages.row import FoundRow


def find_rows(top: Element, counter: FoundCounter | None, facts: Facts, *, known: bool = False) -> list[FoundRow]:
    """Return the rows below `top`, in page order, decoys left out; empty if there is no record link.

    `known` says that `top` is a listing for certain: then it is read even if its rows are not as many as announced.
    """
    expected = counter.counter.rows if counter else None
    candidates = find_candidates(top, counter, facts)
    if not candidates or expected == 0:
        return []
    group = choose_group(candidates, expected, facts, known=known)
    if group.doubt:
        return [_row(c, group.doubt) for c in group.chosen]
    container = smallest_container(group.chosen)
    parts = parts_of(container, group.chosen, counter, facts)
    if not group.beside and is_flat(group.chosen, parts):
        return cut_flat(group.chosen, parts)
    lost = strays(parts)
    if lost and any(map(is_bare, group.chosen)):
        return [
            _row(c, f"text stands beside a row that is only a link: {lost[-1][1].text[:100]}") for c in group.chosen
        ]
    return _whole_rows(group, container, facts)


def _row(candidate: Candidate, doubt: str | None = None) -> FoundRow:
    return FoundRow(candidate.element, path_of(candidate.element), candidate.url, doubt)


def _whole_rows(group: Group, container: Element, facts: Facts) -> list[FoundRow]:
    """Return the rows that are elements, those without a link among them."""
    rows = [_row(candidate) for candidate in group.chosen]
    for element, doubt in group.beside:
        rows.append(FoundRow(element, path_of(element), None, doubt))
    if group.beside:
        place = {element: i for i, element in enumerate(container)}
        rows.sort(key=lambda row: place.get(row.element, len(place)))
    doubt, dateless = doubt_outside(container, {row.element for row in rows}, facts)
    if doubt is None and dateless is None:
        return rows
    return [replace(row, doubt=row.doubt or doubt, dateless=dateless) for row in rows]
