"""The bytes of an archive, in parts: each begins where a record does, and ends where the next part begins."""

import zlib
from typing import BinaryIO, Protocol
from zipfile import BadZipFile

from harvester.archives.warc.window import Window
from harvester.errors import CutRecord, PageError

_READ = 64 * 1024


class Archive(Protocol):
    """What records are split from; `window` holds the current part."""

    window: Window

    def next_part(self) -> bool:
        """Go to the next part; False at the end. Raises what is wrong with what stands there."""
        ...

    def place(self) -> int:
        """Return where a record that begins here is to be looked for, as `Capture.offset` says."""
        ...

    def mark(self) -> None:
        """Note that a record begins here."""
        ...

    def resync(self) -> bool:
        """Give up a part that cannot be unpacked; False if it can, and the next record may be in it."""
        ...


class Reader:
    """Reads a stream piece by piece; where the stream itself fails it ends, and `trouble` says why."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.trouble: PageError | None = None

    def window(self, start: int = 0) -> Window:
        """Return a window on the stream, which stands at `start`."""
        return Window(self.read, start, self._stream.seek if self._stream.seekable() else None)

    def read(self) -> bytes:
        """Return the next bytes, b"" at the end."""
        if self.trouble is not None:
            return b""
        try:
            return self._stream.read(_READ)
        # What a damaged disk, or a damaged container round the archive, makes of reading.
        except (OSError, EOFError, ValueError, zlib.error, BadZipFile, PageError) as error:
            self.trouble = CutRecord(f"the archive cannot be read further: {error}")
            return b""


class Plain:
    """An archive that is not packed: one part."""

    def __init__(self, raw: Window) -> None:
        self.window = raw
        self._begun = False

    def next_part(self) -> bool:
        """Go to the only part."""
        if self._begun:
            return False
        self._begun = True
        return self.window.ahead(1) > 0

    def place(self) -> int:
        """Return the offset in the file."""
        return self.window.offset

    def mark(self) -> None:
        """Forget what came before."""
        self.window.mark()

    def resync(self) -> bool:
        """Return False: nothing is packed."""
        return False
