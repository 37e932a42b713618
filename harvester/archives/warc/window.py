"""A window on a stream of bytes: what is ahead, and what was read since the mark, so that it can be read again."""

import re
from collections.abc import Callable

KEPT = 8 * 1024 * 1024  # bytes behind the place of reading that can be read again, at least
_SLACK = 1024 * 1024
# What may be read again in all: this much, and twice what has been read. Damage stays far below it; an archive made for
# it, each record of which claims all that follows, would be read again from every record on.
_FREE = 64 * 1024 * 1024
_SHORT_HEAD = 4 * 1024
_OVERLAP = 64  # the longest match that `find` is asked for is shorter


class Window:
    """Reads from `more`, which returns the next bytes, and b"" at the end.

    `reach` goes back to an offset that the window no longer holds, where the stream can do so.
    """

    __slots__ = ("_again", "_at", "_bytes", "_more", "_reach", "_start", "ended")

    def __init__(self, more: Callable[[], bytes], start: int = 0, reach: Callable[[int], object] | None = None) -> None:
        self._more = more
        self._reach = reach
        self._bytes = bytearray()
        self._start = start
        self._at = 0
        self._again = 0  # bytes that were gone back over
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

    def take_head(self, most: int) -> bytes | None:
        """Return all up to the end of the first blank line; None, and stay, if none ends within `most` bytes."""
        seen, most = 0, most if self._may_again() else min(most, _SHORT_HEAD)
        while (here := self.ahead(seen + 1)) > seen and seen < most:
            start, end = self._at + max(0, seen - 2), self._at + most
            ends = [self._bytes.find(blank, start, end) + len(blank) for blank in (b"\n\r\n", b"\n\n")]
            if found := [end for end, blank in zip(ends, (3, 2), strict=True) if end >= blank]:
                return self.take(min(found) - self._at)
            seen = here
        self._again += min(seen, most)
        return None

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
        """Go back to an offset, or as near to it as is possible and allowed; forward to it, if it lies ahead."""
        if offset >= self.offset:
            self.skip(offset - self.offset)
            return
        self._again += self.offset - offset
        if not self._may_again():
            return
        if offset < self._start and self._reach is not None:
            self._reach(offset)
            self._bytes.clear()
            self._start, self.ended = offset, False
        self._at = max(0, offset - self._start)

    def glance(self, size: int) -> bytes:
        """Return what is ahead, as `peek` does, where it is to be read again whatever it is; b"" beyond all measure."""
        self._again += size
        return self.peek(size) if self._may_again() else b""

    def give_back(self, size: int) -> None:
        """Go back over bytes that were taken just now."""
        self._at -= size

    def go_on(self, piece: bytes) -> None:
        """Leave what is ahead, if anything is, and read on behind it, beginning with a piece."""
        self._at = len(self._bytes)
        self.mark()
        self._bytes += piece
        self.ended = False

    def _may_again(self) -> bool:
        return self._again <= _FREE + 2 * self.offset

    def _drop(self) -> None:
        if self._at > KEPT + _SLACK:
            del self._bytes[: self._at - KEPT]
            self._start += self._at - KEPT
            self._at = KEPT
