"""The only cleaning that text gets: Unicode NFC, white space squashed, no control characters; every letter stays."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

PARAGRAPH = "\n\n"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f]")
_LONE = re.compile(r"[\ud800-\udfff]")
# Sorting the marks of one letter takes quadratic time; no language has more than 30 (Unicode, UAX #15, section 13).
_MOST_MARKS = 30
_MAY_BE_MARKS = re.compile(
    r"[\u0300-\u1dff\u20d0-\u20f0\u2cef-\u309a\ua66f-\uabed\ufb1e-\ufe2f\U000101fd-\U0001e95b]{31,}"
)


def squash(text: str) -> str:
    r"""Return text in NFC with every run of white space as one space, and none at the ends.

    What no print has is left out, as a terminal obeys it and databases refuse it: control characters. U+0080 to
    U+009F stand for the letters of windows-1252, as in HTML (its numeric references); half of a surrogate pair for
    U+FFFD. Marks of direction and zero width stay: scripts need them. Text with more than 30 marks on one letter is not
    normalised.

    >>> squash(" Mao\xa0 Zedong\n"), squash("don\x92t\x1b[31m")
    ('Mao Zedong', 'don’t[31m')
    """
    if "\x85" in text:  # else white space to Python
        text = text.replace("\x85", "…")
    joined = " ".join(text.split())
    if joined.isascii():
        return joined if joined.isprintable() else " ".join(_CONTROLS.sub("", joined).split())
    if not joined.isprintable():
        joined = " ".join(_LONE.sub("\ufffd", _CONTROLS.sub(_printed, joined)).split())
    return normalise("NFC", joined)


def normalise(form: Literal["NFC", "NFKD"], text: str) -> str:
    """Return text in a normal form; as it is, if a letter has more marks than any language puts on one."""
    if len(text) > _MOST_MARKS and any(map(_has_too_many_marks, _MAY_BE_MARKS.findall(text))):
        return text
    return unicodedata.normalize(form, text)


def _has_too_many_marks(run: str) -> bool:
    kinds = "".join("m" if unicodedata.combining(c) else " " for c in run)
    return any(len(marks) > _MOST_MARKS for marks in kinds.split())


def _printed(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "ignore") if found[0] >= "\x80" else ""


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
    if text.isascii():
        return text.casefold()
    plain = normalise("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
