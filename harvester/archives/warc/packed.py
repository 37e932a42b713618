"""The unpacked bytes of packed members, in parts, and how to go on after a member that cannot be unpacked.

A part is a member, with those after it that do not begin a record: a WARC packed as it should be has a part for each
record, one packed as a whole has a single part.
"""

from harvester.archives.warc.packing import RECORD, Packing
from harvester.archives.warc.salvage import salvage
from harvester.archives.warc.window import Window
from harvester.encodings import Broken, Inflating, Stream
from harvester.errors import BrokenPacking, CutRecord, PageError, PageTooLarge

# Nothing that a record of a page unpacks to comes near both of these; zeros are packed a thousand to one.
_BOMB_BYTES = 16 * 1024 * 1024
_BOMB_RATIO = 200


class Packed:
    """An archive of packed members."""

    def __init__(self, raw: Window, packing: Packing) -> None:
        self.window = Window(self._more)
        self._raw = raw
        self._packing = packing
        self._member: Stream | None = None
        self._opened = raw.offset  # where the member begins, or what should be one
        self._ahead: bytes | None = None  # what the next part begins with
        self._fault: PageError | None = None  # what is wrong with the next part
        self._late: PageError | None = None  # what is wrong with this one, beyond what was saved of it
        self._broken = False
        self._total = 0  # bytes unpacked
        self._part = (0, 0)  # where the part begins, unpacked and packed
        self._record = (0, 0)  # what was unpacked and packed when the record began

    def next_part(self) -> bool:
        """Go to the next part; False at the end. Raises what is wrong with what stands there."""
        there = self._ahead is not None or self._fault is not None or self._open_within()
        self.window.go_on(self._ahead or b"")
        self._part = (self.window.offset, self._opened)
        fault, self._ahead, self._fault, self._broken = self._fault, None, None, self._fault is not None
        if fault is not None:
            raise fault
        return there

    def place(self) -> int:
        """Return the offset of the member that a record begins; for a later record in it the offset unpacked."""
        return self._part[1] if self.window.offset == self._part[0] else self.window.offset

    def mark(self) -> None:
        """Note that a record begins here."""
        self.window.mark()
        self._record = (self._total, self._raw.offset)

    def resync(self) -> bool:
        """Go on at the next member that unpacks to a record, if this one cannot be unpacked; else return False."""
        if not self._broken:
            return False
        self._broken, self._member, self._ahead, self._fault, self._late = False, None, None, None, None
        self._raw.rewind(self._opened + 1)
        self._record = (self._total, self._raw.offset)
        while self._raw.find(self._packing.holding) and not self.holds_record():
            self._raw.skip(1)
        return True

    def holds_record(self) -> bool:
        """Return whether a member that unpacks to a record begins at the place where the packed bytes are read."""
        return self._packing.holds_record(self._raw.glance(self._packing.glance))

    def _more(self) -> bytes:
        """Return what comes next in the part, b"" at its end."""
        while self._member is not None and self._ahead is None and self._fault is None:
            if self._member.over:
                if not self._open_within() or (self._ahead or b"").startswith(RECORD):
                    break
                piece, self._ahead = self._ahead or b"", None
            else:
                piece = self._step_within(self._member)
            if piece:
                return piece
        return b""

    def _open_within(self) -> bool:
        """Open the next member; return whether there is one. A fault in it is kept: it is the next part's."""
        try:
            return self._open_next()
        except PageError as fault:
            self._fault = fault
            return False

    def _step_within(self, member: Stream) -> bytes:
        try:
            return self._step(member)
        except PageError:
            self._broken = True
            raise

    def _open_next(self) -> bool:
        """Open members until one unpacks to something, which is kept ahead; False at the end."""
        ahead = b""
        while not ahead:
            self._raw.skip_any(b"\x00")
            self._raw.mark()
            self._opened, self._member = self._raw.offset, None
            head = self._raw.peek(4)
            if not head:
                return False
            if self._packing.magic.match(head) is None:
                raise BrokenPacking(f"no {self._packing.name} begins here")
            self._member = self._packing.open()
            while len(ahead) < len(RECORD) and not self._member.over:
                ahead += self._step(self._member)
        self._ahead = ahead
        return True

    def _step(self, member: Stream) -> bytes:
        if self._late is not None:
            raise self._late
        first = self._raw.offset == self._opened
        before, tail = (member.copy(), member.tail) if isinstance(member, Inflating) and not first else (None, b"")
        packed = self._raw.take(self._packing.step) if member.hungry else b""
        if member.hungry and not packed:
            raise CutRecord(f"the file ends inside the {self._packing.name} that begins at byte {self._opened:,}")
        try:
            piece = member.feed(packed)
        except Broken as error:
            self._late = BrokenPacking(f"the {self._packing.name} at byte {self._opened:,} is broken: {error}")
            begin = self._packing.open if first else before.copy if before is not None else None
            piece = salvage(begin, tail + packed) if begin is not None else b""
            if not piece:
                raise self._late from error
        if member.over:
            self._raw.give_back(len(member.rest))
        self._total += len(piece)
        self._refuse_bomb()
        return piece

    def _refuse_bomb(self) -> None:
        unpacked, packed = self._total - self._record[0], self._raw.offset - self._record[1]
        if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * packed:
            raise PageTooLarge(f"its {self._packing.name} unpacks to more than {unpacked:,} bytes; it is left at that")
