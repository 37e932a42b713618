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
_MOST_ENCODINGS = 5  # two were seen: what is packed is packed again by mistake
_FIRST, _LARGEST = 4 * 1024, 64 * 1024  # packed bytes a step; what follows a member is copied once a step
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
            return _unpack_member(Inflating(15), body, 0, most)[0]
        except Broken:
            return _unpack_member(Inflating(-15), body, 0, most)[0]  # bare, as some servers send it
    opening = _OPENINGS.get(encoding)
    if opening is None:
        raise Broken(f"the body is encoded as {encoding[:50]}, which cannot be unpacked")
    pieces, size, at = [], 0, 0
    while at < len(body):  # members may follow each other (RFC 1952, 2.2; RFC 8878, 3.1)
        member, at = _unpack_member(opening(), body, at, most - size)
        pieces.append(member)
        size += len(member)
        if not body[at : at + _HEAD].strip(b"\x00") and not body[at:].strip(b"\x00"):  # padding
            break
    return b"".join(pieces)


def decode(body: bytes, encodings: Sequence[str], most: int) -> bytes:
    """Return a body unpacked from its content encodings, named in the order in which they were applied.

    Tools that unpack a body before they store it often leave the header as it was: text in which the encoding's first
    bytes are missing is taken as it is. Raises as `unpack` does.

    >>> decode(b"<p>stored unpacked</p>", ["gzip"], 100)
    b'<p>stored unpacked</p>'
    """
    if len(encodings) > _MOST_ENCODINGS:
        raise Broken(f"the body is encoded {len(encodings)} times")
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


def _unpack_member(stream: Stream, body: bytes, at: int, most: int) -> tuple[bytes, int]:
    """Return what the member at a place unpacks to, and where it ends."""
    pieces, size, step = [], 0, _FIRST
    while not stream.over:
        packed = body[at : at + step] if stream.hungry else b""
        if stream.hungry and not packed:
            raise Broken("the body ends in the middle of its encoding")
        piece = stream.feed(packed)
        at, step = at + len(packed), min(4 * step, _LARGEST)
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise TooLarge(f"the body unpacks to more than {most:,} bytes")
    return b"".join(pieces), at - len(stream.rest)
