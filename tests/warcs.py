"""Writes WARC records byte by byte, right or wrong, so that no reader's own idea of them is in the tests."""

import base64
import gzip
import hashlib
import struct
import sys
from collections.abc import Iterable

from harvester.sample import Archive, render_listing, render_text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SITE = "https://digitalarchive.wilsoncenter.org"
DATE = "2025-09-25T10:00:0{}Z"
CHECKED = {zstd.CompressionParameter.checksum_flag: 1}


def url(number: int) -> str:
    """Return the address of a page of the listing."""
    return f"{SITE}/search?page={number}"


def page(number: int = 0, records: int = 30) -> bytes:
    """Return a page of a listing of 30 records."""
    return render_listing(Archive(records), f"page={number}").encode()


def extract(number: int = 0) -> bytes:
    """Return the text of such a page, which is much shorter."""
    return render_text(Archive(30), f"page={number}").encode()


def sha1(data: bytes) -> str:
    """Return a digest as most tools write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(
    kind: str = "response",
    block: bytes = b"",
    number: int = 0,
    *,
    target: str | None = "",
    length: int | None = None,
    end: bytes = b"\r\n\r\n",
    first: str = "WARC/1.1",
    **fields: str | None,
) -> bytes:
    """Return a record; a field of None is left out, `block_digest="..."` stands for WARC-Block-Digest, and so on."""
    content_type = {"response": "application/http;msgtype=response", "revisit": "application/http;msgtype=response"}
    head: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Date": DATE.format(number),
        "WARC-Target-URI": url(number) if target == "" else target,
        "Content-Type": content_type.get(kind, "text/plain"),
        "Content-Length": str(len(block) if length is None else length),
    }
    for name, value in fields.items():
        head["Content-Type" if name == "content_type" else "WARC-" + name.replace("_", "-").title()] = value
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value is not None)
    return f"{first}\r\n{lines}\r\n".encode() + block + end


def http(body: bytes, status: str = "HTTP/1.1 200 OK", **headers: str | None) -> bytes:
    """Return an HTTP response; a header of None is left out."""
    said: dict[str, str | None] = {"content_type": "text/html; charset=UTF-8", "content_length": str(len(body))}
    lines = [f"{name.replace('_', '-').title()}: {value}" for name, value in (said | headers).items() if value]
    return "\r\n".join([status, *lines, "", ""]).encode() + body


def response(
    number: int = 0, body: bytes | None = None, headers: dict[str, str | None] | None = None, **fields: str | None
) -> bytes:
    """Return a response that holds the text of a page, or the body given, with both its digests."""
    body = extract(number) if body is None else body
    block = http(body, **{"content_type": "text/plain; charset=utf-8"} | (headers or {}))
    return record("response", block, number, **{"block_digest": sha1(block), "payload_digest": sha1(body)} | fields)


def chunked(body: bytes, size: int = 1000) -> bytes:
    """Return a body in chunks."""
    chunks = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def gz(*records: bytes) -> bytes:
    """Return records, each in a gzip member of its own."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def zst(*records: bytes) -> bytes:
    """Return records, each in a zstd frame of its own, with its checksum."""
    return b"".join(zstd.compress(one, options=CHECKED) for one in records)


def zst_with_dictionary(records: Iterable[bytes], *, packed: bool) -> bytes:
    """Return records in zstd frames that need the dictionary which stands first, itself packed or not."""
    records = list(records)
    trained = zstd.train_dict([one[i : i + 500] for one in records for i in range(0, len(one), 500)], 8192)
    held = zstd.compress(trained.dict_content, options=CHECKED) if packed else trained.dict_content
    frames = [zstd.compress(one, options=CHECKED, zstd_dict=trained) for one in records]
    return struct.pack("<II", 0x184D2A5D, len(held)) + held + b"".join(frames)
