"""WARC files, right and wrong: what each yields, and that whatever is not yielded is reported."""

import io
import random
import tracemalloc
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from conftest import FIXTURES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_warc_fixtures import make_fixtures
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from warcs import SITE, extract, gz, http, page, record, response, sha1, url, zst

from harvester.archives.finds import Damaged, Find, PassedOver
from harvester.archives.warc import Payloads, read_record, read_warc
from harvester.archives.warc.window import KEPT
from harvester.captures import Capture
from harvester.errors import Exit

FOLDER = FIXTURES / "warc"
BODIES = {extract(i): f"text {i}" for i in range(3)} | {page(i): f"page {i}" for i in range(3)}
GOOD = ["text 0 of 0", "text 1 of 1", "text 2 of 2"]
TWO = ["page 0 of 0", "page 1 of 1"]
ONE = ["text 0 of 0"]

# What is found in each archive of fixtures/warc: the page and the number in its address, damage and that number, or
# the kind of what is passed over.
EXPECTED: dict[str, list[str]] = {
    "plain.warc": GOOD,
    "members.warc.gz": TWO,
    "one-member.warc.gz": TWO,
    "frames.warc.zst": TWO,
    "one-frame.warc.zst": TWO,
    "dictionary.warc.zst": TWO,
    "dictionary-packed.warc.zst": TWO,
    "extension-frames.warc.zst": GOOD,
    "record-in-two-members.warc.gz": GOOD,
    "padded.warc.gz": GOOD,
    "one-line-end.warc": GOOD,
    "bare-line-ends.warc": ONE,
    "empty.warc.gz": ["archive-empty ?"],
    "tail-cut.warc.gz": [*GOOD[:2], "record-cut 2"],
    "tail-cut-in-checksum.warc.gz": [*GOOD[:2], "record-cut 2"],
    "member-cut.warc.gz": [GOOD[0], "packing-broken 1", GOOD[2]],
    "member-broken.warc.gz": [GOOD[0], "packing-broken 1", GOOD[2]],
    "checksum-wrong.warc.gz": [GOOD[0], "packing-broken 1", GOOD[2]],
    "rubbish-between.warc.gz": [GOOD[0], "packing-broken ?", *GOOD[1:]],
    "rubbish-behind.warc.gz": [*GOOD, "packing-broken ?"],
    "one-member-cut.warc.gz": [*GOOD[:2], "record-cut 2"],
    "one-member-broken.warc.gz": [*GOOD[:2], "packing-broken 2"],
    "one-member-checksum-wrong.warc.gz": [*GOOD[:2], "packing-broken 2"],
    "frame-cut.warc.zst": [GOOD[0], "packing-broken ?", GOOD[2]],  # its first block is cut, and so its address
    "tail-cut.warc.zst": [*GOOD[:2], "record-cut 2"],
    "checksum-wrong.warc.zst": [GOOD[0], "packing-broken 1", GOOD[2]],
    "dictionary-cut.warc.zst": ["record-cut ?"],
    "dictionary-lost.warc.zst": ["packing-broken ?"],
    "bomb.warc.gz": [GOOD[0], "too-large 1", GOOD[2]],
    "bomb.warc.zst": [GOOD[0], "too-large 1", GOOD[2]],
    "tail-cut.warc": [*GOOD[:2], "record-cut 2"],
    "tail-cut-in-head.warc": [*GOOD[:2], "record-cut ?"],
    "length-too-small.warc": [GOOD[0], "record-broken 1", GOOD[2]],
    "length-too-large.warc": [GOOD[0], "record-broken 1", GOOD[2]],
    "length-too-small.warc.gz": [GOOD[0], "record-broken 1", GOOD[2]],
    "length-too-large.warc.gz": [GOOD[0], "record-cut 1", GOOD[2]],
    "length-missing.warc": [GOOD[0], "record-broken 1", GOOD[2]],
    "first-line-broken.warc": [GOOD[0], "record-broken ?", GOOD[2]],
    "head-endless.warc.gz": [GOOD[0], "record-broken ?", GOOD[2]],
    "no-warc.warc": ["record-broken ?"],
    "rubbish-first.warc": ["record-broken ?", *GOOD],
    "uri-missing.warc.gz": [GOOD[0], "record-broken ?", GOOD[2]],
    "type-missing.warc.gz": [GOOD[0], "record-broken 1", GOOD[2]],
    "chunks.warc.gz": ONE,
    "chunks-digest-of-body.warc.gz": ONE,
    "chunks-joined.warc.gz": ONE,
    "gzip-in-chunks.warc.gz": ONE,
    "encodings.warc.gz": ONE * 7,
    "encodings-unpacked.warc.gz": ONE * 5,
    "digests.warc.gz": ONE * 7,
    "uri-in-brackets.warc.gz": ONE,
    "date-unreadable.warc.gz": ONE,
    "date-with-fraction.warc.gz": ONE,
    "challenge.warc.gz": ONE,
    "http-2.warc.gz": ONE,
    "not-found.warc.gz": ONE,
    "resource.warc.gz": ["page 0 of 0"],
    "extract.warc.wet.gz": ONE,
    "chunks-broken.warc.gz": ["body-broken 0"],
    "chunks-broken-at-first.warc.gz": ["body-broken 0"],
    "chunks-cut.warc.gz": ["body-broken 0"],
    "encoding-cut.warc.gz": ["body-broken 0"],
    "encoding-unknown.warc.gz": ["body-broken 0"],
    "encoding-bomb.warc.gz": ["too-large 0"],
    "body-shorter.warc.gz": ["body-cut 0"],
    "head-cut.warc.gz": ["body-cut 0"],
    "truncated.warc.gz": ["body-cut 0"],
    "too-large.warc.gz": ["too-large 0"],
    "block-digest-wrong.warc.gz": ["digest-wrong 0"],
    "payload-digest-wrong.warc.gz": ["digest-wrong 0"],
    "digest-unreadable.warc.gz": ["digest-wrong 0"],
    "status-missing.warc.gz": ["body-broken 0"],
    "segments.warc.gz": ["record-segmented 0", "record-segmented 0"],
    "revisits.warc.gz": [f"text 0 of {i}" for i in range(6)],  # the one before its original comes last
    "revisit-lost.warc.gz": [GOOD[0], "revisit-unresolved 1", "revisit-unresolved 2"],
    "revisit-of-unknown-profile.warc.gz": [GOOD[0], "revisit-unresolved 1"],
    "revisit-of-one-of-two.warc.gz": [GOOD[0], "text 1 of 0", "text 0 of 3", "revisit-unresolved 2"],
    "revisit-of-image.warc.gz": ["content-type", "content-type"],
    "bookkeeping.warc.gz": [],
    "other.warc.gz": ["other", "other", "other", GOOD[0]],
    "content-types.warc.gz": ["content-type"] * 6,
    "judged.warc.gz": ["document", GOOD[0]],
}


class Forward(io.RawIOBase):
    """A stream that can only be read forward, a few bytes at a time, as members of a zip or a pipe are."""

    def __init__(self, data: bytes, step: int = 999) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(self._step)


def judge(address: str) -> str | None:
    return "document" if "/document/" in address else None


def read(data: bytes | io.RawIOBase, file: str = "x.warc") -> list[Find]:
    """Return all that is found, revisits whose original came later at the end."""
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    with Payloads() as payloads:
        return [*read_warc(cast(BinaryIO, stream), file, judge, payloads), *payloads.leftovers()]


def tell(found: Find) -> str:
    if isinstance(found, PassedOver):
        return found.kind
    number = (found.url or "?")[-1]
    if isinstance(found, Damaged):
        return f"{found.error.kind} {number}"
    return f"{BODIES.get(found.body, 'something else')} of {number}"


def told(data: bytes | io.RawIOBase) -> list[str]:
    return [tell(found) for found in read(data)]


def captures(data: bytes) -> list[Capture]:
    return [found for found in read(data) if isinstance(found, Capture)]


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_archive_yields_its_pages_and_its_damage(name: str) -> None:
    assert told(fixture(name)) == EXPECTED[name]


def test_the_folder_holds_what_its_script_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(make_fixtures()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("step", [1, 4096])
def test_a_stream_that_only_goes_forward_yields_the_same(name: str, step: int) -> None:
    data = fixture(name)
    if step > 1 or len(data) < 5000:
        assert read_all(Forward(data, step)) == read_all(data)


def read_all(data: bytes | io.RawIOBase) -> list[tuple[Any, ...]]:
    return [
        (tell(found), found.offset, found.url, getattr(found, "captured_at", None))
        if not isinstance(found, PassedOver)
        else (found.kind,)
        for found in read(data)
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_page_is_found_again_at_its_offset(name: str) -> None:
    data = fixture(name)
    with Payloads() as payloads:
        found = [*read_warc(io.BytesIO(data), name, judge, payloads), *payloads.leftovers()]
        for capture in found:
            if isinstance(capture, Capture):
                assert capture.offset is not None
                assert read_record(io.BytesIO(data), capture.offset, name, payloads) == capture


@pytest.mark.parametrize("name", [name for name in EXPECTED if any(" of " not in told for told in EXPECTED[name])])
def test_damage_says_where_it_is_and_means_unreadable(name: str) -> None:
    for found in read(fixture(name), name):
        if isinstance(found, Damaged):
            assert str(found.error).startswith(f"{name}, byte {found.offset:,}: ")
            assert found.error.code == Exit.UNREADABLE
            assert found.file == name


def test_a_capture_says_what_its_record_says() -> None:
    (found,) = read(fixture("challenge.warc.gz"), "folder/x.warc.gz")
    assert found == Capture(
        body=extract(0),
        url=url(0),
        status=200,
        content_type="text/plain; charset=utf-8",
        challenged=True,
        captured_at="2025-09-25T10:00:00Z",
        file="folder/x.warc.gz",
        offset=0,
    )


@pytest.mark.parametrize(
    ("name", "status", "content_type", "captured_at"),
    [
        ("date-unreadable.warc.gz", 200, "text/plain; charset=utf-8", None),
        ("date-with-fraction.warc.gz", 200, "text/plain; charset=utf-8", "2025-09-25T10:00:00Z"),
        ("http-2.warc.gz", 200, "text/plain; charset=utf-8", "2025-09-25T10:00:00Z"),
        ("not-found.warc.gz", 404, None, "2025-09-25T10:00:00Z"),
        ("resource.warc.gz", 200, "text/html", "2025-09-25T10:00:00Z"),
        ("extract.warc.wet.gz", 200, "text/plain", "2025-09-25T10:00:00Z"),
    ],
)
def test_status_type_and_time_are_the_records(
    name: str, status: int, content_type: str | None, captured_at: str | None
) -> None:
    (capture,) = captures(fixture(name))
    assert (capture.status, capture.content_type, capture.captured_at) == (status, content_type, captured_at)


def test_a_revisit_is_a_page_of_its_own_time_with_its_own_head_if_it_has_one() -> None:
    found = {capture.url: capture for capture in captures(fixture("revisits.warc.gz"))}
    original, own = "text/plain; charset=utf-8", "text/plain; charset=latin-1"
    assert [found[url(i)].content_type for i in range(6)] == [original, own, original, original, original, own]
    assert [found[url(i)].captured_at for i in range(6)] == [f"2025-09-25T10:00:0{i}Z" for i in range(6)]
    assert {capture.status for capture in found.values()} == {200}  # 304 is what an unchanged page was answered with
    assert len({capture.offset for capture in found.values()}) == 6


def test_an_original_may_lie_in_another_file() -> None:
    revisit = record("revisit", b"", 1, payload_digest=sha1(extract(0)))
    with Payloads() as payloads:
        assert [*read_warc(io.BytesIO(revisit), "a.warc", judge, payloads)] == []
        assert read_record(io.BytesIO(revisit), 0, "a.warc", payloads).error.kind == "revisit-unresolved"  # type: ignore[union-attr]
        assert [*read_warc(io.BytesIO(revisit), "b.warc", judge, payloads)] == []
        assert [tell(found) for found in read_warc(io.BytesIO(response(0)), "c.warc", judge, payloads)] == GOOD[:1]
        left = [*payloads.leftovers()]
        assert [(tell(found), found.file) for found in left if isinstance(found, Capture)] == [
            ("text 0 of 1", "a.warc"),
            ("text 0 of 1", "b.warc"),
        ]
        assert [*payloads.leftovers()] == []


def test_one_archive_given_twice_makes_no_original_doubtful() -> None:
    then = {"refers_to_target_uri": url(0), "refers_to_date": "2025-09-25T10:00:00Z", "payload_digest": None}
    assert told(response(0) + response(0) + record("revisit", b"", 1, **then)) == [*ONE, *ONE, "text 0 of 1"]


@pytest.mark.parametrize("offset", [-1, 1, 1380, 10**12])
@pytest.mark.parametrize("name", ["plain.warc", "members.warc.gz", "frames.warc.zst", "empty.warc.gz"])
def test_where_no_record_begins_none_is_read(name: str, offset: int) -> None:
    found = read_record(io.BytesIO(fixture(name)), offset, name)
    assert isinstance(found, Damaged)
    assert (found.error.kind, found.offset) == ("record-broken", offset)


def test_bookkeeping_at_an_offset_is_no_page() -> None:
    assert read_record(io.BytesIO(fixture("bookkeeping.warc.gz")), 0, "x") == PassedOver("other")


class Failing(Forward):
    """A stream that breaks off with an error of its own."""

    def __init__(self, data: bytes, error: Exception) -> None:
        super().__init__(data)
        self._error = error

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise self._error
        return data


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), zipfile.BadZipFile("Bad CRC-32"), EOFError("cut")])
@pytest.mark.parametrize("pack", [b"".join, lambda records: gz(*records), lambda records: zst(*records)])
def test_a_stream_that_fails_ends_the_archive_with_damage(error: Exception, pack: Any) -> None:
    whole = pack([response(0), response(1)])
    found = read(Failing(whole, error))
    assert [tell(one) for one in found] == [*GOOD[:2], "record-cut ?"]
    assert str(error) in str(found[-1].error)  # type: ignore[union-attr]
    cut = [tell(one) for one in read(Failing(whole[:-50], error))]
    assert (cut[0], cut[1][:10], cut[2:]) == (GOOD[0], "record-cut", ["record-cut ?"])
    assert [tell(one) for one in read(Failing(b"", error))] == ["record-cut ?"]


def test_a_cut_record_that_swallows_more_than_is_kept_loses_nothing_of_a_file() -> None:
    many = [response(i % 3, page(i % 3)) for i in range(KEPT // 50_000 + 50)]
    swallowing = record("response", http(b"x" * 1000), 7, length=KEPT + 1_500_000)  # type: ignore[arg-type]
    data = swallowing + b"".join(many)
    assert len(data) > KEPT + 2_000_000
    assert told(data) == ["record-broken 7", *(f"page {i % 3} of {i % 3}" for i in range(len(many)))]
    forward = told(Forward(data, 65536))  # what cannot be gone back to is lost, but never more than that
    assert forward[0] == "record-broken 7" and len(forward) > len(many) - 40


class Endless(io.RawIOBase):
    """A stream of records larger than memory should be, made while it is read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return next(self._parts, b"")


@pytest.mark.parametrize("passed", ["document", "content-type", "too-large"])
def test_memory_does_not_grow_with_the_records_or_the_archive(passed: str) -> None:
    megabyte, size = random.Random(1).randbytes(1_000_000), 150
    address = f"{SITE}/document/film" if passed == "document" else url(1)
    head = http(b"", content_type="video/mp4" if passed == "content-type" else "text/html", content_length=None)
    big = record("response", head, target=address, length=len(head) + size * 1_000_000, end=b"")  # type: ignore[arg-type]

    def parts() -> Iterator[bytes]:
        yield response(0) + big
        yield from [megabyte] * size
        yield b"\r\n\r\n" + response(2)

    tracemalloc.start()
    try:
        found = told(Endless(parts()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == [GOOD[0], {"too-large": "too-large 1"}.get(passed, passed), GOOD[2]]
    assert peak < 40_000_000


def test_records_that_each_claim_all_that_follows_are_not_read_again_from_each() -> None:
    claim = record("response", b"", length=900_000, end=b"")  # type: ignore[arg-type]
    found = [tell(one) for one in read(claim * (1_000_000 // len(claim)))]
    assert set(found) <= {"record-broken 0", "record-cut 0"}
    assert 60 < len(found) < 500  # 64 MB are read again for certain; thousands of records were 2 GB


@pytest.mark.parametrize("name", ["bomb.warc.gz", "bomb.warc.zst"])
def test_a_bomb_is_not_unpacked_to_its_end(name: str) -> None:
    (bomb,) = [found for found in read(fixture(name)) if isinstance(found, Damaged)]
    assert "it is left at that" in str(bomb.error)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-11-23T15:38:12Z", "2026-11-23T15:38:12Z"),
        ("2026-11-23T15:38:12.1Z", "2026-11-23T15:38:12Z"),
        ("2026-11-23T16:38:12+01:00", "2026-11-23T15:38:12Z"),
        ("2026-11-23T15:38Z", None),
        ("2026-11", None),
        ("20261123153812", None),
        ("2026-02-30T00:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
    ],
)
def test_the_time_of_a_capture_is_told_to_the_second_in_utc_or_not_at_all(date: str, time: str | None) -> None:
    (capture,) = captures(response(0, date=date))
    assert capture.captured_at == time


@pytest.mark.parametrize("piece", [b"WARC/1.0\r\nContent-Length: x\r\n", b"WARC/1.0\r\nContent-Length: x\r\n\r\n"])
def test_thousands_of_broken_heads_come_to_an_end(piece: bytes) -> None:
    assert len(read(piece * 5_000)) == 5_000


@pytest.mark.parametrize("piece", [b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", zst(b"WARC/1.1\r\nX: 1\r\n" * 3)[:-3]])
def test_thousands_of_broken_members_come_to_an_end(piece: bytes) -> None:
    whole = gz(response(0)) if piece.startswith(b"\x1f") else zst(response(0))
    kinds = [tell(one).split()[0] for one in read(whole + piece * 5_000)]
    assert (kinds[0], {*kinds[1:]}) == ("text", {"packing-broken"})


@pytest.mark.parametrize("pack", [gz, zst])
def test_each_broken_member_is_told(pack: Any) -> None:
    broken = [pack(response(i % 3))[:-4] + b"\x00\x00\x00\x00" for i in range(5)]
    assert told(b"".join(broken) + pack(response(0))) == [*(f"packing-broken {i % 3}" for i in range(5)), GOOD[0]]


# Properties: each packing of three records, cut or changed anywhere.
THREE = [response(0), response(1), response(2)]
PACKED: dict[str, tuple[bytes, list[int]]] = {
    "plain": (b"".join(THREE), []),
    "gz": (gz(*THREE), []),
    "zst": (zst(*THREE), []),
}
for name, pieces in {"plain": THREE, "gz": [gz(one) for one in THREE], "zst": [zst(one) for one in THREE]}.items():
    PACKED[name] = (b"".join(pieces), [len(b"".join(pieces[: i + 1])) for i in range(3)])
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@pytest.mark.parametrize("packing", PACKED)
@given(data=st.data())
@MANY
def test_a_cut_anywhere_leaves_all_records_before_it_and_one_damage(packing: str, data: st.DataObject) -> None:
    whole, ends = PACKED[packing]
    cut = data.draw(st.integers(0, len(whole) - 1))
    # The four bytes between two plain records are of neither.
    before = sum(end - (4 if packing == "plain" else 0) <= cut for end in ends)
    at_border = cut > 0 and (cut in ends or (packing == "plain" and any(end - 4 <= cut <= end for end in ends)))
    found = told(whole[:cut])
    assert found[:before] == GOOD[:before]
    assert len(found) == before + (not at_border)


@pytest.mark.parametrize("packing", PACKED)
@given(data=st.data())
@MANY
def test_a_changed_byte_never_yields_another_page_in_silence(packing: str, data: st.DataObject) -> None:
    whole, _ = PACKED[packing]
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    found = read(bytes(changed))
    damaged = any(isinstance(one, Damaged) for one in found)
    for one in found:
        assert not isinstance(one, Capture) or one.body in BODIES or damaged
    assert damaged or len(found) >= 3  # a page may be passed over for what its head has become, and is counted
    assert sum(isinstance(one, Capture) and one.body in BODIES for one in found) >= 2


def test_a_changed_byte_of_a_plain_record_without_digests_is_not_noticed() -> None:
    bare = record("response", http(extract(0)))
    changed = bare.replace(b"Results", b"Resalts", 1)
    assert [type(found) for found in read(changed)] == [Capture]


@pytest.mark.parametrize("start", [b"", b"WARC/1.1\r\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"])
@given(rest=st.binary(max_size=400))
@MANY
def test_no_bytes_raise_anything(start: bytes, rest: bytes) -> None:
    found = read(start + rest)
    assert found and all(isinstance(one, Damaged) for one in found)
    read_record(io.BytesIO(start + rest), len(rest) // 2, "x")


@given(data=st.data())
@MANY
def test_no_archive_put_together_from_pieces_raises_anything(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(set(EXPECTED) - {"bomb.warc.gz", "bomb.warc.zst"})), max_size=4))
    pieces = []
    for name in names:
        piece = fixture(name)
        start = data.draw(st.integers(0, len(piece)))
        pieces.append(piece[start:] if data.draw(st.booleans()) else piece[:start])
    read(b"".join(pieces))


def write_with_warcio(path: Path, *, packed: bool) -> None:
    """Write an archive as warcio does: chunked, packed, both, with a request, a revisit and a redirect."""
    import gzip

    from warcs import chunked

    body = page(0)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "warcio"}))
        kinds: list[tuple[bytes, list[tuple[str, str]]]] = [
            (body, [("Content-Length", str(len(body)))]),
            (chunked(body), [("Transfer-Encoding", "chunked")]),
            (gzip.compress(body), [("Content-Encoding", "gzip")]),
            (chunked(gzip.compress(body)), [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]),
            (body, [("Transfer-Encoding", "chunked")]),
            (b"", [("Location", "/search")]),
        ]
        for i, (stored, headers) in enumerate(kinds):
            status = "302 Found" if not stored else "200 OK"
            http_head = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], "HTTP/1.1")
            date = {"WARC-Date": f"2025-09-25T10:00:0{i}Z"}
            one = writer.create_warc_record(
                url(i), "response", io.BytesIO(stored), http_headers=http_head, warc_headers_dict=date
            )
            request = StatusAndHeaders("GET /search HTTP/1.1", [("Host", "x")], is_http_request=True)
            writer.write_request_response_pair(writer.create_warc_record(url(i), "request", http_headers=request), one)
        digest = one.rec_headers.get_header("WARC-Payload-Digest")
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
        writer.write_record(writer.create_revisit_record(url(9), digest, url(5), "2025-09-25T10:00:05Z", head))


@pytest.mark.parametrize("packed", [False, True])
def test_archives_written_by_warcio_are_read_as_warcio_reads_them(tmp_path: Path, packed: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it closes none of its temporary files
        write_with_warcio(tmp_path / "x.warc", packed=packed)
    with (tmp_path / "x.warc").open("rb") as file:
        theirs = [
            (
                one.rec_headers.get_header("WARC-Target-URI"),
                int(one.http_headers.get_statuscode()),
                one.content_stream().read(),
                one.rec_headers.get_header("WARC-Date"),
            )
            for one in ArchiveIterator(file)
            if one.rec_type == "response"
        ]
    ours = [(one.url, one.status, one.body, one.captured_at) for one in captures((tmp_path / "x.warc").read_bytes())]
    assert ours[:-1] == theirs
    assert (len(ours), ours[-1][:3]) == (7, (url(9), 200, b""))
    assert [one[2] for one in ours[:5]] == [page(0)] * 5


def test_fixtures_that_are_right_are_right_for_warcio_too() -> None:
    for name in ("plain.warc", "members.warc.gz", "chunks.warc.gz", "gzip-in-chunks.warc.gz"):
        with (FOLDER / name).open("rb") as file:
            bodies = [one.content_stream().read() for one in ArchiveIterator(file) if one.rec_type == "response"]
        assert bodies == [capture.body for capture in captures(fixture(name))], name
