"""What an element says of itself by its tag and class: a date, a title, a summary, a label, or another field."""

import re
from enum import Enum
from functools import lru_cache

from lxml.etree import _Element as Element

from harvester.pages.blocks import LONGEST_KEPT


class Mark(Enum):
    """What an element is marked as; None stands for an element that does not say."""

    DATE = "date"
    TITLE = "title"
    SUMMARY = "summary"
    META = "meta"  # a line of several small facts, the date perhaps among them
    OTHER = "other"  # a field that a record does not have: a place, a tag, a button


_DATE = frozenset("date datum fecha datetime dated dates daterange".split())
# Dates of the web page, not of the document.
_OF_THE_WEB = frozenset("update updated modified added posted upload uploaded accessed changed".split())
_NOT_DATE = _OF_THE_WEB | {"picker", "filter", "sort"}
_TITLE = frozenset("title headline heading titel titre titulo".split())
_NOT_TITLE = frozenset("subtitle sub wrapper wrap group block section page".split())
_SUMMARY = frozenset(
    "summary description desc abstract teaser excerpt snippet synopsis blurb resume annotation zusammenfassung"
    " beschreibung".split()
)
_SUMMARY_EXACT = frozenset(
    "text card-text item-text result-text entry-text body field--name-body views-field-body".split()
)
_META = frozenset("meta metadata info details byline infos".split())
_OTHER = frozenset(
    "type genre language languages lang tag tags topic topics place places people person author authors creator"
    " contributor collection source repository keyword keywords subject subjects badge more readmore button btn actions"
    " links share social thumb thumbnail image img media icon icons pager pagination rights citation count hits score"
    " relevance views number index rank position identifier id related recommended sidebar facet facets breadcrumb"
    " breadcrumbs license format status category categories series".split()
)
_FIELD = re.compile(r"^(?:views-)?field-+(?:name-+)?(?:field-+)?")
_VALUE = frozenset("field--item field__item field__items field-content views-field".split())


@lru_cache(maxsize=4096)
def _classify(attribute: str) -> Mark | None:
    """Return the first mark, in the order of the tokens, that a class attribute gives."""
    for token in attribute.lower().split():
        mark = _classify_token(token)
        if mark:
            return mark
    return None


def _mark_of_classes(classes: str) -> Mark | None:
    return _classify(classes) if len(classes) <= LONGEST_KEPT else _classify.__wrapped__(classes)


def _classify_token(token: str) -> Mark | None:
    if token in _SUMMARY_EXACT:
        return Mark.SUMMARY
    # Drupal's own wrappers say how a field is stored, not what it is.
    if token.startswith(("field--type", "field--label", "text-", "bg-", "font-", "col-")) or token in _VALUE:
        return None
    words = set(re.split(r"[-_]+", _FIELD.sub("", token)))
    for vocabulary, banned, mark in (
        (_DATE, _NOT_DATE, Mark.DATE),
        (_SUMMARY, frozenset[str](), Mark.SUMMARY),
        (_TITLE, _NOT_TITLE, Mark.TITLE),
        (_META, frozenset[str](), Mark.META),
        (_OTHER, frozenset[str](), Mark.OTHER),
    ):
        if words & vocabulary and not words & banned:
            return mark
        if words & vocabulary:
            break
    return Mark.OTHER if words & _OF_THE_WEB else None


_PROPERTIES = {
    "datecreated": Mark.DATE,
    "date": Mark.DATE,
    "name": Mark.TITLE,
    "headline": Mark.TITLE,
    "title": Mark.TITLE,
    "description": Mark.SUMMARY,
    "abstract": Mark.SUMMARY,
}


def mark_of(element: Element) -> Mark | None:
    """Return what an element says of itself: its `itemprop` first, then its class, then its tag."""
    named = element.get("itemprop") or element.get("property")
    if named:
        mark = _PROPERTIES.get(named.rpartition(":")[2].lower())
        if mark:
            return mark
    classes = element.get("class")
    mark = _mark_of_classes(classes) if classes else None
    if element.tag == "time" and mark is not Mark.OTHER:
        return Mark.DATE
    return mark


# Words that stand before a field as its label: "Date:", <dt>Summary</dt>, a column's <th>.
_LABELS = {
    "date": Mark.DATE,
    "dates": Mark.DATE,
    "dated": Mark.DATE,
    "document date": Mark.DATE,
    "date of document": Mark.DATE,
    "title": Mark.TITLE,
    "name": Mark.TITLE,
    "document": Mark.TITLE,
    "document title": Mark.TITLE,
    "summary": Mark.SUMMARY,
    "description": Mark.SUMMARY,
    "abstract": Mark.SUMMARY,
    "content": Mark.SUMMARY,
}
_OTHER_LABELS = frozenset(
    "type genre language languages author authors author(s) creator collection source repository places topics people"
    " subjects subject rights format identifier id no no. number # record id call number shelf mark archive location"
    " created added updated posted modified uploaded pages tags keywords keyword topic place person location".split()
) | {"record id", "shelf mark", "call number", "date added", "date posted", "original archive", "date uploaded"}


def label_of(text: str) -> Mark | None:
    """Return the field that a label announces, OTHER for a field that records don't have, None if it is no label.

    >>> label_of("Date:")
    <Mark.DATE: 'date'>
    """
    word = text.strip().rstrip(":").strip().lower()
    return _LABELS.get(word) or (Mark.OTHER if word in _OTHER_LABELS else None)
