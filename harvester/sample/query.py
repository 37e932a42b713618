"""Reads the query of a listing's address as the site's server does: PHP's rules, then Drupal's."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, quote

from harvester.sample.vocabulary import FACETS

DEFAULT_ORDER = "created_DESC"
# Value of sort_bef_combine -> (sorted by date?, newest first?).
ORDERS = MappingProxyType(
    {
        "created_DESC": (False, True),
        "created_ASC": (False, False),
        "field_document_date_unix_DESC": (True, True),
        "field_document_date_unix_ASC": (True, False),
    }
)
LONGEST_NUMBER = 18  # digits; PHP's integers go no further


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: `page` counts from zero, `size` is as written ("" if not), `filters` are sorted "facet:id"."""

    page: int
    size: str
    order: str
    filters: tuple[str, ...]
    text: str
    pairs: tuple[tuple[str, str], ...]


def parse_query(query: str) -> Query:
    """Return what a raw query string (without "?") asks for; keys that mean nothing stay in `pairs` only.

    >>> parse_query("page=3&f%5B2%5D=places%3A81000&&page=7").page
    7
    >>> parse_query("f%255B0%255D=places%3A81000").filters
    ()
    """
    values = _read_like_php(query.removeprefix("?"))
    facets = [value for key, value in values.items() if re.fullmatch(r"f\[[^\[\]]*\]", key)]
    return Query(
        page=_read_number(values.get("page", "")),
        size=values.get("items_per_page", ""),
        order=_read_order(values),
        filters=tuple(sorted({value for value in facets if value.partition(":")[0] in FACETS and ":" in value})),
        text=" ".join(values.get("search_api_fulltext", "").split()),
        pairs=tuple(values.items()),
    )


def write_query(pairs: tuple[tuple[str, str], ...], **changes: str) -> str:
    """Return a query string as Drupal writes it in links: everything kept, changed keys last, brackets escaped."""
    kept = [pair for pair in pairs if pair[0] not in changes]
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in [*kept, *changes.items()])


def _read_like_php(query: str) -> dict[str, str]:
    """Read pairs; the last of equal keys wins, and "f[]" takes the next free index."""
    values: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        whole = key
        if key == "f[]":
            taken = [int(k[2:-1][:LONGEST_NUMBER]) for k in values if re.fullmatch(r"f\[[0-9]+\]", k)]
            whole = f"f[{max(taken, default=-1) + 1}]"
        values[whole] = value
    return values


def _read_number(text: str) -> int:
    """Read as PHP's (int) does, from the first of Drupal's comma-separated pagers; below zero is zero."""
    found = re.match(r"\s*\+?([0-9]+)", text.split(",", maxsplit=1)[0])
    return int(found[1][:LONGEST_NUMBER]) if found else 0


def _read_order(values: dict[str, str]) -> str:
    combined = values.get("sort_bef_combine", "")
    if combined in ORDERS:
        return combined
    separate = f"{values.get('sort_by', '')}_{values.get('sort_order', 'DESC').upper()}"
    return separate if separate in ORDERS else DEFAULT_ORDER
