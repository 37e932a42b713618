"""Collects what the labelled parts of a document's page say, by the table of labels; the first of two stands."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from lxml.etree import _Element as Element

from harvester.dates import read_edtf, read_printed
from harvester.items import Term
from harvester.pages.account import Account
from harvester.pages.blocks import text_of
from harvester.pages.facts import Facts
from harvester.pages.labelled import Part, find_parts, normal_label
from harvester.pages.limits import LONGEST_DATE, LONGEST_SUMMARY, LONGEST_TITLE
from harvester.pages.values import split_languages, take_names, take_terms
from harvester.sites.wilson.labels import FIELDS, GROUPS, LISTS, PASSED_OVER, TERMS
from harvester.text import PARAGRAPH

# Texts that a page also has without a label, or that its addresses tell.
_APART = frozenset({"summary", "date", "record_id"})


@dataclass(slots=True)
class Fields:
    """The values found: lists of names, lists of texts, single texts; and the element that shows the record id."""

    terms: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    record: tuple[str, Element] | None = None

    def told(self) -> dict[str, Any]:
        """Return the values by the names that items.Document has for them."""
        texts = {name: text for name, text in self.texts.items() if name not in _APART}
        return self.terms | self.lists | texts

    def put_text(self, name: str, text: str) -> bool:
        """Keep a text; return whether it is the one that stands."""
        return not text or self.texts.setdefault(name, text) == text


def read_fields(
    account: Account,
    fields: Fields,
    facts: Facts,
    base: str | None,
    stops: Collection[Element],
    is_block: Callable[[Element], bool],
) -> None:
    """Read the labelled parts of what the account is of; what is not understood stays for its leftovers."""
    parts = find_parts(account.top, account.has_read, stops, is_block)
    for part in sorted(parts, key=lambda part: part.is_hidden):  # of two values the one that is seen stands
        label = normal_label(part.label)
        if label in GROUPS:
            account.read(part.heading)
        elif label in PASSED_OVER:
            account.read(part.heading)
            account.read_nodes(part.nodes)
        elif label in FIELDS:
            account.labels.update((node, part.label) for node in part.nodes)
            if _take(FIELDS[label], part, fields, account, facts, base):
                account.read(part.heading)
        elif not text_of(part.heading):
            account.labels.update((node, part.label) for node in part.nodes)


def _take(name: str, part: Part, fields: Fields, account: Account, facts: Facts, base: str | None) -> bool:
    """Take a part's value into a field; return whether it is understood as far as its label tells."""
    if name in TERMS | LISTS and any(len(line) > LONGEST_TITLE for line in part.lines):
        return False
    if name in TERMS:
        found = take_terms(part, account, facts, base)
        fields.terms[name] = tuple(dict.fromkeys((*fields.terms.get(name, ()), *found)))
    elif name in LISTS:
        names = take_names(part, account)
        if name == "languages":  # a donor's name may hold a comma
            names = [language for text in names for language in split_languages(text)]
        fields.lists[name] = tuple(dict.fromkeys((*fields.lists.get(name, ()), *names)))
    else:
        return _take_text(name, part, fields, account, facts)
    return True


def _take_text(name: str, part: Part, fields: Fields, account: Account, facts: Facts) -> bool:
    text = PARAGRAPH.join(part.paragraphs)
    if not _reads_as(name, text, facts) or not fields.put_text(name, text):
        return False
    account.read_nodes(part.nodes)
    if name == "record_id" and text and fields.record is None:
        fields.record = (text, part.heading)
    return True


def _reads_as(name: str, text: str, facts: Facts) -> bool:
    """Return whether a text may be the value of a field; an empty one says nothing and is no contradiction."""
    if not text or len(text) > LONGEST_SUMMARY:
        return not text
    if name == "record_id":
        return text.isascii() and text.isdigit() and facts.document_url(f"/document/{text}") is not None
    if name == "uploaded":
        return "day" in {read_edtf(text).date_precision, read_printed(text, facts.dates).date_precision}
    return name != "date" or len(text) <= LONGEST_DATE
