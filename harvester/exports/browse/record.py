"""Reads from the database all that the page of one record shows, and the rows of a page of the list."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from harvester.exports.browse.meaning import explain_date

Row = dict[str, Any]
Ask = Callable[[str, dict[str, Any]], Awaitable[list[Row]]]

EXCERPT = 240  # characters of a summary in the list
_ROWS = f"""
SELECT r.id, r.title, r.date_text, r.date, r.url, r.withdrawn, c.places,
  substr(r.summary, 1, {EXCERPT + 1}) AS summary
FROM catalogue AS c JOIN records AS r USING (id)
WHERE c.id IN (SELECT value FROM json_each(:ids))
"""
_TERMS = "SELECT role, name, url FROM document_terms WHERE record = :id ORDER BY role, position"
_TEXTS = "SELECT kind, language, characters, body FROM document_texts WHERE record = :id ORDER BY position"
_FILES = "SELECT kind, url, type, bytes, file FROM document_files WHERE record = :id ORDER BY position"
_LISTINGS = """
SELECT s.listing, l.label FROM record_listings AS s LEFT JOIN listings AS l USING (listing)
WHERE s.record = :id GROUP BY s.listing ORDER BY s.listing
"""


async def read_rows(ask: Ask, ids: Iterable[str]) -> list[Row]:
    """Return what the list shows of records, in the order of their ids as given."""
    wanted = list(ids)
    found = {row["id"]: row for row in await ask(_ROWS, {"ids": json.dumps(wanted)})}
    return [_listed(found[one]) for one in wanted if one in found]


def _listed(row: Row) -> Row:
    summary = " ".join((row["summary"] or "").split())
    cut = len(row["summary"] or "") > EXCERPT
    excerpt = f"{summary[:EXCERPT].rpartition(' ')[0] or summary[:EXCERPT]} …" if cut else summary
    return {**row, "summary": excerpt, "places": json.loads(row["places"]), "url": safe_link(row["url"])}


async def read_record(ask: Ask, key: str) -> Row | None:
    """Return all that is known of one record, None if there is none."""
    record = await _first(ask, "SELECT * FROM records WHERE id = :id", key)
    if record is None:
        return None
    document = await _first(ask, "SELECT * FROM documents WHERE id = :id", key) or {}
    terms: dict[str, list[Row]] = {}
    for term in await ask(_TERMS, {"id": key}):
        terms.setdefault(term["role"], []).append({**term, "url": safe_link(term["url"])})
    return {
        **record,
        "link": safe_link(record["url"]),
        "meaning": explain_date(record),
        "paragraphs": paragraphs(record["summary"] or document.get("summary")),
        "document": {**document, "languages": json.loads(document.get("languages") or "[]")},
        "terms": terms,
        "texts": [{**text, "paragraphs": paragraphs(text["body"])} for text in await ask(_TEXTS, {"id": key})],
        "files": [{**file, "link": safe_link(file["url"])} for file in await ask(_FILES, {"id": key})],
        "listings": await ask(_LISTINGS, {"id": key}),
    }


async def _first(ask: Ask, sql: str, key: str) -> Row | None:
    return next(iter(await ask(sql, {"id": key})), None)


def paragraphs(text: str | None) -> list[str]:
    """Return the paragraphs of a text, which stand apart by blank lines."""
    return [part for part in (text or "").split("\n\n") if part.strip()]


def safe_link(url: str | None) -> str | None:
    """Return an address if a browser only fetches it; None for `javascript:` and whatever else is no web address.

    >>> [safe_link(one) for one in ("https://example.org/1", "javascript:alert(1)", " https://[", None)]
    ['https://example.org/1', None, None, None]
    """
    try:
        parts = urlsplit(url or "")
        return url if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None
