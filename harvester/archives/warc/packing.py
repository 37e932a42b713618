"""How a WARC file is packed: not at all, as gzip members, or as zstd frames with or without a dictionary."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from harvester.archives.warc.fields import RECORD_START
from harvester.archives.warc.salvage import salvage
from harvester.archives.warc.window import Window
from harvester.encodings import Broken, Inflating, Stream, Zstd, make_dictionary, unpack
from harvester.encodings import TooLarge as UnpacksTooLarge
from harvester.errors import BrokenPacking, CutRecord

# A skippable frame that stands first and holds the dictionary of all others: the IIPC's "Zstandard Compression for
# WARC Files 1.0", which also sets the size that readers must be able to take.
DICTIONARY = b"\x5d\x2a\x4d\x18"
_MOST_DICTIONARY = 8 * 1024 * 1024
_BLOCK = 128 * 1024 + 64  # a zstd block is unpacked as a whole, and has 128 KB at most (RFC 8878, 3.1.1.2)
_CRUMB = 64  # packed bytes: they are looked at in growing steps, as damage may be near
_MOST_TRIES = 1_000
_START = 1024 * 1024  # bytes in which is looked for the first record that tells the packing
RECORD = b"WARC/"
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Packing:
    """One way of packing: what its members begin with, and how one is opened.

    `magic` begins any member, `holding` one that may hold a record. `step` is how many packed bytes are unpacked at a
    time: what a broken step unpacked of a zstd frame is lost. `glance` of them always show what a member begins with.
    """

    name: str
    magic: re.Pattern[bytes]
    holding: re.Pattern[bytes]
    open: Callable[[], Stream]
    step: int
    glance: int

    def holds_record(self, packed: bytes) -> bool:
        """Return whether a member that unpacks to a record begins with these bytes, whatever is wrong with the rest."""
        if not packed:
            return False
        stream, plain, at, step = self.open(), b"", 0, _CRUMB
        try:
            while len(plain) < len(RECORD) and at < len(packed) and not stream.over:
                plain += stream.feed(packed[at : at + step])
                at, step = at + step, 2 * step
        except Broken:
            plain = salvage(self.open, packed[: at + step])
        return plain.startswith(RECORD)


_MEMBER = re.compile(rb"\x1f\x8b")
GZIP = Packing("gzip member", _MEMBER, re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), Inflating, 16_384, 1_024)
_FRAME = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")


def packing_of(raw: Window) -> Packing | None:
    """Return how a file is packed, told by its first bytes; None if it is not. Raises what is wrong with a dictionary.

    Where the first bytes tell nothing, a record or member is looked for behind them: they may be damaged.
    """
    head = raw.peek(4)
    if head in {_ZSTD, DICTIONARY}:
        return _read_dictionary(raw)
    if head.startswith((b"\x1f\x8b", RECORD[:4])):
        return GZIP if head.startswith(b"\x1f") else None
    start = raw.peek(_START)
    kinds: list[Packing | None] = [None, GZIP, plain_zstd()]
    places = [_first_record(start, kind) for kind in kinds]
    return kinds[places.index(min(places))]


def _first_record(start: bytes, packing: Packing | None) -> int:
    """Return where the first record lies that is packed so; the end, if none does."""
    if packing is None:
        found = RECORD_START.search(start)
        return found.start() if found else len(start)
    for found in islice(packing.holding.finditer(start), _MOST_TRIES):
        place = found.start()
        if packing.holds_record(start[place : place + packing.glance]):
            return place
    return len(start)


def _read_dictionary(raw: Window) -> Packing:
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
