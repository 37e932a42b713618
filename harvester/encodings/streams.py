"""One packed member, unpacked step by step: gzip, zlib, deflate, zstd, brotli behind one face."""

import sys
import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 64 * 1024  # bytes: the most that one step unpacks


class Broken(ValueError):
    """The bytes end before their encoding does, fail its checksum, or are not in the encoding named."""


class TooLarge(ValueError):
    """The bytes would unpack to more than is allowed."""


class Stream(Protocol):
    """One member of an encoding; after its end, `rest` is what followed it.

    `hungry` says that the next step needs more packed bytes; else it is to be fed b"".
    """

    over: bool
    hungry: bool
    rest: bytes

    def feed(self, packed: bytes) -> bytes:
        """Return what comes next, PIECE bytes or little more; raise Broken."""
        ...


class Inflating:
    """A gzip member (window 31), zlib stream (15) or bare deflate stream (-15); `tail` is fed but not yet unpacked."""

    __slots__ = ("_stream", "hungry", "over", "rest", "tail")

    def __init__(self, window: int = 31) -> None:
        self._stream = zlib.decompressobj(window)
        self.tail = self.rest = b""
        self.over, self.hungry = False, True

    def feed(self, packed: bytes) -> bytes:
        """Return what comes next; raise Broken."""
        try:
            piece = self._stream.decompress(self.tail + packed if self.tail else packed, PIECE)
        except zlib.error as error:
            raise Broken(str(error)) from error
        self.tail = self._stream.unconsumed_tail
        self.over = self._stream.eof
        self.hungry = not self.tail and len(piece) < PIECE
        if self.over:
            self.rest = self._stream.unused_data
        return piece

    def copy(self) -> "Inflating":
        """Return a second stream at the same place, without the tail."""
        other = Inflating()
        other._stream = self._stream.copy()
        return other


class Zstd:
    """A zstd frame, also a skippable one, which unpacks to nothing; with a dictionary where it needs one."""

    __slots__ = ("_stream", "hungry", "over", "rest")

    def __init__(self, dictionary: "zstd.ZstdDict | None" = None) -> None:
        self._stream = zstd.ZstdDecompressor(dictionary)
        self.rest = b""
        self.over, self.hungry = False, True

    def feed(self, packed: bytes) -> bytes:
        """Return what comes next; raise Broken."""
        try:
            piece = self._stream.decompress(packed, PIECE)
        except zstd.ZstdError as error:
            raise Broken(str(error)) from error
        self.over, self.hungry = self._stream.eof, self._stream.needs_input
        if self.over:
            self.rest = self._stream.unused_data
        return piece


class Brotli:
    """A brotli stream; nothing may follow it."""

    __slots__ = ("_stream", "hungry", "over", "rest")

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self.rest = b""
        self.over, self.hungry = False, True

    def feed(self, packed: bytes) -> bytes:
        """Return what comes next; raise Broken."""
        try:
            piece: bytes = self._stream.process(packed, output_buffer_limit=PIECE)
        except brotli.error as error:
            raise Broken(str(error)) from error
        self.over = self._stream.is_finished()
        self.hungry = self._stream.can_accept_more_data() and len(piece) < PIECE
        return piece


def make_dictionary(plain: bytes) -> "zstd.ZstdDict":
    """Return a zstd dictionary made of its bytes (RFC 8878, 5); raise Broken if they are none."""
    try:
        dictionary = zstd.ZstdDict(plain)
        zstd.ZstdDecompressor(dictionary)  # looks into it
        return dictionary
    except (zstd.ZstdError, ValueError) as error:
        raise Broken(f"its dictionary is none: {error}") from error


def pack(body: bytes) -> bytes:
    """Return a body packed for a short time with zstd: a page of 58 KB takes 0.05 milliseconds."""
    return zstd.compress(body, level=-3)
