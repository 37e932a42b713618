"""Reads what a document's page says without labels: title, date, support, summary, citation."""

import re
from collections.abc import Callable, Iterable

from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.errors import NotADocument
from harvester.pages.account import Account
from harvester.pages.blocks import class_tokens, hidden, text_of, visible_text
from harvester.pages.facts import Facts
from harvester.pages.labelled import is_heading, normal_label
from harvester.pages.limits import LONGEST_DATE, LONGEST_SUMMARY, LONGEST_TITLE
from harvester.pages.paragraphs import paragraphs_of
from harvester.sites.wilson.fields import Fields
from harvester.sites.wilson.labels import FIELDS, GROUPS
from harvester.text import join_paragraphs, split_paragraphs, squash
from harvester.urls import is_loopback

_ADDRESS = re.compile(r"https?://[^\s<>\"'”’]+")


def outside(account: Account, token: str | None = None, tag: str = "*") -> list[Element]:
    """Return the elements that nobody has read, by their class, the outermost only."""
    found: dict[Element, None] = {}
    for element in account.top.iter(tag):
        if token is not None and token not in class_tokens(element):
            continue
        if not account.has_read(element) and found.keys().isdisjoint(element.iterancestors()):
            found[element] = None
    return list(found)


def read_title(account: Account) -> str:
    """Return the title: what the first h1 of the class says, or the first h1; another that differs is left over."""
    heads = [head for head in outside(account, tag="h1") if not hidden(head) and text_of(head)]
    if not heads:
        raise NotADocument("the page has no title")
    first = next((head for head in heads if "title" in class_tokens(head)), heads[0])
    title = text_of(first)
    if len(title) > LONGEST_TITLE:
        raise NotADocument(f"a title of {len(title):,} characters is none; {LONGEST_TITLE:,} is the most that is read")
    account.read(*(head for head in heads if text_of(head) == title))
    return title


def read_date(account: Account, facts: Facts, is_block: Callable[[Element], bool]) -> str | None:
    """Return the date line: a heading of the class, else what reads as a date beside the title."""
    marked = [one for one in outside(account, "date") if not any(map(is_block, (one, *one.iterancestors())))]
    heads = [one for one in marked if is_heading(one) and one.tag != "h1"]
    if not heads:
        titles = {up for head, _ in account.claimed if head.tag == "h1" for up in head.iterancestors()}
        heads = [one for one in marked if one.getparent() in titles and looks_like_date(text_of(one), facts.dates)]
    dates = list(dict.fromkeys(filter(None, map(text_of, heads))))
    date = next((text for text in dates if looks_like_date(text, facts.dates)), dates[0] if dates else None)
    if date is not None and len(date) > LONGEST_DATE:
        return None
    account.read(*(one for one in heads if text_of(one) in {date, ""}))
    return date


def read_support(account: Account) -> str | None:
    """Return the line on who made the document's publication possible."""
    found = outside(account, "donated")
    text = next(filter(None, map(text_of, found)), None)
    account.read(*(one for one in found if text_of(one) in {text, ""}))
    return text


def read_citation(cited: Iterable[Element], account: Account, facts: Facts) -> str | None:
    """Return how the page wants to be cited; it may stand in a window that opens on a click.

    An address on this very machine is the site's own, as that of every link.
    """
    first: str | None = None
    for element in cited:
        text = squash(" ".join(paragraphs_of(element))) or squash(element.get("value") or "")
        if element.get("id") == "citation-text":
            first = first or text or None
            if text not in {first, ""}:
                continue
        elif text and facts.document_url(facts.link_url(text) or "") is None:
            continue
        account.read(element)
    return _ADDRESS.sub(lambda found: _folded(found[0], facts), first) if first else None


def _folded(address: str, facts: Facts) -> str:
    return facts.link_url(address) or address if is_loopback(address) else address


def read_summary(account: Account, fields: Fields) -> None:
    """Put the summary into the fields: text blocks beside each other, unless a heading calls them something else."""
    blocks = [block for block in outside(account, "text-block") if _is_summary(block, account)]
    blocks = [block for block in blocks if block.getparent() is blocks[0].getparent()]
    paragraphs = [paragraph for block in blocks for paragraph in split_paragraphs(_raw(block, account))]
    text = join_paragraphs(paragraphs)
    if text is not None and len(text) <= LONGEST_SUMMARY and fields.put_text("summary", text):
        account.read(*blocks)


def _raw(block: Element, account: Account) -> str:
    return visible_text(block, [child for child in block.iter("*") if is_heading(child)])


def _is_summary(block: Element, account: Account) -> bool:
    """Return whether no heading in or above a block says that it is something else; claim the one that says it is."""
    inner = [child for child in block.iter("*") if is_heading(child)]
    above = _heading_above(block, account)
    heads = [*inner, *([above] if above is not None else [])]
    if any(not _names_summary(head) for head in inner) or len(inner) > 1:
        return False
    if above is not None and not _names_summary(above) and normal_label(text_of(above)) not in FIELDS:
        return False
    account.read(*filter(_names_summary, heads))
    return True


def _names_summary(head: Element) -> bool:
    label = normal_label(text_of(head))
    return FIELDS.get(label) == "summary" or label in GROUPS


def _heading_above(block: Element, account: Account) -> Element | None:
    """Return the heading right before a block, or before what is wrapped round it alone."""
    element = block
    while element is not account.top:
        before = element.getprevious()
        if before is not None or squash(element.getparent().text or ""):  # type: ignore[union-attr]
            is_label = before is not None and is_heading(before) and not account.has_read(before)
            return before if is_label and not squash(before.tail or "") else None  # type: ignore[union-attr]
        element = element.getparent()  # type: ignore[assignment]
    return None
