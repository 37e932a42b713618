"""Saved pages: single files and folders of .html and .txt, as a browser or a text extractor leaves them."""

import re
from collections.abc import Iterator
from pathlib import Path

from harvester.captures import Capture
from harvester.errors import UsageProblem

SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".txt", ".text"})
_HEAD = 4096
# Browsers note where a page was saved from: "<!-- saved from url=(0042)https://... -->"; SingleFile: "url: https://..."
_SAVED_FROM = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s>]+)", re.I
)


def saved_pages(path: Path) -> Iterator[Capture]:
    """Yield a capture for a file, or for every page below a folder, in the order of their names.

    `file` is named from the path as given, so that it is the same wherever the folder lies. Raises UsageProblem if
    there is no such path, or a folder holds no page.
    """
    if path.is_file():
        yield read_capture(path, path.name)
        return
    if not path.is_dir():
        raise UsageProblem(f"there is no file or folder {path}")
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not found:
        raise UsageProblem(f"{path} holds no page", advice=f"Pages end in {', '.join(sorted(SUFFIXES))}.")
    for page in found:
        yield read_capture(page, f"{path.resolve().name}/{page.relative_to(path).as_posix()}")


def read_capture(path: Path, name: str, url: str | None = None) -> Capture:
    """Return a file's bytes as a capture, with the URL that it was saved from where it says so."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}") from error
    # A name that is not UTF-8 is told in escapes, as JSON has only text.
    return Capture(body=body, url=url or saved_from(body), file=name.encode("utf-8", "backslashreplace").decode())


def saved_from(body: bytes) -> str | None:
    """Return the URL that a browser noted in a saved page, None if it noted none."""
    found = _SAVED_FROM.search(body[:_HEAD])
    return found[1].decode("ascii", "replace") if found else None
