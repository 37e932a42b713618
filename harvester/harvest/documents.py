"""Makes of a document's page what is published of it: what it says as plain data, and its line in documents.jsonl."""

import hashlib
import re
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
_ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif"}


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


def text_names(record_id: str, texts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the files in which a document's texts lie: texts/<id>.<kind>.<language>.txt.

    What is no ASCII letter or digit becomes "-"; a text that names no language has "und"; a name that is taken by an
    earlier text of the document gets a number.
    """
    names: list[str] = []
    for text in texts:
        parts = [re.sub(r"[^A-Za-z0-9]+", "-", part or "").strip("-") for part in (text["kind"], text["language"])]
        stem = f"texts/{record_id}.{parts[0] or 'text'}.{parts[1] or 'und'}"
        number = sum(name == f"{stem}.txt" or name.startswith(f"{stem}.") for name in names) + 1
        names.append(f"{stem}.txt" if number == 1 else f"{stem}.{number}.txt")
    return names


def file_name(digest: str, media_type: str | None) -> str:
    """Return the name of the file in which a fetched file lies: its digest, and an ending by its type."""
    return f"files/{digest.removeprefix('sha256:')}{_ENDINGS.get(media_type or '', '.bin')}"


def document_line(
    said: Mapping[str, Any],
    site: Site,
    record_id: str,
    url: str,
    *,
    aliases: Iterable[str] = (),
    files: Mapping[str, Mapping[str, Any]] | None = None,
    differs: Iterable[Mapping[str, Any]] = (),
    published: bool = False,
) -> dict[str, Any]:
    """Return a line of documents.jsonl, its fields in the order that docs/dataset.md has.

    `said` is what a page says (see said_by). `files` is what is known of fetched files, by their URL: type, bytes, hash
    and file; `differs` where a listing shows another date or title. Texts have a file only if they are `published`.
    """
    held = files or {}
    names = text_names(record_id, said["texts"]) if published else [None] * len(said["texts"])
    return {
        "id": record_id,
        "url": url,
        "title": said["title"],
        **asdict(read_printed(said["date_text"], site.dates)),
        **{name: said[name] for name in _AS_SAID},
        "aliases": sorted(set(aliases) - {url}),
        "texts": [{**text, "file": name} for text, name in zip(said["texts"], names, strict=True)],
        "files": [
            {**link, **{name: held.get(link["url"], {}).get(name) for name in ("type", "bytes", "hash", "file")}}
            for link in said["files"]
        ],
        "differs": list(differs),
    }
