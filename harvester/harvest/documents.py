"""Makes of a document's page what is published of it: what it says as plain data, and its line in documents.jsonl."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from harvester.dates import read_printed
from harvester.items import Document, Entry, Text
from harvester.sites import Site

# The fields of a line that stand in it as the page said them, in their order.
_AS_SAID = (
    "summary authors people places topics subjects source original_archive rights type languages classification donors"
    " support uploaded citation record_id node_id"
).split()


def said_by(document: Document) -> dict[str, Any]:
    """Return what a page says as plain data: a text by its digest and length in characters, without its paragraphs."""
    data = asdict(document)
    data["texts"] = [_told_text(text) for text in document.texts]
    return data


def text_digest(text: Text) -> str:
    """Return the digest of a text's published bytes, "sha256:" and hexadecimal."""
    return "sha256:" + hashlib.sha256(text.body.encode("utf-8", "replace")).hexdigest()


def _told_text(text: Text) -> dict[str, Any]:
    size = len(text.body.encode("utf-8", "replace"))
    told = {"kind": text.kind, "language": text.language, "characters": len(text.body) - 1}
    return {**told, "bytes": size, "hash": text_digest(text)}


def entry_of(document: Document) -> Entry:
    """Return the document as an entry: what a listing would show of it."""
    return Entry(document.date_text, document.title, document.summary, document.url, "")


def document_line(
    said: Mapping[str, Any],
    site: Site,
    record_id: str,
    url: str,
    *,
    aliases: Iterable[str] = (),
    texts: Mapping[str, str] | None = None,
    files: Mapping[str, Mapping[str, Any]] | None = None,
    differs: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return a line of documents.jsonl, its fields in the order that docs/dataset.md has.

    `said` is what a page says (see said_by). `texts` are the names of the files in which texts lie, by kind and
    language; `files` what is known of fetched files, by their URL: type, bytes, hash, file.
    """
    date = read_printed(said["date_text"], site.dates)
    held = files or {}
    return {
        "id": record_id,
        "url": url,
        "title": said["title"],
        **asdict(date),
        **{name: said[name] for name in _AS_SAID},
        "aliases": sorted(set(aliases) - {url}),
        "texts": [{**text, "file": (texts or {}).get(text["hash"])} for text in said["texts"]],
        "files": [
            {**link, **{name: held.get(link["url"], {}).get(name) for name in ("type", "bytes", "hash", "file")}}
            for link in said["files"]
        ],
        "differs": list(differs),
    }
