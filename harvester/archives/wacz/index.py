"""Reads a WACZ's index: which capture lies where, by its URL (CDXJ, plain or in the pieces of a zipnum index)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

from harvester.archives.unpacking import Unpacking
from harvester.archives.wacz.package import Package
from harvester.errors import MisledIndex, PageError

_LONGEST = 1_000_000
_NAMES = re.compile(r"indexes/.+\.cdxj?(?:\.gz)?")


@dataclass(frozen=True, slots=True)
class Indexed:
    """One line of the index: a capture's WARC in `archive/`, its offset there, and its URL as told."""

    file: str
    offset: int
    url: str


def read_index(package: Package) -> Iterator[Indexed]:
    """Yield each line of all indexes; raises MisledIndex where there is none, or a line cannot be read."""
    names = [name for name in package.names("indexes/") if _NAMES.fullmatch(name)]
    if not names:
        raise MisledIndex("the package has no index")
    for name in names:
        try:
            with package.open(name) as stream:
                yield from _lines(stream)
        except PageError as error:
            raise MisledIndex(f"the index {name} cannot be read: {error.message}") from error


def _lines(stream: BufferedReader) -> Iterator[Indexed]:
    if stream.peek(2).startswith(b"\x1f\x8b"):
        stream = BufferedReader(Unpacking(stream), 65_536)
    while line := stream.readline(_LONGEST):
        if line.strip() and not line.startswith((b"!meta", b" CDX")):
            yield _line(line)


def _line(line: bytes) -> Indexed:
    """Read "key timestamp {json}"; numbers stand there as numbers or as text."""
    try:
        told: dict[str, Any] = json.loads(line[line.index(b"{") :])
        url, file, offset = told["url"], told["filename"], int(told["offset"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MisledIndex(f"a line is no capture's: {line[:80]!r}") from error
    if not isinstance(url, str) or not isinstance(file, str) or offset < 0:
        raise MisledIndex(f"a line is no capture's: {line[:80]!r}")
    return Indexed(file.removeprefix("archive/"), offset, url)
