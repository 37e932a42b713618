"""Single pages: what was saved by a browser, a mirroring program or a text extractor, one file each."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from harvester.archives.finds import Damaged, Find, Judge, PassedOver
from harvester.archives.limits import ADVICE, MOST_FILE, MOST_PAGE
from harvester.archives.mirrors import mirrored_url
from harvester.archives.places import Place
from harvester.captures import Capture
from harvester.errors import PageError, PageTooLarge, UsageProblem
from harvester.harvest.wishes import Judged, Wish

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
    judged = judge(path_url) if path_url is not None else None
    if place.alone and isinstance(judged, str):  # a name in a folder of that name, and no more
        path_url = judged = None
    if passed := _passed(judged, place, path_url, head):
        yield PassedOver(passed)
        return
    try:
        body = stream.read(MOST_PAGE + 1)
    except (PageError, OSError) as error:
        yield place.damaged(error, path_url)
        return
    url = saved_from(body) or path_url
    judged = judge(url) if url is not None and not place.alone else None
    if isinstance(judged, str):
        yield PassedOver(judged)
    elif len(body) > MOST_PAGE and url is None and not place.alone and _is_data(head):
        yield PassedOver("content-type")
    elif len(body) > MOST_PAGE:
        told = f"the file has more than {MOST_PAGE:,} bytes, the most that is read of a page"
        yield Damaged(PageTooLarge(told), place.file, url=url)
    else:
        yield Capture(body=body, url=url, file=place.file)


def _passed(judged: Judged, place: Place, url: str | None, head: bytes) -> str | None:
    """Return the kind for which a file is passed over by its name and its first bytes; None if it is to be read."""
    if judged is Wish.DOCUMENT:
        return "document-file" if _is_no_page(head, place) else None
    if judged == "document":
        return "document"
    is_listing = url is not None and judged is None
    return "content-type" if not (place.alone or is_listing) and _is_no_page(head, place) else None


def read_file(stream: BinaryIO, place: Place, url: str) -> Find:
    """Return a document's file as a mirror has it under its address, or why it cannot be had."""
    try:
        body = stream.read(MOST_FILE + 1)
    except (PageError, OSError) as error:
        return place.damaged(error, url)
    if len(body) > MOST_FILE:
        told = f"the file has more than {MOST_FILE:,} bytes, the most that is taken"
        return Damaged(PageTooLarge(told, advice=ADVICE), place.file, url=url)
    return Capture(body=body, url=url, file=place.file)


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
