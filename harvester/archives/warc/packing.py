"""How a WARC file is packed: not at all, as gzip members, or as zstd frames with or without a dictionary."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from harvester.archives.warc.window import Window
from harvester.encodings import Broken, Inflating, Stream, Zstd, make_dictionary, unpack
from harvester.encodings import TooLarge as UnpacksTooLarge
from harvester.errors import BrokenPacking, CutRecord

# A skippable frame that stands first and holds the dictionary of all others: the IIPC's "Zstandard Compression for
# WARC Files 1.0", which also sets the size that readers must be able to take.
DICTIONARY = b"\x5d\x2a\x4d\x18"
_MOST_DICTIONARY = 8 * 1024 * 1024
_BLOCK = 128 * 1024 + 64  # a zstd block is unpacked as a whole, and has 128 KB at most (RFC 8878, 3.1.1.2)
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Packing:
    """One way of packing: what its members begin with, and how one is opened.

    `magic` begins any member, `holding` one that may hold a record. `step` is how many packed bytes are unpacked at a
    time: what a broken step unpacked of a zstd frame is lost. `glance` of them show what a member begins with.
    """

    name: str
    magic: re.Pattern[bytes]
    holding: re.Pattern[bytes]
    open: Callable[[], Stream]
    step: int
    glance: int


GZIP = Packing(
    "gzip member", re.compile(rb"\x1f\x8b"), re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), Inflating, 16_384, 1_024
)
_FRAME = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")


def tell_packing(head: bytes) -> str:
    """Return gzip, zstd or plain for the first four bytes of a file."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if head in {_ZSTD, DICTIONARY} else "plain"


def zstd_packing(raw: Window) -> Packing:
    """Return the packing of a zstd file, its dictionary read if it begins with one; raise what is wrong with it."""
    if raw.peek(4) != DICTIONARY:
        return _zstd(None)
    size = int.from_bytes(raw.peek(8)[4:], "little")
    if size > _MOST_DICTIONARY:
        raise BrokenPacking(f"its dictionary has {size:,} bytes; {_MOST_DICTIONARY:,} are the most that are read")
    raw.skip(8)
    held = raw.take(size)
    if len(held) < size:
        raise CutRecord("the file ends inside its dictionary")
    try:
        return _zstd(unpack(held, "zstd", _MOST_DICTIONARY) if held.startswith(_ZSTD) else held)
    except (Broken, UnpacksTooLarge) as error:
        raise BrokenPacking(f"its dictionary cannot be read: {error}") from error


def plain_zstd() -> Packing:
    """Return the packing of a zstd file without a dictionary, or with one that is lost."""
    return _zstd(None)


def _zstd(plain: bytes | None) -> Packing:
    dictionary = make_dictionary(plain) if plain is not None else None
    return Packing("zstd frame", _FRAME, re.compile(re.escape(_ZSTD)), lambda: Zstd(dictionary), 2_048, _BLOCK)
