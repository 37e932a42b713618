"""Refuses a body that is not whole in its content encoding: Scrapy hands on what it could unpack, and says nothing."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from harvester.encodings import Broken, TooLarge, unpack

# What is asked for, and all that is unpacked: formats whose end can be checked.
ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "identity"})


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
            try:
                body = body if encoding == "identity" or not body else unpack(body, encoding, most)
            except Broken as error:
                raise BodyBroken(f"the body is no whole {encoding}: {error}") from error
            except TooLarge as error:
                raise BodyTooLarge(str(error)) from error
        return response
