"""Makes the last part of a document's address from its title, as Drupal's Pathauto does."""

import re
import unicodedata
from collections.abc import Container

# Pathauto's defaults: words left out, and the longest alias.
LEFT_OUT = frozenset(
    (
        *("a", "an", "as", "at", "before", "but", "by", "for", "from", "is", "in", "into", "like"),
        *("of", "off", "on", "onto", "per", "since", "than", "the", "this", "that", "to", "up", "via", "with"),
    )
)
LONGEST = 100
# Letters that Unicode does not take apart into a plain letter and a mark.
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "þ": "th", "Þ": "Th", "ð": "d"}
)


def make_slug(title: str) -> str:
    """Return the slug of a title, before any suffix.

    >>> make_slug("Report, Łukasik to the 'Central Committee' on Grain & Oil")
    'report-lukasik-central-committee-grain-oil'
    """
    plain = unicodedata.normalize("NFKD", title.translate(WHOLE_LETTERS)).encode("ascii", "ignore").decode().lower()
    joined = plain.replace("'", "").replace(".", "")
    words = re.findall(r"[a-z0-9]+", joined)
    kept = [word for word in words if word not in LEFT_OUT] or words or ["untitled"]
    return _shorten("-".join(kept), LONGEST)


def make_unique(slug: str, taken: Container[str]) -> str:
    """Return slug, or with the first free suffix of -0, -1, -2 ... (Pathauto begins at 0)."""
    if slug not in taken:
        return slug
    number = 0
    while (tried := _shorten(slug, LONGEST - len(str(number)) - 1) + f"-{number}") in taken:
        number += 1
    return tried


def _shorten(slug: str, length: int) -> str:
    if len(slug) <= length:
        return slug
    head, found, _ = slug[: length + 1].rpartition("-")
    return head if found else slug[:length]
