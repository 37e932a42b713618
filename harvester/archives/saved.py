"""Single pages: what was saved by a browser, a mirroring program or a text extractor, one file each."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from harvester.archives.finds import Damaged, Find, Judge, PassedOver
from harvester.archives.mirrors import mirrored_url
from harvester.archives.places import Place
from harvester.captures import Capture
from harvester.errors import PageError, PageTooLarge, UsageProblem
from harvester.pages.limits import MOST_BYTES

_ENDS = 4096
# What browsers and mirrors keep beside pages: text without any mark of its own, in which a challenge may be spoken of.
_PARTS = (".js", ".mjs", ".css", ".map", ".json", ".jsonl", ".xml", ".svg", ".rss", ".ris", ".bib")
# Browsers note where a page was saved from: "<!-- saved from url=(0042)https://... -->"; SingleFile: "url: https://..."
_SAVED_FROM = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s>]+)", re.I
)
# HTTrack at the page's begin or end, without a scheme: "<!-- Mirrored from host/path by HTTrack Website Copier/3.x ..."
_MIRRORED_FROM = re.compile(rb"<!--\s*Mirrored from ((?:https?://)?[^\s<>]+) by HTTrack", re.I)


def read_page(stream: BinaryIO, head: bytes, place: Place, judge: Judge) -> Iterator[Find]:
    """Yield the page that a stream holds, or why it is passed over or cannot be read.

    A page given by itself is never passed over, nor is a listing's: who reads it says what is wrong with it.
    """
    path_url = mirrored_url(place.parts, judge)
    kind = judge(path_url) if path_url is not None else None
    if place.alone and kind is not None:  # a name in a folder of that name, and no more
        path_url = kind = None
    is_listing = path_url is not None and kind is None
    if not (place.alone or is_listing) and (kind == "document" or _is_no_page(head, place)):
        yield PassedOver("document" if kind == "document" else "content-type")
        return
    try:
        body = stream.read(MOST_BYTES + 1)
    except (PageError, OSError) as error:
        yield place.damaged(error, path_url)
        return
    url = saved_from(body) or path_url
    if url is not None and not place.alone and (kind := judge(url)):
        yield PassedOver(kind)
    elif len(body) > MOST_BYTES and url is None and not place.alone and _is_data(head):
        yield PassedOver("content-type")
    elif len(body) > MOST_BYTES:
        told = f"the file has more than {MOST_BYTES:,} bytes, the most that is read of a page"
        yield Damaged(PageTooLarge(told), place.file, url=url)
    else:
        yield Capture(body=body, url=url, file=place.file)


def _is_no_page(head: bytes, place: Place) -> bool:
    """Return whether a file is a part of pages, or no text: its first bytes say so, of scripts and styles its name."""
    name = re.split(r"[?@]", place.parts[-1])[0].lower() if place.parts else ""
    return name.endswith(_PARTS) or Capture(head).medium == "binary"


def _is_data(head: bytes) -> bool:
    """Return whether a file that is too large to be read is no text: a database, JSON."""
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return (b"\x00" in head and not is_utf16) or head.lstrip()[:1] in {b"{", b"["}


def read_capture(path: Path, name: str, url: str | None = None) -> Capture:
    """Return a file's bytes as a capture, with the URL that it was saved from where it says so."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}") from error
    # A name that is not UTF-8 is told in escapes, as JSON has only text.
    return Capture(body=body, url=url or saved_from(body), file=name.encode("utf-8", "backslashreplace").decode())


def saved_from(body: bytes) -> str | None:
    """Return the URL that a browser or HTTrack noted in a saved page, None if they noted none."""
    found = _SAVED_FROM.search(body[:_ENDS])
    if found:
        return found[1].decode("ascii", "replace")
    found = _MIRRORED_FROM.search(body[:_ENDS]) or _MIRRORED_FROM.search(body[-_ENDS:])
    if not found:
        return None
    url = found[1].decode("ascii", "replace")
    return url if url.lower().startswith("http") else f"https://{url}"
