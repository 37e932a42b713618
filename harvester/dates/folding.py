"""The two forms of a printed line: the text that is kept, and the plain form that the grammar reads.

The plain form only drops what carries no meaning in a date. It is not NFKC: that turns a footnote mark into a digit
("June 1²" would become June 12).
"""

import unicodedata

from harvester.text import squash

QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4\u2032", "'"))
# Not of the category Pd, yet printed between the ends of a range: the minus sign and the wave dash.
DASHES = "\u2212\u301c"

__all__ = ["fold", "squash"]


def fold(text: str) -> str:
    """Return squashed text in plain form: no case, any dash as "-", any decimal digit as ASCII, nothing invisible.

    >>> fold("１９５０—Oct")
    '1950-oct'
    """
    if text.isascii():
        return text.lower()
    return " ".join("".join(map(_plain, text)).translate(QUOTES).casefold().split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # soft hyphens, zero-width spaces, direction marks
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd" or character in DASHES:
        return "-"
    if "\uff01" <= character <= "\uff5e":  # full-width ASCII, as Chinese and Japanese pages mix in
        return chr(ord(character) - 0xFEE0)
    return character
