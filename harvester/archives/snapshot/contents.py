"""Reads a WARC file that was written here, record by record, for its index; finds where a kill tore it."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from harvester.archives.snapshot.cdxj import index_line
from harvester.archives.snapshot.exchange import answer_in

_PIECE = 256 * 1024


@dataclass(slots=True)
class Contents:
    """What a file holds: its whole records end at `end`; `asked` is the URL of each answer by the record's offset."""

    end: int = 0
    asked: dict[int, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def read_contents(path: Path, name: str) -> Contents:
    """Return what a file holds up to its last whole record, its index lines sorted, `name` being the file in them."""
    contents = Contents()
    with path.open("rb") as file:
        for length, data in _members(file):
            head, _, rest = data.partition(b"\r\n\r\n")
            fields = _fields(head)
            if fields["WARC-Type"] == "response":
                answer = answer_in(rest[: int(fields["Content-Length"])])
                assert answer is not None
                url = contents.asked[contents.end] = fields["WARC-Target-URI"]
                contents.lines.append(index_line(url, fields["WARC-Date"], answer, length, contents.end, name))
            contents.end += length
    contents.lines.sort()
    return contents


def _members(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each whole gzip member as its length in the file and what is in it."""
    left = b""
    while left := left or file.read(_PIECE):
        unpacker, length, pieces = zlib.decompressobj(31), 0, []
        while left and not unpacker.eof:
            try:
                pieces.append(unpacker.decompress(left))
            except zlib.error:
                return
            length += len(left)
            left = unpacker.unused_data or file.read(_PIECE)
        if not unpacker.eof:
            return
        yield length - len(unpacker.unused_data), b"".join(pieces)


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines)
