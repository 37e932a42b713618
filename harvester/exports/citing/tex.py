"""Texts as TeX prints them: every character that TeX reads as its own is escaped, all others are as they are."""

import re

_SPECIAL = re.compile(r"[&%$#_~^\\{}]|-(?=-)|[`!?](?=`)|'(?=')|<(?=<)|>(?=>)|,(?=,)")
_ESCAPED = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "\\": r"{\textbackslash}",
    # Of two of these TeX makes one: dashes, quotation marks, Spanish ones.
    **{sign: f"{sign}{{}}" for sign in "-`'!?<>,"},
}
# BibTeX counts braces without regard to backslashes. One that has no partner gets one that is not printed; of several
# ways this is the one that TeX, Zotero, Pandoc and pylatexenc all read as one brace.
_LONE = {"{": r"\{\vphantom{\}}", "}": r"\vphantom{\{}\}"}

# Readers of BibTeX give up where braces stand in braces too often (pybtex after a hundred).
_DEEPEST = 20


def escape(text: str) -> str:
    r"""Return a text for a field of BibTeX, with braces that pair.

    >>> print(escape("100% {of} $x_1$ } A--B"))
    100\% \{of\} \$x\_1\$ \vphantom{\{}\} A-{}-B
    """
    lone = _lone_braces(text) if "{" in text or "}" in text else set()
    return _SPECIAL.sub(lambda match: (_LONE if match.start() in lone else _ESCAPED)[match[0]], text)


def _lone_braces(text: str) -> set[int]:
    """Return the places of the braces that have no partner, or stand in too many others."""
    opened: list[int] = []
    lone: set[int] = set()
    for match in re.finditer("[{}]", text):
        if match[0] == "{" and len(opened) < _DEEPEST:
            opened.append(match.start())
        elif match[0] == "}" and opened:
            opened.pop()
        else:
            lone.add(match.start())
    return lone | set(opened)
