"""Reads by structure what an old document's page says without labels that are known, or leaves it over."""

from lxml.etree import _Element as Element

from harvester.dates import looks_like_date
from harvester.errors import NotADocument
from harvester.items import Term
from harvester.pages.account import Account
from harvester.pages.blocks import BLOCK_TAGS, class_tokens, hidden, text_of, visible_text
from harvester.pages.facts import Facts
from harvester.pages.labelled import is_heading
from harvester.pages.limits import LONGEST_SUMMARY, LONGEST_TITLE
from harvester.pages.marks import Mark, mark_of
from harvester.pages.regions import by_id
from harvester.pages.wording import ends_sentence, is_small
from harvester.text import PARAGRAPH, split_paragraphs


def is_box(element: Element) -> bool:
    """Return whether an element is the old layout's box of information."""
    return "doc-inf-information" in class_tokens(element)


def take_title(account: Account) -> str:
    """Return the title: the only h1, in the main part or else on the page; else the first h2 before the box."""
    box = next(filter(is_box, account.top.iter("*")), None)
    root = account.top.getroottree().getroot()
    for top, tag in ((account.top, "h1"), (root, "h1"), (account.top, "h2")):
        heads = [head for head in top.iter(tag) if not hidden(head) and text_of(head) and not _is_within(head, box)]
        if not heads:
            continue
        if tag == "h1" and len({text_of(head) for head in heads}) > 1:
            raise NotADocument("the page has several main headings; which is the title cannot be told")
        title = text_of(heads[0])
        if len(title) > LONGEST_TITLE:
            raise NotADocument(
                f"a title of {len(title):,} characters is none; {LONGEST_TITLE:,} is the most that is read"
            )
        account.read(*(head for head in heads if text_of(head) == title))
        return title
    raise NotADocument("the page has no title")


def _is_within(element: Element, box: Element | None) -> bool:
    return box is not None and any(up is box for up in element.iterancestors())


def take_subjects(account: Account, facts: Facts, base: str | None) -> list[Term]:
    """Return the list of subjects, with the heading that it may have."""
    found = []
    for box in by_id(account.top, "subj-list"):
        items = [item for item in box.iter("li") if item.find(".//li") is None] if box.tag != "li" else [box]
        for item in items:
            links = list(item.iter("a"))
            url = facts.link_url(links[0].get("href") or "", base) if len(links) == 1 else None
            found += [Term(text_of(item), url)] if text_of(item) else []
        account.read(*items)
        account.labels[box, "all"] = "subjects"
    return found


def _loose(account: Account) -> list[Element]:
    """Return the innermost blocks with text that nobody has read, outside the box, whose texts have labels."""
    order = list(account.top.iter("*"))
    outer = {up for element in order if element.tag in BLOCK_TAGS for up in element.iterancestors()}
    loose = [e for e in order if e.tag in BLOCK_TAGS and e not in outer and not hidden(e) and not account.has_read(e)]
    return [e for e in loose if text_of(e) and not any(map(is_box, (e, *e.iterancestors())))]


def take_date(account: Account, facts: Facts) -> str | None:
    """Return the one line that is a date; of several none is."""
    dates = [one for one in _loose(account) if looks_like_date(text_of(one), facts.dates)]
    texts = {text_of(one) for one in dates}
    if len(texts) != 1:
        return None
    account.read(*dates)
    return texts.pop()


def take_summary(account: Account) -> str | None:
    """Return what is marked as a summary; else the one text that reads as prose."""
    loose = _loose(account)
    marked = [one for one in account.top.iter("*") if mark_of(one) is Mark.SUMMARY and not account.has_read(one)]
    inner = set(marked)
    marked = [one for one in marked if inner.isdisjoint(one.iterancestors())]
    prose = [one for one in loose if ends_sentence(text_of(one)) and not is_small(text_of(one)) and not is_heading(one)]
    found = marked if len(marked) == 1 else prose if len(prose) == 1 and not marked else []
    text = PARAGRAPH.join(split_paragraphs(visible_text(found[0]))) if found else ""
    if not text or len(text) > LONGEST_SUMMARY:
        return None
    account.read(found[0])
    return text
