"""Refuses a body that is not whole in its content encoding: Scrapy hands on what it could unpack, and says nothing."""

import zlib
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

# What is asked for, and all that is unpacked: formats whose end can be checked.
ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "identity"})
_PIECE = 256 * 1024


class BodyBroken(IgnoreRequest):
    """The body ends before its encoding does, fails its checksum, or is not in the encoding named."""


class BodyTooLarge(IgnoreRequest):
    """The body would unpack to more than is allowed."""


class WholenessMiddleware:
    """Stands below Scrapy's decompression and unpacks once to see that it can be done to the last byte."""

    def __init__(self, most: int) -> None:
        self.most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware for a crawl, with its limit in bytes."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response; raise BodyBroken or BodyTooLarge."""
        headers = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
        encodings = [name.strip().lower() for header in headers for name in header.split(",") if name.strip()]
        if unknown := set(encodings) - ENCODINGS:
            raise BodyBroken(f"the body is encoded as {', '.join(sorted(unknown))}, which was not asked for")
        most = request.meta.get("download_maxsize", self.most)
        body = response.body
        for encoding in reversed(encodings):
            body = body if encoding == "identity" or not body else unpack(body, encoding, most)
        return response


def unpack(body: bytes, encoding: str, most: int) -> bytes:
    """Return a body unpacked; raises BodyBroken where it is not whole, BodyTooLarge beyond `most` bytes."""
    try:
        if encoding == "deflate":
            return _deflated(body, most)
        unpacked = b""
        while body:  # gzip allows several members (RFC 1952, 2.2); what follows the last must be padding
            member, body = _inflate(body, 31, most - len(unpacked))
            unpacked += member
            if not body.strip(b"\x00"):
                break
        return unpacked
    except zlib.error as error:
        raise BodyBroken(f"the body is no whole {encoding}: {error}") from error


def _deflated(body: bytes, most: int) -> bytes:
    try:
        return _inflate(body, 15, most)[0]
    except zlib.error:
        return _inflate(body, -15, most)[0]  # bare deflate, as some servers send it


def _inflate(body: bytes, window: int, most: int) -> tuple[bytes, bytes]:
    """Return what a stream unpacks to, and what follows it; zlib.error or BodyBroken where it does not end."""
    stream = zlib.decompressobj(window)
    pieces, size = [], 0
    while not stream.eof:
        piece = stream.decompress(body, _PIECE)
        if not piece and not stream.unconsumed_tail and not stream.eof:
            raise BodyBroken("the body ends in the middle of its encoding")
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise BodyTooLarge(f"the body unpacks to more than {most} bytes")
        body = stream.unconsumed_tail
    return b"".join(pieces), stream.unused_data
