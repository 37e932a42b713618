"""Finds the title of a row: a marked element or heading that goes with the record's link, else the link."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.pages.blocks import INLINE_TAGS, hidden, is_element, text_of
from harvester.pages.facts import Facts
from harvester.pages.marks import Mark, label_of, mark_of
from harvester.pages.unclear import Unclear
from harvester.pages.wording import invites, is_furniture, is_ordinal

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BRACKETS = "()[] \t,;:.|·•–—-"


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """The title's element (None: order must tell), the elements to look into, and those that say nothing.

    `linked` is True for a title that is the record's link, or a heading round it: no other text can be it.
    `dated` is True for a link that is itself a date: it is the title only if the row has another date.
    """

    element: Element | None
    opened: frozenset[Element]
    skip: frozenset[Element]
    linked: bool = False
    dated: bool = False


def find_title(row: Element, url: str | None, facts: Facts, cells: dict[Element, Mark]) -> FoundTitle:
    """Return where the title of a row stands; raise Unclear if several texts may be it."""
    elements = [e for e in row.iter() if is_element(e) and not hidden(e)]
    links = [e for e in elements if e.tag == "a" and url and facts.document_url(e.get("href") or "") == url]
    skip = frozenset(a for a in links if invites(text_of(a)))
    shown = [a for a in links if a not in skip]
    named = [a for a in shown if not looks_like_date(text_of(a), facts.dates)] or shown
    heads = [e for e in elements if _may_head(e, facts, skip)]
    title = _linked_head(heads, named, skip, facts) if named else _only(heads, "headings")
    if title is None and named:
        title = _link_as_title(row, named, cells)
    opened = {above for link in [title] if link is not None for above in link.iterancestors()}
    if title is None:
        opened = {e for link in (named or skip) for e in link.iterancestors()} | set(named)
    dated = title is not None and title in named and looks_like_date(text_of(title), facts.dates)
    return FoundTitle(title, frozenset(opened), skip, title in named, dated)


def _may_head(element: Element, facts: Facts, skip: frozenset[Element]) -> bool:
    """Return whether an element is marked as a title, or a heading that is none of the page's own."""
    mark = mark_of(element)
    if mark is not Mark.TITLE and (element.tag not in _HEADINGS or mark is not None):
        return False
    text = text_of(element, skip)
    if not text or label_of(text) is not None or is_furniture(text, facts):
        return False
    return mark is Mark.TITLE or not looks_like_date(text, facts.dates) or element.find(".//a") is not None


def _linked_head(
    heads: list[Element], named: Sequence[Element], skip: frozenset[Element], facts: Facts
) -> Element | None:
    """Return the marked title or heading that goes with the link: round it or in it."""
    order = {head: i for i, head in enumerate(heads)}
    round_it = [(above, a) for a in named for above in (a, *a.iterancestors()) if above in order]
    if round_it:
        round_it.sort(key=lambda pair: order[pair[0]])
        head, link = round_it[-1]
        if len({text_of(a) for _, a in round_it}) > 1:
            raise Unclear("several headings are linked to the record")
        return _narrow(head, link, skip, facts) if is_one_text(link) else None
    links = set(named)
    inside = [h for h in heads if not links.isdisjoint(h.iterancestors())]
    return _only(inside, "headings")


def _only(heads: list[Element], what: str) -> Element | None:
    """Return the one heading (the innermost of several that say the same); raise Unclear if they differ."""
    marked = [h for h in heads if mark_of(h) is Mark.TITLE and is_one_text(h)]
    found = marked or [h for h in heads if is_one_text(h)]
    texts = list(dict.fromkeys(map(text_of, found)))
    if len(texts) > 1:
        raise Unclear(f"several {what} may be the title: {' / '.join(texts)[:200]}")
    return found[-1] if found else None


def _narrow(head: Element, link: Element, skip: frozenset[Element], facts: Facts) -> Element:
    """Return the link, unless a heading adds to it what may belong to the title: that is unclear."""
    extra = text_of(head, {*skip, link}).strip(_BRACKETS)
    if not extra or is_ordinal(extra) or looks_like_date(extra, facts.dates):
        return link
    above = set(link.iterancestors())
    marked = (e for e in head.iterdescendants() if is_element(e) and e not in above)
    if any(mark_of(e) not in {None, Mark.TITLE} for e in marked):
        return link
    raise Unclear(f"the heading holds more than its link: {extra[:100]}")


def _link_as_title(row: Element, named: Sequence[Element], cells: dict[Element, Mark]) -> Element | None:
    """Return the record's link as its title; None if it wraps more than that."""
    in_title = [a for a in named if any(cells.get(above) is Mark.TITLE for above in a.iterancestors())] or named
    if len({text_of(a) for a in in_title}) > 1:
        texts = " / ".join(dict.fromkeys(map(text_of, in_title)))
        raise Unclear(f"several links to the record may be the title: {texts[:200]}")
    return in_title[0] if is_one_text(in_title[0]) else None


def is_one_text(element: Element) -> bool:
    """Return whether an element holds one text: no fields or blocks side by side in it."""
    while True:
        apart = [e for e in element if is_element(e) and e.tag not in INLINE_TAGS | {"a", "br"} and _shows(e)]
        plain = (element.text or "") + "".join(e.tail or "" for e in element)
        plain += "".join(text_of(e) for e in element if is_element(e) and e.tag in INLINE_TAGS | {"a"})
        if not apart:
            return mark_of(element) not in {Mark.DATE, Mark.SUMMARY, Mark.OTHER} and bool(plain.strip())
        if len(apart) > 1 or plain.strip():
            return False
        element = apart[0]


def _shows(element: Element) -> bool:
    return bool(text_of(element))
