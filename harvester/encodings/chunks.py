"""Chunked transfer (RFC 9112, 7.1): joins the chunks of a body."""

import re

from harvester.encodings.streams import Broken

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?(\r?\n)")
_TRAILERS = re.compile(rb"(?:[!-9;-~]{1,200}:[^\r\n]*\r?\n)*[ \t\r\n]*")
_LAST = re.compile(rb"\n0+\r?\n(?:\r?\n)?\Z")


def dechunk(body: bytes) -> bytes:
    r"""Return the chunks of a body joined; a body that is in no chunks as it is: some tools store it joined.

    Raises Broken where it ends before its last chunk, or a chunk is not as long as it says.

    >>> dechunk(b"4\r\npage\r\n0\r\n\r\n"), dechunk(b"<p>page</p>")
    (b'page', b'<p>page</p>')
    """
    if not _SIZE.match(body) and not _LAST.search(body[-16:]):
        return body
    chunks: list[bytes] = []
    at = 0
    while (size := _SIZE.match(body, at)) is not None:
        length = int(size[1], 16)
        if length == 0:
            return _end(body, size.end(), chunks)
        end = size.end() + length
        if not body.startswith(size[2], end):
            break
        chunks.append(body[size.end() : end])
        at = end + len(size[2])
    if at >= len(body):
        raise Broken("the body ends before its last chunk")
    raise Broken(f"the chunk at byte {at:,} of the body is not as long as it says, or says no length")


def _end(body: bytes, at: int, chunks: list[bytes]) -> bytes:
    if _TRAILERS.fullmatch(body, at) is None:
        raise Broken(f"bytes follow the last chunk, at byte {at:,} of the body")
    return b"".join(chunks)
