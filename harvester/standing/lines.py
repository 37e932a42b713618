"""Finds the line of a TOML file on which a key stands, which the parser doesn't tell."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Keys = tuple[str, ...]

# What may hold an end of line or a bracket without meaning it, then what means it: strings first, then comments.
_TOKENS = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*'|#[^\n]*|[\[\]{}\n]''', re.DOTALL
)


def find_lines(text: str) -> dict[Keys, int]:
    r"""Return the line, from 1 on, on which each table and key begins, in a file that was parsed as a whole.

    A statement is parsed alone. It goes on over ends of lines in brackets and in strings.

    >>> find_lines('a = 1\n[b.c]\nd = [\n 2]')
    {('a',): 1, ('b',): 2, ('b', 'c'): 2, ('b', 'c', 'd'): 3}
    """
    lines: dict[Keys, int] = {}
    table: Keys = ()
    for number, statement in _statements(text):
        found = list(_keys(tomllib.loads(statement)))
        is_header = statement.lstrip(" \t").startswith("[")
        for keys in found:
            lines.setdefault(keys if is_header else table + keys, number)
        if is_header:
            table = found[-1]
    return lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the number of its first line."""
    begin, line, depth = 0, 1, 0
    for token in _TOKENS.finditer(text):
        depth += (token[0] in {"[", "{"}) - (token[0] in {"]", "}"})
        if token[0] == "\n" and not depth:
            yield line, text[begin : token.start()]
            line += text.count("\n", begin, token.end())
            begin = token.end()
    yield line, text[begin:]


def _keys(value: Any) -> Iterator[Keys]:
    """Yield each key with those that lead to it, the outermost first; those of a list's tables too."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (key,)
            yield from ((key, *keys) for keys in _keys(inner))
