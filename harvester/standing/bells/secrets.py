"""Takes out of a line what the environment may keep secret, before anybody reads it."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

_SHORTEST = 6  # characters; what is shorter is no secret worth the name, and would tear words apart
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_PARTS = re.compile(r"[^\w.~%+-]+|://")


def conceal(text: str, environment: Mapping[str, str]) -> str:
    """Return a text with each value of the environment that stands in it replaced by its variable's name.

    Of addresses the parts count too, since a program that complains may name host, path or token alone.

    >>> conceal("curl: 401 from https://x.example/T0KEN99", {"BELL": "https://x.example/T0KEN99"})
    'curl: 401 from $BELL'
    >>> conceal("no route for T0KEN99", {"BELL": "https://x.example/T0KEN99"})
    'no route for $BELL'
    """
    names = {piece: name for name in sorted(environment) for piece in _pieces(environment[name])}
    if not names:
        return text
    longest_first = sorted(names, key=lambda piece: (-len(piece), piece))
    found = re.compile("|".join(map(re.escape, longest_first)))
    return found.sub(lambda match: f"${names[match.group()]}", text)


def _pieces(value: str) -> set[str]:
    pieces = {value, value.strip()}
    if _ADDRESS.search(value):
        pieces |= set(_PARTS.split(value))
        pieces |= {unquote(piece) for piece in pieces}  # a password in an address is percent-encoded, and told as it is
    return {piece for piece in pieces if len(piece) >= _SHORTEST}
