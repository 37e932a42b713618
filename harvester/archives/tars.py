"""Reads tar archives as a stream, member by member; what leads elsewhere or is damaged is told of and passed."""

import posixpath
from collections.abc import Iterator
from typing import BinaryIO

from harvester.archives.headers import BLOCK, Header, read_header, read_pax
from harvester.archives.members import Body, Member, Refusal, leads_out
from harvester.errors import CutContainer, DamagedContainer, PageError, UnsafeMember

# A long name or a pax header is read whole: the longest path that Linux knows has 4,096 bytes.
_MOST_HEADER = 65_536
_FILES = (b"0", b"\x00", b"7", b"")
_REFUSED = {b"1": "a hard link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe", b"S": "sparse"}
_QUIET = (b"5", b"V", b"D", b"N")  # folders, GNU's labels and lists
# Old programs note the size of what a link leads to, and write nothing of it.
_BODILESS = (b"1", b"2", b"3", b"4", b"5", b"6")
_ZEROS = bytes(BLOCK)


def read_members(stream: BinaryIO) -> Iterator[Member | Refusal]:
    """Yield each file of a tar archive; its body must be read before the next is asked for.

    A body that could not be read to its end has raised, and ends the archive without another word.
    """
    tar = _Tar(stream)
    try:
        while (header := tar.next_header()) is not None:
            if isinstance(header, Refusal):
                yield header
                continue
            body = _body(stream, header)
            yield _refused(header) or Member(_name(header.name), header.size, body)
            if body.error is not None:
                return
            body.skip()
    except PageError as error:
        yield Refusal(error)


class _Tar:
    """Reads headers one after the other, with what long names and pax headers say of the next."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.at = 0
        self.ended = False
        self.lost = False

    def next_header(self) -> Header | Refusal | None:
        """Return the next member's header; what is wrong with the archive; None at its end."""
        told: dict[bytes, bytes] = {}
        while (block := self._block()) is not None:
            header = read_header(block)
            if header is None or (self.lost and not header.is_ustar):
                if found := self._lost(block):
                    return found
            elif header.kind in b"LKxgX" and header.kind:
                self.lost = self.ended = False
                if (said := self._long(header)) is None:
                    return Refusal(DamagedContainer("a header with a long name cannot be read"))
                told |= said
            elif header.kind in _QUIET and header.kind:
                _body(self.stream, header).skip()
                self.lost = self.ended = False
                told = {}
            else:
                self.lost = self.ended = False
                return self._whole(header, told)
        return None

    def _block(self) -> bytes | None:
        block = self.stream.read(BLOCK)
        if not block:
            if not self.ended:
                raise CutContainer("the tar archive ends without its end mark; members may be missing")
            return None
        if len(block) < BLOCK and not self.ended:
            raise CutContainer("the tar archive ends inside a header")
        return block

    def _lost(self, block: bytes) -> Refusal | None:
        """Go on to the next header; say so once, and not of what lies behind the archive's end."""
        if block == _ZEROS:
            self.ended = True
        elif not (self.ended or self.lost):
            self.lost = True
            return Refusal(DamagedContainer("a member's header is damaged; members may be missing"))
        return None

    def _long(self, header: Header) -> dict[bytes, bytes] | None:
        """Return what a header says of the next member, as pax would; None if it cannot be read."""
        body = _body(self.stream, header)
        if header.size > _MOST_HEADER:
            body.skip()
            return None
        text = body.read(header.size) or b""
        body.skip()
        if header.kind == b"L":
            return {b"path": text.partition(b"\x00")[0]}
        if header.kind == b"K":
            return {b"linkpath": text.partition(b"\x00")[0]}
        return {} if header.kind == b"g" else read_pax(text)

    def _whole(self, header: Header, told: dict[bytes, bytes]) -> Header | Refusal:
        size = told.get(b"size", str(header.size).encode())
        if not size.isdigit() or len(size) > 18:
            return Refusal(DamagedContainer("a member's size is no number; members may be missing"))
        sparse = any(key.startswith(b"GNU.sparse.") for key in told)
        kind = b"S" if sparse else header.kind
        name = told.get(b"GNU.sparse.name", told.get(b"path", header.name))
        more = header.kind == b"S" and header.goes_on
        while more:
            block = self._block()
            more = bool(block and block[504])
        return Header(name, kind, int(size), told.get(b"linkpath", header.link), header.is_ustar, False)


def _body(stream: BinaryIO, header: Header) -> Body:
    return Body(stream, 0 if header.kind in _BODILESS else header.size)


def _refused(header: Header) -> Refusal | None:
    name = _name(header.name)
    if header.kind in _REFUSED:
        target = f" to {_name(header.link)}" if header.kind in {b"1", b"2"} else ""
        return Refusal(UnsafeMember(f"the member is {_REFUSED[header.kind]}{target}"), name)
    if header.kind not in _FILES:
        return Refusal(UnsafeMember(f"the member is of an unknown kind, {header.kind!r}"), name)
    if leads_out(name):
        return Refusal(UnsafeMember("the member's name leads out of the archive"), name)
    return None


def _name(name: bytes) -> str:
    return posixpath.normpath(name.decode("utf-8", "surrogateescape")) if b".." not in name else _text(name)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
