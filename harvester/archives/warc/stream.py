"""The bytes of an archive, in parts: each begins where a record does, and ends where the next part begins."""

import zlib
from collections.abc import Callable
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


def raw_window(stream: BinaryIO, start: int = 0) -> Window:
    """Return a window on a stream as it is; reading it raises CutRecord where the stream itself fails."""
    more = _reader(stream)
    return Window(more, start, stream.seek if stream.seekable() else None)


def _reader(stream: BinaryIO) -> Callable[[], bytes]:
    failed = False

    def more() -> bytes:
        nonlocal failed
        if failed:
            return b""
        try:
            return stream.read(_READ)
        # What a damaged disk, or a damaged container round the archive, makes of reading.
        except (OSError, EOFError, ValueError, zlib.error, BadZipFile, PageError) as error:
            failed = True
            raise CutRecord(f"it cannot be read further: {error}") from error

    return more


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
