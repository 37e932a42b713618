"""The only cleaning that text gets: Unicode NFC and white space squashed; every letter stays."""

import re
import unicodedata
from collections.abc import Iterable

PARAGRAPH = "\n\n"


def squash(text: str) -> str:
    r"""Return text in NFC with every run of white space as one space, and none at the ends.

    >>> squash(" Mao\xa0 Zedong\n")
    'Mao Zedong'
    """
    joined = " ".join(text.split())
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


def join_paragraphs(paragraphs: Iterable[str]) -> str | None:
    """Return the paragraphs squashed and joined by a blank line; None if nothing is left."""
    kept = [clean for clean in map(squash, paragraphs) if clean]
    return PARAGRAPH.join(kept) or None


def split_paragraphs(text: str) -> list[str]:
    """Return the blocks of a text, split on blank lines (never on single line ends), squashed, none empty."""
    blocks = re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [clean for clean in map(squash, blocks) if clean]


def fold(text: str) -> str:
    """Return text for searching: no accents, no case. Never used to decide identity."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
