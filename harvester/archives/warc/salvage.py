"""Unpacks what can be had of packed bytes that are broken somewhere."""

from collections.abc import Callable
from contextlib import suppress

from harvester.encodings import Broken, Stream

_CRUMB = 64  # packed bytes


def salvage(begin: Callable[[], Stream], packed: bytes) -> bytes:
    """Return what a step unpacks before the byte that breaks it; in crumbs first, as byte by byte is slow."""
    sound = 0
    stream = begin()
    saved: list[bytes] = []
    with suppress(Broken):  # the fault that led here
        while sound < len(packed):
            _unpack_all(stream, packed[sound : sound + _CRUMB])
            sound += _CRUMB
    stream = begin()
    with suppress(Broken):
        saved.append(_unpack_all(stream, packed[:sound]))
        for i in range(sound, len(packed)):
            saved.append(_unpack_all(stream, packed[i : i + 1]))
    return b"".join(saved)


def _unpack_all(stream: Stream, packed: bytes) -> bytes:
    pieces = [stream.feed(packed)]
    while not stream.hungry and not stream.over:
        pieces.append(stream.feed(b""))
    return b"".join(pieces)
