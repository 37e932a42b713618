"""Chooses the rows among the elements that may be rows: those that number what the counter announces, or look alike."""

from collections import Counter as Tally
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from harvester.pages.blocks import class_tokens, hidden, is_element, text_of
from harvester.pages.facts import Facts
from harvester.pages.parts import Candidate
from harvester.pages.regions import is_aside

_SPLIT = "each record has several links side by side; which texts belong to it cannot be told"
_UNSURE = "whether the rows without a link are records or parts of others cannot be told"
Beside = list[tuple[Element, str | None]]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows chosen; `beside` are neighbours like them without a link (or, with a reason, with too many).

    `doubt` says why none of the rows can be believed.
    """

    chosen: list[Candidate]
    beside: Beside
    doubt: str | None = None


def choose_group(candidates: list[Candidate], expected: int | None, facts: Facts, *, known: bool) -> Group:
    """Leave decoys out: take the neighbours that number what the counter announces, else those most alike."""
    kinds = _grouped(candidates, lambda c: signature(c.element))
    neighbours = _grouped(candidates, lambda c: c.element.getparent())
    groups = [Group(group, _beside(group, facts)) for group in neighbours]
    if expected is None:
        return max((_within(group, None) for group in groups), key=lambda g: len(g.chosen))
    fits = [g for group in groups if _size(g := _within(group, expected)) == expected]
    seen = {tuple(candidate.element for candidate in group.chosen) for group in fits}
    alike = (kind for kind in kinds if len(kind) == expected)
    fits += [Group(kind, []) for kind in alike if tuple(candidate.element for candidate in kind) not in seen]
    fits += [Group(g.chosen, [], _SPLIT) for g in groups if len(g.chosen) > len({c.url for c in g.chosen}) == expected]
    if not fits and len(candidates) == expected:
        return Group(candidates, [])
    if len(fits) == 1:
        return fits[0]
    if fits:
        return Group(fits[0].chosen, [], f"several parts of the page hold {expected} records, as the counter announces")
    return _misfit(max(kinds, key=len), expected, facts, known=known)


def _grouped(candidates: list[Candidate], key: Callable[[Candidate], Hashable]) -> list[list[Candidate]]:
    groups: dict[Hashable, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(key(candidate), []).append(candidate)
    return list(groups.values())


def _misfit(chosen: list[Candidate], expected: int, facts: Facts, *, known: bool) -> Group:
    """Return the rows where they are not as many as announced: too many or too few may be no rows at all."""
    group = _within(Group(chosen, _beside(chosen, facts)), expected)
    if group.beside and not known and _size(group) < expected:
        return Group(chosen, [], f"the counter announces {expected} records; {_UNSURE}")
    if known or expected / 2 <= _size(group) < expected:
        return group
    return Group(chosen, [], f"the counter announces {expected} records, and {_size(group)} look like records")


def _size(group: Group) -> int:
    return len(group.chosen) + len(group.beside)


def _within(group: Group, expected: int | None) -> Group:
    """Return a group without its linkless neighbours where they are more than announced."""
    return group if expected is None or _size(group) <= expected else Group(group.chosen, [])


def signature(element: Element) -> tuple[str, ...]:
    """Return what makes two elements alike: tags and classes (those without numbers) of it and of its parent."""
    above = element.getparent()
    named = [element] if above is None else [above, element]
    return tuple(".".join([str(e.tag), *(t for t in class_tokens(e) if not _counts(t))]) for e in named)


def _counts(token: str) -> bool:
    return any(c.isdigit() for c in token)


def _beside(group: Sequence[Candidate], facts: Facts) -> Beside:
    """Return the neighbours of a group's rows that look like rows and have text, but no record link or too many."""
    parent = group[0].element.getparent()
    rows = {candidate.element for candidate in group}
    kind, count = Tally(map(signature, rows)).most_common(1)[0]
    if parent is None or count < 2 or not len(group[0].element):
        return []
    alike = [e for e in parent if e not in rows and is_element(e) and signature(e) == kind and _may_be_row(e)]
    return [(e, _links_to_several(e, facts)) for e in alike]


def _may_be_row(element: Element) -> bool:
    if hidden(element) or is_aside(element) or not text_of(element):
        return False
    return not all(cell.tag == "th" for cell in element)


def _links_to_several(element: Element, facts: Facts) -> str | None:
    documents = {url for a in element.iter("a") if (url := facts.document_url(a.get("href") or ""))}
    return f"it links to several documents: {', '.join(sorted(documents))[:200]}" if documents else None
