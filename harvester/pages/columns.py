"""Reads a table's heads: what they name, the cells below them are."""

from itertools import islice

from lxml.etree import _Element as Element

from harvester.pages.blocks import hidden, is_element, text_of
from harvester.pages.marks import Mark, label_of


class Heads:
    """The heads of one page's tables; each table is looked through once, however many rows it has."""

    def __init__(self) -> None:
        self._found: dict[Element, tuple[Element, dict[int, Mark]] | None] = {}

    def of(self, row: Element) -> tuple[dict[Element, Mark], set[Element]]:
        """Return the cells of a row that a head names, with what it says; and the rows of heads themselves."""
        inside = row.tag in {"tr", "tbody"}
        tables = row.iterancestors("table") if inside else row.iter("table")
        cells: dict[Element, Mark] = {}
        heads: set[Element] = set()
        for table in islice(tables, 1 if inside else None):
            if table not in self._found:
                self._found[table] = _head_of(table)
            found = self._found[table]
            if found is None:
                continue
            head, names = found
            heads.add(head)
            for line in (row if inside else table).iter("tr") if names else ():
                if line is not head:
                    cells.update((cell, names[at]) for at, cell in _cells(line) if at in names)
        return cells, heads


def _head_of(table: Element) -> tuple[Element, dict[int, Mark]] | None:
    """Return a table's row of heads and what they name, nothing if neither date nor title; None if it has none."""
    head = next((line for line in table.iter("tr") if _is_head(line)), None)
    if head is None:
        return None
    names = _columns(head)
    return head, names if {Mark.DATE, Mark.TITLE} & set(names.values()) else {}


def _is_head(line: Element) -> bool:
    cells = [cell for cell in line if is_element(cell)]
    return len(cells) > 1 and all(cell.tag == "th" for cell in cells)


def _columns(head: Element) -> dict[int, Mark]:
    named = ((at, label_of(text_of(cell))) for at, cell in _cells(head))
    return {at: mark for at, mark in named if mark is not None}


def _cells(line: Element) -> list[tuple[int, Element]]:
    """Return a line's cells, each with the number of the column that it begins in."""
    at, found = 0, []
    for cell in line:
        if not is_element(cell) or cell.tag not in {"td", "th"}:
            continue
        if not hidden(cell):
            found.append((at, cell))
        span = cell.get("colspan") or "1"
        at += int(span) if span.isascii() and span.isdecimal() and len(span) < 4 else 1
    return found
