"""Finds the line of a TOML file on which a key stands, which the parser doesn't tell."""

import tomllib
from collections.abc import Iterator
from typing import Any

Keys = tuple[str, ...]


def find_lines(text: str) -> dict[Keys, int]:
    r"""Return the line, from 1 on, on which each table and key begins, in a file that was parsed as a whole.

    A statement is parsed alone; as long as it cannot be, it goes on in the next line.

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
    begun: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        begun.append(line)
        try:
            tomllib.loads("\n".join(begun))
        except tomllib.TOMLDecodeError:
            continue
        yield number - len(begun) + 1, "\n".join(begun)
        begun = []


def _keys(value: Any) -> Iterator[Keys]:
    """Yield each key with those that lead to it, the outermost first; those of a list's tables too."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (key,)
            yield from ((key, *keys) for keys in _keys(inner))
