"""Makes of a document's page what is published of it: what it says as plain data, and its line in documents.jsonl."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from harvester.dates import read_printed
from harvester.errors import OtherDocument
from harvester.items import Document, Entry, Text
from harvester.sites import Site
from harvester.text import normalise

# The fields of a line that stand in it as the page said them, in their order.
_AS_SAID = (
    "summary authors people places topics subjects source original_archive rights type languages classification donors"
    " support uploaded citation record_id node_id"
).split()
# A name has 255 bytes on most systems; a site's name, the number of a twin and the mark of a part want room too.
_LONGEST = 60
_LONE = re.compile(r"[\ud800-\udfff]")
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/gif": ".gif",
    "image/jp2": ".jp2",
    "image/webp": ".webp",
    "text/plain": ".txt",
}


def refuse_misled(document: Document, asked: Iterable[str], site: Site) -> None:
    """Raise OtherDocument for a page that names another id than the one that was asked for and led there by redirects.

    An archive that leads every address it has lost to one document would join them all to that.
    """
    for address in asked:
        if site.names_another(address, document.addresses):
            raise OtherDocument(f"{address} leads to another document: the page says that it is {document.url}")


def said_by(document: Document) -> dict[str, Any]:
    """Return what a page says as plain data: a text by its digest and length in characters, without its paragraphs."""
    data = asdict(document)
    data["texts"] = [_told_text(text) for text in document.texts]
    told: dict[str, Any] = _encodable(data)
    return told


def _encodable(value: Any) -> Any:
    """Return plain data in which no text has half of a surrogate pair, which no file and no database takes."""
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {name: _encodable(part) for name, part in value.items()}
    return [_encodable(part) for part in value] if isinstance(value, list | tuple) else value


def text_digest(text: Text) -> str:
    """Return the digest of a text's published bytes, "sha256:" and hexadecimal."""
    return "sha256:" + hashlib.sha256(text.body.encode("utf-8", "replace")).hexdigest()


def _told_text(text: Text) -> dict[str, Any]:
    size = len(text.body.encode("utf-8", "replace"))
    told = {"kind": text.kind, "language": text.language, "characters": len(text.body) - 1}
    return {**told, "bytes": size, "hash": text_digest(text)}


def entry_of(document: Document) -> Entry:
    """Return the document as an entry: what a listing would show of it."""
    date_text, title, summary = map(_encodable, (document.date_text, document.title, document.summary))
    return Entry(date_text, title, summary, document.url, "")


def text_names(record_id: str, texts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the files in which a document's texts lie: texts/<id>.<kind>.<language>.txt.

    What is no ASCII letter or digit becomes "-", letters lose their accents; a text that names no language has "und",
    one whose language has no letter that a name can hold "other". A name that an earlier text of the document has gets
    a number, also where only case tells them apart: to some systems those are one file.
    """
    names: list[str] = []
    taken: dict[str, int] = {}
    for text in texts:
        language = "und" if text["language"] is None else _part_of_name(text["language"], "other")
        stem = f"texts/{record_id}.{_part_of_name(text['kind'], 'text')}.{language}"
        number = taken[stem.lower()] = taken.get(stem.lower(), 0) + 1
        names.append(f"{stem}.txt" if number == 1 else f"{stem}.{number}.txt")
    return names


def _part_of_name(text: str, instead: str) -> str:
    plain = "".join(c for c in normalise("NFKD", text[: 4 * _LONGEST]) if not unicodedata.combining(c))
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST].rstrip("-") or instead


def file_name(digest: str, media_type: str | None) -> str:
    """Return the name of the file in which a fetched file lies: its digest, and an ending by its type.

    >>> file_name("sha256:0a1b", "Application/PDF; charset=binary"), file_name("sha256:0a1b", None)
    ('files/0a1b.pdf', 'files/0a1b.bin')
    """
    plain = (media_type or "").partition(";")[0].strip().lower()
    return f"files/{digest.removeprefix('sha256:')}{_ENDINGS.get(plain, '.bin')}"


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
    What the reader does not know of the page is told too, as it stands there: what it is can be found out later.
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
        "unknown": list(said["unknown"]),
        "differs": list(differs),
    }
