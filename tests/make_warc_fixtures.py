"""Writes fixtures/warc: one small archive for each way of being right or wrong, named by it.

Run it after a change: `python tests/make_warc_fixtures.py`.
"""

import gzip
import hashlib
import zlib
from pathlib import Path

import brotli
from warcs import (
    CHECKED,
    SITE,
    chunked,
    extract,
    gz,
    http,
    page,
    record,
    response,
    sha1,
    url,
    zst,
    zst_with_dictionary,
    zstd,
)

FOLDER = Path(__file__).parent.parent / "fixtures" / "warc"
THREE = [response(0), response(1), response(2)]
ABOUT = record("warcinfo", b"software: none\r\n", target=None, content_type="application/warc-fields")


def damage(data: bytes, at: int, by: bytes = b"") -> bytes:
    """Return bytes with a hundred of them replaced, by nothing if nothing is given."""
    return data[:at] + by + data[at + 100 :]


def sent(body: bytes, number: int = 0, **headers: str | None) -> bytes:
    """Return a response whose body was sent in some encoding."""
    return response(number, body, {"content_length": None, **headers})


def headless(block: bytes) -> bytes:
    """Return a response without a payload's digest."""
    return record("response", block, block_digest=sha1(block))


def revisit(number: int, to: int, *, block: bytes = b"", **fields: str | None) -> bytes:
    """Return a revisit that refers to a page by its digest."""
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    said = {"profile": profile, "payload_digest": sha1(extract(to))} | fields
    return record("revisit", block, number, **said)


def hexed(name: str, body: bytes) -> str:
    """Return a digest in hexadecimal."""
    return f"{name}:{hashlib.new(name, body, usedforsecurity=False).hexdigest()}"


def make_fixtures() -> dict[str, bytes]:
    """Return all archives by their names."""
    return {**_right(), **_packed_wrong(), **_split_wrong(), **_pages(), **_pages_wrong(), **_revisits(), **_others()}


def _right() -> dict[str, bytes]:
    whole = [ABOUT, *(response(i, page(i), {"content_type": "text/html"}) for i in range(2))]
    return {
        "plain.warc": b"".join([ABOUT, *THREE]),
        "members.warc.gz": gz(*whole),
        "one-member.warc.gz": gz(b"".join(whole)),
        "frames.warc.zst": zst(*whole),
        "one-frame.warc.zst": zst(b"".join(whole)),
        "dictionary.warc.zst": zst_with_dictionary(whole, packed=False),
        "dictionary-packed.warc.zst": zst_with_dictionary(whole, packed=True),
        "extension-frames.warc.zst": zst(THREE[0]) + b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + zst(b"", *THREE[1:]),
        "record-in-two-members.warc.gz": gz(THREE[0], THREE[1][:700], THREE[1][700:], THREE[2]),
        "padded.warc.gz": gz(THREE[0]) + bytes(512) + gz(*THREE[1:]) + bytes(512),
        "one-line-end.warc": b"".join(response(i, end=b"\r\n") for i in range(3)),
        "bare-line-ends.warc": b"".join(one.replace(b"\r\n", b"\n") for one in (record("resource", extract(0)), b"")),
    }


def _packed_wrong() -> dict[str, bytes]:
    first, second, third = (gz(one) for one in THREE)
    frames = [zst(one) for one in THREE]
    with_dictionary = zst_with_dictionary(THREE, packed=True)
    whole = gz(b"".join(THREE))
    return {
        "empty.warc.gz": b"",
        "tail-cut.warc.gz": first + second + third[:-20],
        "tail-cut-in-checksum.warc.gz": first + second + third[:-1],
        "member-cut.warc.gz": first + second[:-300] + third,
        "member-broken.warc.gz": first + damage(second, 300, bytes(100)) + third,
        "checksum-wrong.warc.gz": first + second[:-8] + b"\x00\x00\x00\x00" + second[-4:] + third,
        "rubbish-between.warc.gz": first + b"rubbish between" + second + third,
        "rubbish-behind.warc.gz": first + second + third + b"rubbish",
        "one-member-cut.warc.gz": whole[: len(whole) * 2 // 3],
        "one-member-broken.warc.gz": damage(whole, len(whole) * 2 // 3, bytes(100)),
        "one-member-checksum-wrong.warc.gz": whole[:-8] + b"\x00\x00\x00\x00" + whole[-4:],
        "frame-cut.warc.zst": frames[0] + frames[1][:-300] + frames[2],
        "tail-cut.warc.zst": frames[0] + frames[1] + frames[2][:-3],
        "checksum-wrong.warc.zst": frames[0] + frames[1][:-4] + b"\x00\x00\x00\x00" + frames[2],
        "dictionary-cut.warc.zst": with_dictionary[:100],
        "dictionary-lost.warc.zst": with_dictionary[8 + int.from_bytes(with_dictionary[4:8], "little") :],
        "bomb.warc.gz": first + gz(response(1, bytes(40_000_000))) + third,
        "bomb.warc.zst": frames[0] + zst(response(1, bytes(40_000_000))) + frames[2],
    }


def _split_wrong() -> dict[str, bytes]:
    first, second, third = THREE
    length = len(http(extract(1), content_type="text/plain; charset=utf-8"))
    short, long = response(1, length=length - 200), response(1, length=length + 200)  # type: ignore[arg-type]
    return {
        "tail-cut.warc": first + second + third[:-300],
        "tail-cut-in-head.warc": first + second + third[:100],
        "length-too-small.warc": first + short + third,
        "length-too-large.warc": first + long + third,
        "length-too-small.warc.gz": gz(first, short, third),
        "length-too-large.warc.gz": gz(first, long, third),
        "length-missing.warc": first + second.replace(b"\r\nContent-Length: ", b"\r\nX-Length: ", 1) + third,
        "first-line-broken.warc": first + b"W?RC" + second[4:] + third,
        "head-endless.warc.gz": gz(first, b"WARC/1.1\r\nX: " + b"y" * 100_000, third),
        "no-warc.warc": b"<!doctype html><title>Not found</title>" * 20,
        "rubbish-first.warc": b"rubbish\r\n\r\n" + first + second + third,
        "uri-missing.warc.gz": gz(first, response(1, target=None), third),  # type: ignore[arg-type]
        "type-missing.warc.gz": gz(first, response(1, type=None), third),
    }


def _pages() -> dict[str, bytes]:
    body, in_chunks = extract(0), chunked(extract(0))
    packed = gzip.compress(body, mtime=0)
    framed = zstd.compress(body, options=CHECKED)
    return {
        "chunks.warc.gz": gz(sent(in_chunks, transfer_encoding="chunked")),
        "chunks-digest-of-body.warc.gz": gz(
            response(0, in_chunks, {"content_length": None, "transfer_encoding": "chunked"}, payload_digest=sha1(body))
        ),
        "chunks-joined.warc.gz": gz(sent(body, transfer_encoding="chunked")),
        "gzip-in-chunks.warc.gz": gz(sent(chunked(packed), transfer_encoding="chunked", content_encoding="gzip")),
        "encodings.warc.gz": gz(
            sent(packed, content_encoding="gzip", content_length=str(len(packed))),
            sent(packed, content_encoding="x-gzip"),
            sent(zlib.compress(body), content_encoding="deflate"),
            sent(zlib.compress(body)[2:-4], content_encoding="deflate"),
            sent(brotli.compress(body), content_encoding="br"),
            sent(framed, content_encoding="zstd"),
            sent(brotli.compress(packed), content_encoding="GZIP, br"),
        ),
        "encodings-unpacked.warc.gz": gz(
            *(
                sent(body, content_encoding=name, content_length="99999")
                for name in ("gzip", "deflate", "br", "zstd", "utf-8")
            )
        ),
        "digests.warc.gz": gz(
            *(
                response(0, payload_digest=digest, block_digest=None)
                for digest in (
                    sha1(body).lower(),
                    sha1(body).replace("sha1", "SHA-1"),
                    *(hexed(name, body) for name in ("sha1", "sha256", "md5")),
                    hexed("sha256", body).upper().replace("SHA256", "sha-256"),
                    "blake3:00",
                )
            )
        ),
        "uri-in-brackets.warc.gz": gz(response(0, target=f"<{url(0)}>")),  # type: ignore[arg-type]
        "date-unreadable.warc.gz": gz(response(0, date="yesterday")),
        "date-with-fraction.warc.gz": gz(response(0, date="2025-09-25T10:00:00.999999999Z")),
        "challenge.warc.gz": gz(response(0, headers={"cf-mitigated": "challenge"})),
        "http-2.warc.gz": gz(record("response", http(body, "HTTP/2 200 ", content_type="text/plain; charset=utf-8"))),
        "not-found.warc.gz": gz(record("response", http(body, "HTTP/1.0 404 Not Found", content_type=None))),
        "resource.warc.gz": gz(record("resource", page(0), content_type="text/html", payload_digest=sha1(page(0)))),
        "extract.warc.wet.gz": gz(record("conversion", body, refers_to="<urn:uuid:1>", block_digest=sha1(body))),
    }


def _pages_wrong() -> dict[str, bytes]:
    body, in_chunks = extract(0), chunked(extract(0))
    packed = gzip.compress(body, mtime=0)
    half = http(body)[:-300]
    return {
        "chunks-broken.warc.gz": gz(
            sent(in_chunks.replace(b"\r\n3e8\r\n", b"\r\n3e9\r\n"), transfer_encoding="chunked")
        ),
        "chunks-broken-at-first.warc.gz": gz(sent(b"x" + in_chunks, transfer_encoding="chunked")),
        "chunks-cut.warc.gz": gz(sent(in_chunks[:-5], transfer_encoding="chunked")),
        "encoding-cut.warc.gz": gz(sent(packed[:-10], content_encoding="gzip")),
        "encoding-unknown.warc.gz": gz(sent(packed, content_encoding="compress")),
        "encoding-bomb.warc.gz": gz(sent(gzip.compress(bytes(5_000_000), mtime=0), content_encoding="gzip")),
        "body-shorter.warc.gz": gz(headless(half)),
        "head-cut.warc.gz": gz(headless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html")),
        "truncated.warc.gz": gz(response(0, truncated="length")),
        "too-large.warc.gz": gz(headless(http(b"<p>" + bytes(range(256)) * 25_000))),
        "block-digest-wrong.warc.gz": gz(response(0, block_digest=sha1(b""))),
        "payload-digest-wrong.warc.gz": gz(response(0, payload_digest=sha1(b""))),
        "digest-unreadable.warc.gz": gz(response(0, block_digest="sha1:?")),
        "status-missing.warc.gz": gz(headless(b"<!doctype html><p>No head.")),
        "segments.warc.gz": gz(
            response(0, segment_number="1"),
            record("continuation", extract(1), 0, segment_number="2", segment_origin_id="<urn:uuid:1>"),
        ),
    }


def _revisits() -> dict[str, bytes]:
    own = http(b"", content_type="text/plain; charset=latin-1", content_length="3333")
    unchanged = http(b"", "HTTP/1.1 304 Not Modified", content_type=None, content_length=None)
    not_modified = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
    then = {"refers_to_target_uri": url(0), "refers_to_date": "2025-09-25T10:00:00Z"}
    by_time = {"payload_digest": None, **then}
    by_id = {"payload_digest": None, "refers_to": "<urn:uuid:00000000-0000-4000-8000-000000000000>"}
    return {
        "revisits.warc.gz": gz(
            revisit(5, 0, block=own),  # before its original
            response(0),
            revisit(1, 0, block=own, truncated="length"),
            revisit(2, 0),
            revisit(3, 0, **by_time),
            revisit(4, 0, block=unchanged, **{**by_id, "profile": not_modified}),
        ),
        "revisit-lost.warc.gz": gz(response(0), revisit(1, 1), revisit(2, 2, **then)),
        "revisit-of-unknown-profile.warc.gz": gz(response(0), revisit(1, 0, profile="https://example.org/diff")),
        "revisit-of-one-of-two.warc.gz": gz(
            response(0), response(0, extract(1)), revisit(2, 0, **by_time), revisit(3, 0)
        ),
        "revisit-of-image.warc.gz": gz(
            response(0, b"\x89PNG", {"content_type": "image/png"}), revisit(1, 0, payload_digest=sha1(b"\x89PNG"))
        ),
    }


def _others() -> dict[str, bytes]:
    dns = record("response", b"20250925\n", target="dns:digitalarchive.wilsoncenter.org", content_type="text/dns")
    return {
        "bookkeeping.warc.gz": gz(
            ABOUT, record("request", b"GET / HTTP/1.1\r\n\r\n"), record("metadata", b"via: x\r\n")
        ),
        "other.warc.gz": gz(
            dns, record("resource", b"log", target="urn:log:1"), record("invention", b"?"), response(0)
        ),
        "content-types.warc.gz": gz(
            *(
                response(0, b"%PDF-1.7", {"content_type": name})
                for name in ("application/pdf", "image/png", "text/css", "application/octet-stream", None)
            ),
            response(0, b"{}", {"content_type": "application/json"}, truncated="length"),
        ),
        "judged.warc.gz": gz(
            response(0, target=f"{SITE}/document/one", block_digest=sha1(b"")),  # type: ignore[arg-type]
            response(0),
        ),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in make_fixtures().items():
        (FOLDER / name).write_bytes(data)
