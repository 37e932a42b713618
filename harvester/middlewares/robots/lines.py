"""Reads the lines of robots.txt into groups and rules (RFC 9309, 2.2), in two readings.

The strict reading knows the RFC's lines only. The generous one takes a line for what its author most likely meant: a
colon forgotten, a key misspelt, markup around it. Both are asked, and what either disallows is disallowed.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from harvester.middlewares.robots.paths import Rule

KEYS = ("user-agent", "disallow", "allow", "crawl-delay")
_WHITE = " \t"
# Possessive, and on the head of a line only: a line made of "<>" must not cost more than its length.
_MEANT = re.compile(r"(?:<[^>]*>|\W)*+([a-z_-]+(?:[ \t]+(?:agent|delay)s?\b)?)[ \t]*[:;=]?[ \t]*([^<]*)", re.I)
_HEAD = 2000  # characters; what is cut off a Disallow makes it wider, and an Allow needs the strict reading as well
_LONGEST_KEY = 16
# No character of a path (RFC 9309, 2.2): control characters, invisible ones, and bytes that are not UTF-8.
_NO_PATH = re.compile("[\x00-\x20\x7f\u200b-\u200f\u2060\ufeff\udc80-\udcff]")
_ORIGIN = re.compile(r"https?://[^/]*", re.I)
_SECONDS = re.compile(r"\+?([0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+)?|[.,][0-9]+|inf(?:inity)?\b)", re.I)


@dataclass(frozen=True, slots=True)
class Group:
    """User agents, as written, and the lines that are for them: key and value."""

    agents: list[str]
    lines: list[tuple[str, str]]

    def names(self, token: str, *, generous: bool) -> bool:
        """Return whether the group is for a product token, in any case; what follows it ("/1.0") does not matter."""
        word = rf"(?<![a-z0-9_-]){re.escape(token)}(?![a-z0-9_-])"
        find = re.search if generous else re.match
        return bool(token) and any(
            find(word, agent, re.I) or (generous and agent.strip("*") and fnmatchcase(token, agent.lower()))
            for agent in self.agents
        )

    def is_for_all(self, *, generous: bool) -> bool:
        """Return whether the group is for every agent that has none of its own."""
        return any(
            agent.partition(" ")[0].partition("\t")[0] == "*" or (generous and not agent) for agent in self.agents
        )


def read_groups(body: bytes, *, generous: bool) -> list[Group]:
    """Return the groups in order; one begins at a User-agent line that is the first, or comes after a rule."""
    groups: list[Group] = []
    ruled = True
    for key, value in _read_lines(body, generous):
        if key == "user-agent":
            if ruled:
                groups.append(Group([], []))
            groups[-1].agents.append(value)
            ruled = False
        elif groups:
            groups[-1].lines.append((key, value))
            ruled = ruled or key != "crawl-delay"
    return groups


def _read_lines(body: bytes, generous: bool) -> Iterator[tuple[str, str]]:
    """Yield the key, one of KEYS, and the value of each line that has one; bytes end lines at CR, LF and CRLF only."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
    for line in body.removeprefix(codecs.BOM_UTF8).splitlines():
        text = line.partition(b"#")[0].decode("utf-8", "surrogateescape").strip(_WHITE)
        key, colon, value = text.partition(":")
        key = key.rstrip(_WHITE).lower()
        if generous:
            key, value = _guess(text[:_HEAD])
        if key in KEYS and (colon or generous):
            yield key, value.strip(_WHITE)


def _guess(text: str) -> tuple[str, str]:
    found = _MEANT.match(text)
    if found is None or len(found[1]) > _LONGEST_KEY:
        return "", ""
    key = found[1].lower()
    close = [key] if key in KEYS else get_close_matches(key, ("user-agent", "disallow", "crawl-delay"), 1, 0.8)
    return (close[0] if close else ""), found[2]


def rules_of(key: str, value: str) -> Iterator[Rule]:
    """Yield the rules of a line: an Allow only if it is well-formed, a Disallow as far as it can be read."""
    if key == "allow" and value.startswith("/") and not _NO_PATH.search(value):
        yield Rule.of(value, allows=True)
    if key == "disallow":
        for number, word in enumerate(value.split()):
            path = _NO_PATH.split(_ORIGIN.sub("", word, count=1))[0]
            if number == 0 or path.startswith("/"):
                yield Rule.of(path if path.startswith(("/", "*")) else "/" + path, allows=False)


def seconds_of(value: str) -> float | None:
    """Return a Crawl-delay in seconds, or None for one that is no number or below zero; a huge one is infinite.

    >>> [seconds_of(value) for value in ("1.5", "10 s", "-1", "ten", "nan", "inf")]
    [1.5, 10.0, None, None, None, inf]
    """
    found = _SECONDS.match(value)
    return float(found[1].replace(",", ".")) if found else None
