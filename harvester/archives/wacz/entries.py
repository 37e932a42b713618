"""The bytes of a ZIP file's entries, to be read from any place; whatever is wrong with them is a DamagedContainer."""

import io
import zipfile
import zlib
from typing import BinaryIO

from harvester.errors import DamagedContainer


class Slice(io.RawIOBase):
    """A part of a file, of an entry that is not packed: seeking costs nothing."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self.stream = stream
        self.start = start
        self.size = size
        self.at = 0

    def readable(self) -> bool:
        """Return that this can be read."""
        return True

    def seekable(self) -> bool:
        """Return that this can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        self.at = max(0, offset + (0, self.at, self.size)[whence])
        return self.at

    def tell(self) -> int:
        """Return the place."""
        return self.at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on from the place."""
        self.stream.seek(self.start + self.at)
        piece = self.stream.read(max(0, min(len(buffer), self.size - self.at)))
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


class Unzipped(io.RawIOBase):
    """A packed entry, unpacked as it is read; going back begins anew. Never more comes than the directory announces."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        try:
            self.entry = archive.open(entry)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise DamagedContainer(f"the entry cannot be unpacked: {error}") from error

    def readable(self) -> bool:
        """Return that this can be read."""
        return True

    def seekable(self) -> bool:
        """Return that this can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, by unpacking up to it."""
        try:
            return self.entry.seek(offset, whence)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DamagedContainer(f"the entry cannot be unpacked: {error}") from error

    def tell(self) -> int:
        """Return the place."""
        return self.entry.tell()

    def close(self) -> None:
        """Let go of the entry."""
        self.entry.close()
        super().close()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on from the place."""
        try:
            piece = self.entry.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DamagedContainer(f"the entry cannot be unpacked: {error}") from error
        buffer[: len(piece)] = piece
        return len(piece)
