"""Takes the values of labelled parts: names with their links, languages, plain text; notes which nodes it used."""

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

from harvester.items import Term
from harvester.pages.account import Account
from harvester.pages.blocks import class_tokens, is_element, text_of, visible_text
from harvester.pages.facts import Facts
from harvester.pages.labelled import Part

# What follows a comma in the inverted names of languages, as in the lists of ISO 639-2: "Greek, Modern (1453-)".
_INVERTED = frozenset(
    "modern ancient old middle classical low high upper lower northern southern eastern western central imperial"
    " official bokmål bokmal nynorsk simplified traditional mandarin cantonese early late".split()
)

_DETAILS = frozenset({"count", "badge", "detail", "facet-item__count"})


def items_of(part: Part) -> list[Element]:
    """Return the elements of a list in a value: pills, else list items, else links; the innermost of each kind."""
    below = [child for element in part.elements for child in element.iter() if is_element(child)]
    for is_item in (_is_pill, lambda child: child.tag in {"li", "dd"}, lambda child: child.tag == "a"):
        found = {child: None for child in below if is_item(child)}
        if found:
            outer = {up for child in found for up in child.iterancestors()}
            return [child for child in found if child not in outer]
    return []


def _is_pill(element: Element) -> bool:
    return "pill" in class_tokens(element)


def take_terms(part: Part, account: Account, facts: Facts, base: str | None) -> tuple[Term, ...]:
    """Return the names of a list with their links; without a list, each line is a name.

    What a pill says beside its name (a life's dates, a count) is not read, and so left over.
    """
    items = items_of(part)
    if not items:
        account.read_nodes(part.nodes)
        return tuple(dict.fromkeys(Term(line) for line in part.lines))
    return tuple(dict.fromkeys(_terms(items, account, facts, base)))


def _terms(items: list[Element], account: Account, facts: Facts, base: str | None) -> Iterator[Term]:
    for item in items:
        names = [child for child in item.iter() if is_element(child) and "name" in class_tokens(child)]
        links = {link.get("href") for link in item.iter("a")}
        if len(names) > 1 or (not names and (len(links) > 1 or any(map(_counts, item.iter())))):
            continue
        named = names[0] if names else item
        account.read(named)
        name = text_of(named)
        if name:
            yield Term(name, _link(named, item, facts, base))


def _counts(element: Element) -> bool:
    """Return whether an element says how many documents have a name, or another detail that is no part of it."""
    return is_element(element) and not _DETAILS.isdisjoint(class_tokens(element))


def _link(named: Element, item: Element, facts: Facts, base: str | None) -> str | None:
    """Return where a name leads: the link in it, else the one round it, else the only one in its item."""
    round_it = [up for up in (named, *named.iterancestors("a")) if up.tag == "a"]
    others = list(item.iter("a"))
    links = [*named.iter("a"), *round_it, *(others if len(others) == 1 else [])]
    return next((url for link in links if (url := facts.link_url(link.get("href") or "", base))), None)


def take_names(part: Part, account: Account) -> list[str]:
    """Return the texts of a list; without one, the lines, as also where links stand within a sentence."""
    items = items_of(part)
    if not items or (items[0].tag == "a" and not _is_pill(items[0]) and _says_more(part, items)):
        account.read_nodes(part.nodes)
        return list(dict.fromkeys(part.lines))
    account.read(*items)
    return [name for name in dict.fromkeys(map(text_of, items)) if name]


def _says_more(part: Part, items: list[Element]) -> bool:
    """Return whether words stand beside the items of a value."""
    texts = (visible_text(e, items) if which == "all" and e not in items else "" for e, which in part.nodes)
    tails = (element.tail or "" for element, which in part.nodes if which == "tail")
    return any(c.isalnum() for text in (*texts, *tails) for c in text)


def split_languages(text: str) -> list[str]:
    """Return the languages of a line, which semicolons part, or commas; an inverted name stays one.

    >>> split_languages("Russian, Greek, Modern (1453-), English"), split_languages("German and Czech")
    (['Russian', 'Greek, Modern (1453-)', 'English'], ['German and Czech'])
    """
    names: list[str] = []
    for part in text.split(";"):
        first = len(names)
        for piece in (piece.strip() for piece in re.split(r",(?![^()]*\))", part)):
            words = re.findall(r"[^\W\d_]+", piece.casefold())
            if names[first:] and words and words[0] in _INVERTED:
                names[-1] += f", {piece}"
            elif piece:
                names.append(piece)
    return names
