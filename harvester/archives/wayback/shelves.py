"""The captures that an index has of wanted addresses, a document's or a file's, the newest first."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from harvester.archives.wayback.addresses import iso_time
from harvester.archives.wayback.index import IndexLine

# Captures of one address that are tried: the site refused for some months only, and each try costs a second.
MOST_CAPTURES = 8


class Shot(NamedTuple):
    """One capture of an address as the index tells of it; the order of shots is that of time."""

    timestamp: str
    original: str
    digest: str

    @property
    def captured_at(self) -> str:
        """Return when it was captured, as captures have it."""
        return iso_time(self.timestamp)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: `address_of` says which address a captured URL is, `may_be` which lines may be such."""

    addresses: frozenset[str]
    address_of: Callable[[str], str | None]
    may_be: Callable[[IndexLine], bool]


class Shelves:
    """Keeps of each wanted address the newest captures, so that an index of any length may go by."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._kept: dict[str, list[Shot]] = defaultdict(list)
        self._unfit: set[str] = set()

    def take(self, lines: Iterable[IndexLine]) -> None:
        """Keep what may be a capture of a wanted address; a revisit only if it repeats nothing that is none."""
        for line in lines:
            if not self._wanted.may_be(line):
                self._unfit.add(line.digest)
            elif line.status is not None or line.digest == "-" or line.digest not in self._unfit:
                self._keep(line)

    def _keep(self, line: IndexLine) -> None:
        address = self._wanted.address_of(line.original)
        if address not in self._wanted.addresses or address is None:
            return
        shot, kept = Shot(line.timestamp, line.original, line.digest), self._kept[address]
        if shot in kept:
            return
        heapq.heappush(kept, shot)
        if len(kept) > MOST_CAPTURES:
            heapq.heappop(kept)

    def captures(self, address: str) -> list[Shot]:
        """Return the captures of an address, the newest first."""
        return sorted(self._kept.get(address, ()), reverse=True)


def paths_of(addresses: Iterable[str]) -> list[str]:
    """Return the paths below which addresses lie, cut after their first part.

    >>> paths_of(["https://example.org/document/one", "https://example.org/document/2/download"])
    ['/document/']
    """
    firsts = {urlsplit(address).path.lstrip("/").partition("/") for address in addresses}
    return sorted({f"/{first}{slash}" for first, slash, _ in firsts})
