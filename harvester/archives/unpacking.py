"""Unpacks a gzip or zstd file as a stream: one that is cut, damaged or a bomb raises, after what could be read."""

import io
from typing import BinaryIO, NoReturn

from harvester.encodings import Broken, Inflating, Stream, Zstd
from harvester.errors import CutContainer, DamagedContainer, OverstuffedContainer, PageError

CHUNK = 65_536
# The sample's 1,676 listing pages in one tar are packed 1:76 by zstd's best; a bomb of zeros reaches 1:1,000 in gzip,
# 1:30,000 in zstd. Up to the free size nobody is asked for a reason.
MOST_RATIO = 500
FREE_BYTES = 256 * 1024 * 1024
GZIP = b"\x1f\x8b"


class Unpacking(io.RawIOBase):
    """The unpacked bytes of a gzip or zstd file, all its members or frames one after the other."""

    def __init__(self, packed: BinaryIO) -> None:
        self.packed = packed
        self.rest = packed.read(len(GZIP))
        self.is_gzip = self.rest == GZIP
        self.stream: Stream | None = None
        self.taken = len(self.rest)
        self.given = 0
        self.ready = b""
        self.error: PageError | None = None

    def readable(self) -> bool:
        """Return that this can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer, but for the end; what could be unpacked before an error is given first."""
        done = 0
        while done < len(buffer) and (self.ready or self._advance()):
            piece = self.ready[: len(buffer) - done]
            self.ready = self.ready[len(piece) :]
            buffer[done : done + len(piece)] = piece
            done += len(piece)
        if not done and self.error is not None and len(buffer):
            raise self.error
        return done

    def _advance(self) -> bool:
        """Unpack the next piece; False at the end, whether good or bad."""
        try:
            while self.error is None and not self.ready:
                if self.stream is None and not self._begin():
                    return False
                self._step()
        except PageError as error:
            self.error = error
        return bool(self.ready)

    def _begin(self) -> bool:
        """Begin the next member or frame; False if there is none."""
        while not self.rest.strip(b"\x00"):  # tapes and some servers fill up with zeros
            if not self._fetch():
                return False
        if self.given:
            self.rest = self.rest.lstrip(b"\x00")
        self.stream = Inflating() if self.is_gzip else Zstd()
        return True

    def _fetch(self) -> bool:
        self.rest = self.packed.read(CHUNK)
        self.taken += len(self.rest)
        return bool(self.rest)

    def _step(self) -> None:
        assert self.stream is not None
        if self.stream.hungry and not self.rest and not self._fetch():
            raise CutContainer("the packed file ends before its end")
        packed, self.rest = (self.rest, b"") if self.stream.hungry else (b"", self.rest)
        try:
            self.ready = self.stream.feed(packed)
        except Broken as error:
            self._refuse(error)
        if self.stream.over:
            self.rest = self.stream.rest
            self.stream = None
        self.given += len(self.ready)
        if self.given > FREE_BYTES and self.given > MOST_RATIO * self.taken:
            raise OverstuffedContainer(
                f"{self.taken:,} packed bytes become more than {FREE_BYTES:,}; 1:{MOST_RATIO} is the most that is read"
            )

    def _refuse(self, error: Broken) -> NoReturn:
        if "memory" in str(error).lower():
            raise OverstuffedContainer(
                f"its zstd window is too large: {error}", advice="Unpack it with zstd --long=31, and replay what comes."
            ) from error
        raise DamagedContainer(f"it cannot be unpacked: {error}") from error
