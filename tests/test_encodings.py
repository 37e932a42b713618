"""What bodies are packed in: all that is unpacked is unpacked to its end, and what cannot be is refused."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcs import CHECKED, chunked, zstd

from harvester.encodings import Broken, TooLarge, dechunk, decode, pack, unpack

MOST = 100_000
BODY = b"<p>A page of results.</p>\n" * 50
ZEROS = bytes(MOST + 1)
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda body: zstd.compress(body, options=CHECKED),
}
MANY = settings(max_examples=200, deadline=None, derandomize=True)


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("body", [b"", b"x", BODY, bytes(MOST)], ids=["empty", "byte", "page", "largest"])
def test_what_is_packed_is_unpacked(name: str, body: bytes) -> None:
    assert unpack(PACK[name](body), name, MOST) == body


@pytest.mark.parametrize("name", PACK)
def test_every_cut_is_noticed(name: str) -> None:
    packed = PACK[name](BODY)
    for cut in range(1, len(packed)):
        with pytest.raises(Broken):
            unpack(packed[:cut], name, MOST)


@pytest.mark.parametrize("name", ["gzip", "deflate", "zstd"])
@given(data=st.data())
@MANY
def test_no_changed_byte_yields_another_body(name: str, data: st.DataObject) -> None:
    packed = bytearray(PACK[name](BODY))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert unpack(bytes(packed), name, MOST) == BODY
    except (Broken, TooLarge):
        return


@pytest.mark.parametrize("name", PACK)
@given(body=st.binary(max_size=300))
@MANY
def test_any_bytes_are_unpacked_or_refused(name: str, body: bytes) -> None:
    for act in (lambda: unpack(body, name, MOST), lambda: decode(body, [name, name], MOST), lambda: dechunk(body)):
        try:
            assert isinstance(act(), bytes)
        except (Broken, TooLarge):
            continue


@pytest.mark.parametrize("name", PACK)
def test_nothing_is_unpacked_beyond_the_limit(name: str) -> None:
    with pytest.raises(TooLarge):
        unpack(PACK[name](ZEROS), name, MOST)
    bomb = PACK[name](bytes(50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            unpack(bomb, name, MOST)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "zstd"])
def test_members_may_follow_each_other_and_padding_the_last(name: str) -> None:
    packed = PACK[name](BODY)
    assert unpack(packed + packed + bytes(8), name, MOST) == BODY + BODY
    for wrong in (packed + b"more", packed + packed[:-1]):
        with pytest.raises(Broken):
            unpack(wrong, name, MOST)
    with pytest.raises(TooLarge):
        unpack(PACK[name](ZEROS[: MOST // 2 + 1]) * 2, name, MOST)


def test_nothing_may_follow_brotli() -> None:
    with pytest.raises(Broken):
        unpack(brotli.compress(BODY) + b"more", "br", MOST)


@pytest.mark.parametrize("name", ["compress", "sdch", "", "gzip "])
def test_an_encoding_that_nobody_knows_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Broken, match=f"encoded as {name}, which"):
        unpack(BODY, name, MOST)


def test_encodings_are_taken_off_in_the_reverse_order() -> None:
    packed = PACK["br"](PACK["gzip"](BODY))
    assert decode(packed, ["gzip", "br"], MOST) == BODY
    with pytest.raises(Broken):
        decode(packed, ["br", "gzip"], MOST)


@pytest.mark.parametrize("name", [*PACK, "identity", "utf-8", "none"])
def test_a_body_that_was_stored_unpacked_is_taken_as_it_is(name: str) -> None:
    assert decode(BODY, [name], MOST) == BODY
    assert decode("<p>Überreicht, 1956 г.</p>".encode(), [name], MOST).decode() == "<p>Überreicht, 1956 г.</p>"
    assert decode(b"", [name], MOST) == b""


@pytest.mark.parametrize("name", [*PACK, "utf-8"])
def test_bytes_that_are_no_text_are_not_taken_for_an_unpacked_body(name: str) -> None:
    packed = bytearray(PACK.get(name, zlib.compress)(BODY))
    packed[0] ^= 0x40
    with pytest.raises(Broken):
        decode(bytes(packed), [name], MOST)


CHUNKS: dict[str, tuple[bytes, bytes | None]] = {
    "two": (b"4\r\npage\r\n2\r\ns.\r\n0\r\n\r\n", b"pages."),
    "none": (b"0\r\n\r\n", b""),
    "upper-case": (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "leading-zeros": (b"0004\r\npage\r\n000\r\n\r\n", b"page"),
    "extension": (b'4;name="value"\r\npage\r\n0\r\n\r\n', b"page"),
    "space-behind-the-size": (b"4  \r\npage\r\n0\r\n\r\n", b"page"),
    "trailers": (b"4\r\npage\r\n0\r\nExpires: never\r\nX-Y: z\r\n\r\n", b"page"),
    "bare-line-ends": (b"4\npage\n0\n\n", b"page"),
    "without-the-last-line": (b"4\r\npage\r\n0\r\n", b"page"),
    "line-ends-inside": (b"8\r\n0\r\n\r\n4\r\n\r\n0\r\n\r\n", b"0\r\n\r\n4\r\n"),
    "joined": (b"<p>page</p>", b"<p>page</p>"),
    "joined-and-empty": (b"", b""),
    "no-last": (b"4\r\npage\r\n", None),
    "cut-in-a-chunk": (b"4\r\npa", None),
    "cut-in-a-size": (b"4\r\npage\r\n1", None),
    "too-short": (b"3\r\npage\r\n0\r\n\r\n", None),
    "too-long-by-a-return": (b"5\r\npage\r\n0\r\n\r\n", None),
    "no-line-end-behind-a-chunk": (b"4\r\npagexx0\r\n\r\n", None),
    "too-long": (b"ff\r\npage\r\n0\r\n\r\n", None),
    "size-broken": (b"4\r\npage\r\nz\r\nx\r\n0\r\n\r\n", None),
    "first-size-broken": (b"z\r\npage\r\n0\r\n\r\n", None),
    "bytes-behind": (b"4\r\npage\r\n0\r\n\r\n<p>more</p>", None),
    "size-without-end": (b"4\r\npage\r\n" + b"f" * 20 + b"\r\n0\r\n\r\n", None),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_are_joined_or_refused(name: str) -> None:
    body, joined = CHUNKS[name]
    if joined is None:
        with pytest.raises(Broken):
            dechunk(body)
    else:
        assert dechunk(body) == joined


@given(body=st.binary(min_size=1, max_size=500), size=st.integers(1, 200))
@MANY
def test_any_body_in_chunks_is_joined_and_every_cut_of_it_noticed(body: bytes, size: int) -> None:
    whole = chunked(body, size)
    assert dechunk(whole) == body
    for cut in range(whole.index(b"\n") + 1, len(whole) - 4):
        with pytest.raises(Broken):
            dechunk(whole[:cut])


@given(st.binary(max_size=5000))
@MANY
def test_what_is_packed_for_keeping_comes_back(body: bytes) -> None:
    assert unpack(pack(body), "zstd", MOST) == body
