"""Compares the paths of robots.txt with URLs: in one spelling, with `*` and `$`, the longest wins (RFC 9309, 2.2.2).

Where two spellings may or may not mean the same, a Disallow takes them for the same and an Allow does not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PATH_OF_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*([^#]*)", re.I)
_OCTET = re.compile(rb"%([0-9A-Fa-f]{2})|(.)", re.S)
_SIGNS = b"%*$"  # encoded wherever they are meant as themselves: `*` and `$` say something in a pattern
_DELIMITERS = b"/?"  # what parts a path: %2F inside a name may be another page than a slash


@dataclass(frozen=True, slots=True)
class Rule:
    """An Allow or Disallow with a path; `wide` and `narrow` are its two spellings."""

    allows: bool
    wide: str
    narrow: str

    @classmethod
    def of(cls, pattern: str, *, allows: bool) -> "Rule":
        """Return the rule of a path as it is written in robots.txt, where `*` and a last `$` are special."""
        anchor = "$" if pattern.endswith("$") else ""
        body = pattern.removesuffix("$")
        return cls(allows, _spell_wide(body, "*") + anchor, _spell_narrow(body, "*") + anchor)


def is_allowed(url: str, rules: Sequence[Rule]) -> bool:
    """Return whether the most octets that match are an Allow's, or nothing matches; robots.txt itself may be read.

    An Allow that is as long as a Disallow outweighs it only where the two are equivalent, which is all that the RFC
    says; for two different patterns of one length it says nothing, and the Disallow holds.
    """
    path = path_of(url)
    if path == "/robots.txt":
        return True
    wide, narrow = _spell_wide(path), _spell_narrow(path)
    found = [rule for rule in rules if _matches(*((rule.narrow, narrow) if rule.allows else (rule.wide, wide)))]
    most = max((len(rule.wide) for rule in found), default=0)
    longest = [rule for rule in found if len(rule.wide) == most]
    allowed = {rule.wide for rule in longest if rule.allows}
    return all(rule.allows or rule.wide in allowed for rule in longest)


def path_of(url: str) -> str:
    """Return path and query as robots.txt sees them, without scheme, authority and fragment.

    >>> path_of("https://example.org?page=2#top")
    '/?page=2'
    """
    found = _PATH_OF_URL.match(url)
    path = found[1] if found else url.partition("#")[0]
    return path if path.startswith("/") else "/" + path


def _spell_wide(text: str, signs: str = "") -> str:
    return _spell(text, signs, b"")


def _spell_narrow(text: str, signs: str = "") -> str:
    path, mark, query = text.partition("?")
    return _spell(path, signs, _DELIMITERS) + mark + _spell(query, signs, b"")


def _spell(text: str, signs: str, kept: bytes) -> str:
    """Write an octet as itself if it is printable ASCII, else percent-encoded; `signs` and `kept` stay as they are."""
    bare = signs.encode()

    def spell_octet(found: re.Match[bytes]) -> bytes:
        octet = bytes.fromhex(found[1].decode()) if found[1] else found[2]
        if not found[1] and octet in bare:
            return octet
        plain = b"\x20" < octet < b"\x7f" and octet not in _SIGNS and not (found[1] and octet in kept)
        return octet if plain else b"%%%02X" % octet[0]

    return _OCTET.sub(spell_octet, text.encode("utf-8", "surrogatepass")).decode("ascii")


def _matches(pattern: str, path: str) -> bool:
    """Return whether a pattern matches from the path's first octet on; in time that grows with both lengths only."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not anchored or path == first
    at = len(first)
    for part in rest[:-1]:
        at = path.find(part, at) + len(part)
        if at < len(part):
            return False
    if anchored:
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at
    return path.find(rest[-1], at) >= 0
