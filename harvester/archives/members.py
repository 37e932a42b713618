"""What a container holds: members, whose bytes come as a stream, and what is refused of it."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from harvester.archives.headers import BLOCK
from harvester.archives.unpacking import CHUNK
from harvester.errors import CutContainer, PageError


class Body(io.RawIOBase):
    """The bytes of one member, as they come; `error` is what ended them too early."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream = stream
        self.left = size
        self.padding = -size % BLOCK
        self.error: PageError | None = None

    def readable(self) -> bool:
        """Return that this can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer, but for the end; raises CutContainer where the archive ends first."""
        wanted = min(len(buffer), self.left)
        piece = self._take(wanted)
        self.left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)

    def _take(self, wanted: int) -> bytes:
        if self.error is not None:
            raise self.error
        try:
            piece = self.stream.read(wanted)
            if len(piece) < wanted:
                raise CutContainer("the tar archive ends inside a member")
        except PageError as error:
            self.error = error
            raise
        return piece

    def skip(self) -> None:
        """Pass what was not read, and the padding to the next header."""
        self.left += self.padding
        self.padding = 0
        while self.left:
            self.left -= len(self._take(min(self.left, CHUNK)))


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a tar archive, named as it stands there; bytes that are no UTF-8 are surrogates, as Python has them."""

    name: str
    size: int
    body: Body


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not read, and where: a member's name, None for the archive itself."""

    error: PageError
    name: str | None = None


def leads_out(name: str) -> bool:
    """Return whether a member's name is absolute, or climbs out with "..": none that this program would follow."""
    plain = name.replace("\\", "/")
    return plain.startswith("/") or plain[1:3] == ":/" or ".." in plain.split("/")
