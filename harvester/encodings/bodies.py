"""Content encodings of a body: unpacked strictly, or as an archive stores it, which may have unpacked it before."""

import re
from collections.abc import Callable, Sequence

from harvester.encodings.streams import Broken, Brotli, Inflating, Stream, TooLarge, Zstd

_OPENINGS: dict[str, Callable[[], Stream]] = {
    "gzip": Inflating,
    "x-gzip": Inflating,
    "br": Brotli,
    "zstd": Zstd,
}
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_HEAD = 1024
# Packed bytes have them everywhere: 29 of 256, so that hardly any 200 of them have none.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def unpack(body: bytes, encoding: str, most: int) -> bytes:
    """Return a body unpacked; raises Broken where it is not whole, TooLarge beyond `most` bytes.

    >>> import zlib
    >>> unpack(zlib.compress(b"page"), "deflate", 100)
    b'page'
    """
    if encoding == "deflate":
        try:
            return _unpack_member(Inflating(15), body, most)[0]
        except Broken:
            return _unpack_member(Inflating(-15), body, most)[0]  # bare, as some servers send it
    opening = _OPENINGS.get(encoding)
    if opening is None:
        raise Broken(f"the body is encoded as {encoding[:50]}, which cannot be unpacked")
    unpacked = b""
    while body:  # members may follow each other (RFC 1952, 2.2; RFC 8878, 3.1); what follows the last must be padding
        member, body = _unpack_member(opening(), body, most - len(unpacked))
        unpacked += member
        if not body.strip(b"\x00"):
            break
    return unpacked


def decode(body: bytes, encodings: Sequence[str], most: int) -> bytes:
    """Return a body unpacked from its content encodings, named in the order in which they were applied.

    Tools that unpack a body before they store it often leave the header as it was: text in which the encoding's first
    bytes are missing is taken as it is. Raises as `unpack` does.

    >>> decode(b"<p>stored unpacked</p>", ["gzip"], 100)
    b'<p>stored unpacked</p>'
    """
    for encoding in reversed(encodings):
        if not body or encoding == "identity" or (_lacks_magic(body, encoding) and is_text(body)):
            continue
        try:
            body = unpack(body, encoding, most)
        except Broken:
            if encoding in _MAGIC or not is_text(body):
                raise
    return body


def is_text(body: bytes) -> bool:
    """Return whether the start of a body has none of the control characters that packed bytes are full of."""
    return _CONTROLS.search(body[:_HEAD]) is None


def _lacks_magic(body: bytes, encoding: str) -> bool:
    return encoding in _MAGIC and not body.startswith(_MAGIC[encoding])


def _unpack_member(stream: Stream, body: bytes, most: int) -> tuple[bytes, bytes]:
    """Return what a member unpacks to, and what follows it."""
    pieces, size = [], 0
    while not stream.over:
        piece = stream.feed(body)
        body = b""
        if not piece and stream.hungry and not stream.over:
            raise Broken("the body ends in the middle of its encoding")
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise TooLarge(f"the body unpacks to more than {most:,} bytes")
    return b"".join(pieces), stream.rest
