"""Cuts a container whose records are neighbours, not elements: a date, a link, a paragraph; again and again."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.pages.blocks import hidden, is_element, path_of, text_of
from harvester.pages.counter import FoundCounter
from harvester.pages.facts import Facts
from harvester.pages.regions import is_aside
from harvester.pages.row import FoundRow
from harvester.pages.wording import is_furniture
from harvester.text import squash


@dataclass(frozen=True, slots=True)
class Candidate:
    """An element that may be a row, or hold its title: all its record links lead to `url`."""

    element: Element
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """A child of the rows' container, or (element None) the bare text between two.

    `url` is the document of the row that it holds; `frame` says that it belongs to the page and to no record.
    """

    element: Element | None
    raw: str
    url: str | None = None
    frame: bool = False

    @property
    def text(self) -> str:
        """Return the part on one line."""
        return squash(self.raw)


def smallest_container(chosen: Sequence[Candidate]) -> Element:
    """Return the smallest element that holds all rows, and is none of them."""
    common = list(chosen[0].element.iterancestors())
    for other in chosen[1:]:
        above = set(other.element.iterancestors())
        common = [element for element in common if element in above]
    return common[0]


def parts_of(container: Element, chosen: Iterable[Candidate], counter: FoundCounter | None, facts: Facts) -> list[Part]:
    """Return what stands in the container below the counter, in order, hidden parts left out."""
    tops = _tops(container, chosen)
    above = set() if counter is None else {counter.holder, *counter.holder.iterancestors()}
    begun = not any(child in above for child in container)
    parts: list[Part] = []
    for child in container:
        if begun and child not in above and is_element(child) and not hidden(child):
            parts.append(_part(child, tops.get(child), facts))
        begun = begun or child in above
        tail = child.tail or ""
        if begun and any(c.isalnum() for c in tail):
            parts.append(Part(None, tail, frame=is_furniture(squash(tail), facts)))
    return parts


def _part(child: Element, candidate: Candidate | None, facts: Facts) -> Part:
    text = text_of(child)
    if candidate is not None:
        return Part(child, text, candidate.url)
    return Part(child, text, frame=is_aside(child) or (bool(text) and is_furniture(text, facts)))


def _tops(container: Element, chosen: Iterable[Candidate]) -> dict[Element, Candidate]:
    """Return the container's children that hold the rows."""
    tops: dict[Element, Candidate] = {}
    for candidate in chosen:
        chain = [candidate.element, *candidate.element.iterancestors()]
        tops[chain[chain.index(container) - 1]] = candidate
    return tops


def _strays(parts: list[Part]) -> Iterable[tuple[int, Part]]:
    """Yield the text that is in no row, with the number of rows before it."""
    rows = 0
    for part in parts:
        rows += part.url is not None
        if part.url is None and not part.frame and any(c.isalnum() for c in part.raw):
            yield rows, part


def is_flat(chosen: list[Candidate], parts: list[Part]) -> bool:
    """Return whether records are neighbours, not elements: text stands between most of the rows."""
    strays = list(_strays(parts))
    if len(chosen) == 1:
        link = next((text for a in chosen[0].element.iter("a") if (text := text_of(a))), "")
        return bool(strays) and text_of(chosen[0].element) == link
    gaps = {rows for rows, _ in strays if 0 < rows < len(chosen)}
    return len(gaps) * 2 >= len(chosen) - 1


def date_outside(parts: list[Part], facts: Facts) -> str | None:
    """Return a date that stands between rows that are elements: whose it is cannot be told."""
    last = max((i for i, part in enumerate(parts) if part.url), default=0)
    texts = (p.text for i, p in enumerate(parts) if i < last and p.url is None and not p.frame)
    return next((text for text in texts if looks_like_date(text, facts.dates)), None)


def cut_flat(chosen: list[Candidate], parts: list[Part], facts: Facts) -> list[FoundRow]:
    """Cut a container into rows: each begins at its date if dates come first, else at its link."""
    if sum(part.url is not None for part in parts) != len(chosen):
        doubt = "records stand side by side in a way that cannot be told apart"
        return [FoundRow(c.element, path_of(c.element), c.url, doubt) for c in chosen]
    starts = _starts(parts, facts)
    ends = [*starts[1:], _end(parts, starts[-1])]
    runs = [[p for p in parts[start:end] if not p.frame] for start, end in zip(starts, ends, strict=True)]
    return [_row(run, runs[:-1] if run is runs[-1] else [], facts) for run in runs]


def _row(run: list[Part], others: list[list[Part]], facts: Facts) -> FoundRow:
    doubt = None
    if others and _told(run) > max(map(_told, others)):
        doubt = "more text follows the last record than any other; where it ends cannot be told"
    place = next(path_of(part.element) for part in run if part.url and part.element is not None)
    return FoundRow(_join(run), place, next(part.url for part in run if part.url), doubt)


def _told(run: list[Part]) -> int:
    return sum(any(c.isalnum() for c in part.raw) for part in run)


def _starts(parts: list[Part], facts: Facts) -> list[int]:
    """Return where each record begins."""
    at = [i for i, part in enumerate(parts) if part.url]
    if _date_above(parts, at[0], facts) is None:
        return at
    above = [_date_above(parts, i, facts) for i in at]
    return [i if date is None else date for i, date in zip(at, above, strict=True)]


def _date_above(parts: list[Part], i: int, facts: Facts) -> int | None:
    """Return the index of the date right above a record's link, None if something else stands there."""
    for j in range(i - 1, -1, -1):
        if parts[j].text and not parts[j].frame:
            return j if parts[j].url is None and looks_like_date(parts[j].text, facts.dates) else None
    return None


def _end(parts: list[Part], start: int) -> int:
    """Return where the last record ends: at the page's own parts below it."""
    link = next(i for i in range(start, len(parts)) if parts[i].url)
    return next((i for i in range(link + 1, len(parts)) if parts[i].frame), len(parts))


def _join(run: list[Part]) -> Element:
    """Return the parts of one record as one element, so that it is read as any other row."""
    row = etree.Element("div")
    for part in run:
        if part.element is not None:
            copy = deepcopy(part.element)
            copy.tail = None
            row.append(copy)
        elif len(row):
            row[-1].tail = part.raw
        else:
            row.text = part.raw
    return row
