"""Which entries are one record: the canonical link, else date and whole title; never a guess."""

import hashlib
import json
from collections.abc import Collection

from harvester.text import squash

ID_DIGITS = 16


def linked_id(site: str, url: str) -> str:
    """Return the id of a record known by its canonical link; the host is no part of it, so that a move changes none.

    Ids are made of raw values, so that better cleaning changes none; 64 bits of SHA-256 keep a million records apart
    with a chance of collision of about 3 in 10 million.
    """
    return _id(site, "url", "/" + url.partition("://")[2].partition("/")[2])


def linkless_id(site: str, date_text: str | None, title: str, ordinal: int = 1) -> str:
    """Return the id of an entry without a link: date line, whole title, and which of several equal ones it is."""
    parts = [squash(date_text or ""), squash(title)]
    return _id(site, "entry", *parts, *([str(ordinal)] if ordinal > 1 else []))


def joining_key(date: str | None, title: str) -> tuple[str, str] | None:
    """Return what an entry without a link is joined to a linked record by: EDTF date and whole title.

    None where the date is unknown: two unknowns are no evidence.
    """
    return None if date is None else (date, squash(title))


def may_join(linked: Collection[str], linkless: Collection[str]) -> bool:
    """Return whether what is known under one joining key is one record: the match is the only one both ways.

    `linked` are the distinct records with a link, `linkless` the distinct entries without.
    """
    return len(linked) == 1 and len(linkless) == 1


def _id(site: str, *parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{site}-{digest[:ID_DIGITS]}"


def content_digest(url: str | None, date_text: str | None, title: str, summary: str | None) -> str:
    """Return the digest of what an entry says; JSON keeps null, empty and text apart."""
    said = json.dumps([url, date_text, title, summary], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("ascii")).hexdigest()[:40]
