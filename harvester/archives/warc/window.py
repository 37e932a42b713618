"""A window on a stream of bytes: what is ahead, and what was read since the mark, so that it can be read again."""

import re
from collections.abc import Callable

KEPT = 8 * 1024 * 1024  # bytes behind the place of reading that can be read again, at least
_SLACK = 1024 * 1024
_OVERLAP = 64  # the longest match that `find` is asked for is shorter


class Window:
    """Reads from `more`, which returns the next bytes, and b"" at the end.

    `reach` goes back to an offset that the window no longer holds, where the stream can do so.
    """

    __slots__ = ("_at", "_bytes", "_more", "_reach", "_start", "ended")

    def __init__(self, more: Callable[[], bytes], start: int = 0, reach: Callable[[int], object] | None = None) -> None:
        self._more = more
        self._reach = reach
        self._bytes = bytearray()
        self._start = start
        self._at = 0
        self.ended = False

    @property
    def offset(self) -> int:
        """Return the place of reading, in bytes from the start of the stream."""
        return self._start + self._at

    def ahead(self, size: int) -> int:
        """Return how many bytes are ahead: as many as asked for, unless the stream ends before."""
        while len(self._bytes) - self._at < size and not self.ended:
            piece = self._more()
            self.ended = not piece
            self._bytes += piece
        return len(self._bytes) - self._at

    def peek(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end, and stay."""
        self.ahead(size)
        return bytes(self._bytes[self._at : self._at + size])

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        taken = self.peek(size)
        self._at += len(taken)
        self._drop()
        return taken

    def skip(self, size: int) -> int:
        """Pass over bytes without holding them; return how many there were."""
        left = size
        while left > 0 and (here := self.ahead(1)):
            step = min(left, here)
            self._at += step
            left -= step
            self._drop()
        return size - left

    def skip_any(self, values: bytes) -> None:
        """Pass over all of the next bytes that are among the values."""
        while self.ahead(1) and self._bytes[self._at] in values:
            self._at += 1

    def take_until(self, pattern: re.Pattern[bytes], most: int) -> bytes | None:
        """Return all up to the end of the first match; None, and stay, if none ends within `most` bytes."""
        seen = 0
        while True:
            here = self.ahead(seen + 1)
            found = pattern.search(self._bytes, max(self._at, self._at + seen - _OVERLAP), self._at + most)
            if found is not None:
                return self.take(found.end() - self._at)
            if here <= seen or here >= most:
                return None
            seen = here

    def find(self, pattern: re.Pattern[bytes]) -> bool:
        """Go to the next match; to the end, and return False, if there is none."""
        seen = 0
        while (here := self.ahead(seen + 1)) > seen:
            found = pattern.search(self._bytes, self._at)
            if found is not None:
                self._at = found.start()
                return True
            seen = min(here, _OVERLAP)
            self._at += here - seen
            self._drop()
        self._at = len(self._bytes)
        return False

    def mark(self) -> None:
        """Forget what was read before."""
        del self._bytes[: self._at]
        self._start += self._at
        self._at = 0

    def rewind(self, offset: int) -> None:
        """Go back to an offset, or as near to it as possible."""
        if offset < self._start and self._reach is not None:
            self._reach(offset)
            self._bytes.clear()
            self._start, self.ended = offset, False
        self._at = max(0, offset - self._start)

    def go_on(self, piece: bytes) -> None:
        """Leave what is ahead, if anything is, and read on behind it, beginning with a piece."""
        self._at = len(self._bytes)
        self.mark()
        self._bytes += piece
        self.ended = False

    def _drop(self) -> None:
        if self._at > KEPT + _SLACK:
            del self._bytes[: self._at - KEPT]
            self._start += self._at - KEPT
            self._at = KEPT
