"""Only a body that unpacks to its last byte is one."""

import gzip
import zlib
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from harvester.middlewares.wholeness import BodyBroken, BodyTooLarge, WholenessMiddleware

MOST = 100_000
PACKED = gzip.compress(b"<p>A page.</p>" * 50, mtime=0)
FLAT = zlib.compress(b"<p>A page.</p>" * 50)
ZEROS = bytes(MOST + 1)

CASES: dict[str, tuple[str, bytes, type[IgnoreRequest] | None]] = {
    "gzip": ("gzip", PACKED, None),
    "old-name": ("X-Gzip", PACKED, None),
    "two-members": ("gzip", PACKED + PACKED, None),
    "padding": ("gzip", PACKED + bytes(8), None),
    "cut": ("gzip", PACKED[:-1], BodyBroken),
    "cut-to-its-head": ("gzip", PACKED[:5], BodyBroken),
    "wrong-checksum": ("gzip", PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:], BodyBroken),
    "second-cut": ("gzip", PACKED + PACKED[:-1], BodyBroken),
    "rubbish-behind": ("gzip", PACKED + b"more", BodyBroken),
    "bomb": ("gzip", gzip.compress(ZEROS), BodyTooLarge),
    "bomb-in-parts": ("gzip", gzip.compress(ZEROS[: MOST // 2 + 1]) * 2, BodyTooLarge),
    "zlib": ("deflate", FLAT, None),
    "raw": ("deflate", FLAT[2:-4], None),
    "zlib-cut": ("deflate", FLAT[:-1], BodyBroken),
    "raw-cut": ("deflate", FLAT[2:-9], BodyBroken),
    "deflate-bomb": ("deflate", zlib.compress(ZEROS), BodyTooLarge),
    "identity": ("identity", b"page", None),
    "nothing-packed": ("gzip", b"", None),
    "brotli": ("br", b"page", BodyBroken),
    "twice": ("gzip, gzip", gzip.compress(PACKED), None),
    "twice-with-a-cut-inside": ("gzip, gzip", gzip.compress(PACKED[:-1]), BodyBroken),
}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_unpack_to_its_end_is_refused(name: str) -> None:
    encoding, body, error = CASES[name]
    request = Request("https://example.org/search")
    response: Any = Response(request.url, headers={"Content-Encoding": encoding}, body=body)
    middleware = WholenessMiddleware(MOST)
    if error is None:
        assert middleware.process_response(request, response) is response
    else:
        with pytest.raises(error):
            middleware.process_response(request, response)


def test_a_request_may_allow_less() -> None:
    request = Request("https://example.org/robots.txt", meta={"download_maxsize": 100})
    response = Response(request.url, headers={"Content-Encoding": "gzip"}, body=gzip.compress(bytes(101)))
    with pytest.raises(BodyTooLarge):
        WholenessMiddleware(MOST).process_response(request, response)
