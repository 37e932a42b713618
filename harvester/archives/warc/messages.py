"""An HTTP response as a record holds it: its head, and its body decoded from what it was sent in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.archives.limits import MOST_PAGE
from harvester.archives.warc.fields import HEAD_END, Fields
from harvester.encodings import Broken, TooLarge, dechunk, decode
from harvester.errors import BrokenBody, CutBody, PageTooLarge

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?=[ \t\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Message:
    """A response: `stored` is its body as the record has it; `whole` says that its head has come to its end."""

    status: int
    fields: Fields
    stored: bytes
    whole: bool = True

    @property
    def content_type(self) -> str | None:
        """Return the header as sent."""
        return self.fields.first("content-type")

    @property
    def challenged(self) -> bool:
        """Return whether the server says that this is a challenge."""
        return (self.fields.first("cf-mitigated") or "").lower() == "challenge"


def read_message(block: bytes) -> Message | None:
    """Return the HTTP response that a block holds, None if it begins with no status line.

    100 Continue and its like come before the response, and are passed over.
    """
    at = 0
    while (found := _STATUS.match(block, at)) is not None:
        end = HEAD_END.search(block, found.end() - 1)
        if not found[1].startswith(b"1") or end is None or _STATUS.match(block, end.end()) is None:
            head = block[found.end() : end.start() if end else len(block)].partition(b"\n")[2]
            stored = block[end.end() :] if end else b""
            return Message(int(found[1]), Fields.parse(head.decode("latin-1")), stored, whole=end is not None)
        at = end.end()
    return None


@dataclass(frozen=True, slots=True)
class Body:
    """A body in its three states: as stored, joined from chunks, and decoded."""

    stored: bytes
    joined: bytes
    decoded: bytes

    def states(self) -> Iterator[bytes]:
        """Yield those that differ; tools take the payload's digest of one or another, the standard of the second."""
        yield self.joined
        if self.stored is not self.joined:
            yield self.stored
        if self.decoded is not self.joined:
            yield self.decoded


def decode_body(message: Message, most: int = MOST_PAGE) -> Body:
    """Return the body of a message, decoded to `most` bytes; raises CutBody, BrokenBody or PageTooLarge."""
    if not message.whole:
        raise CutBody("the record ends inside the head of the page")
    transfer = message.fields.tokens("transfer-encoding")
    encodings = message.fields.tokens("content-encoding") + [name for name in transfer if name != "chunked"]
    try:
        joined = dechunk(message.stored) if "chunked" in transfer else message.stored
        decoded = decode(joined, encodings, most)
    except Broken as error:
        raise BrokenBody(f"the page's body cannot be decoded: {error}") from error
    except TooLarge as error:
        raise PageTooLarge(str(error)) from error
    announced = message.fields.number("content-length")
    # The length is of the body as it was sent. One that was unpacked before it was stored is longer; one that is packed
    # still has an end of its own, and some servers announce the length of what they packed.
    if (
        not transfer
        and not encodings
        and announced is not None
        and len(joined) < announced
        and message.status not in {204, 304}
    ):
        raise CutBody(f"the page's body has {len(joined):,} bytes of the {announced:,} announced")
    return Body(message.stored, joined, decoded)
