"""Archives that are cut, damaged or mean harm: nothing is followed or written, the rest is read, ills are told."""

import io
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from gzip import compress as gzip_bytes
from pathlib import Path

import pytest
from archive_samples import (
    HOST,
    PAGES,
    SITE,
    Page,
    host_members,
    listing_pages,
    page,
    rewrite_zip,
    slug_members,
    tar_bytes,
    warc_records,
    write_folder,
    write_tar,
    write_wacz,
    write_warc,
)
from backports import zstd
from conftest import Harvest, Ran, read_lines

from harvester.archives import unpacking
from harvester.archives.finds import Damaged, Find
from harvester.archives.reading import read_archive
from harvester.archives.warc import Payloads
from harvester.captures import Capture


def finds(path: Path) -> list[Find]:
    with Payloads() as payloads:
        return [*read_archive(path, lambda _url: None, payloads), *payloads.leftovers()]


def ills(path: Path) -> list[tuple[str, str]]:
    """Return the kind and place of all that is told to be wrong with an archive."""
    return [(find.error.kind, find.file) for find in finds(path) if isinstance(find, Damaged)]


def read(path: Path) -> int:
    """Return how many captures are read of an archive."""
    return sum(isinstance(find, Capture) for find in finds(path))


def rejects(folder: Path) -> list[tuple[str, str]]:
    return [(line["reason"], line["file"]) for line in read_lines(folder / "rejects.jsonl")]


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


FORMS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
UNSAFE: dict[str, tarfile.TarInfo | Page] = {
    "absolute": ("/etc/passwd", b"x"),
    "dots": ("a/../../up", b"x"),
    "windows": ("C:\\windows\\x", b"x"),
    "backslash": ("..\\up", b"x"),
    "symlink": special("link", tarfile.SYMTYPE, "/etc/passwd"),
    "hard-link": special("hard", tarfile.LNKTYPE, "/etc/passwd"),
    "device": special("null", tarfile.CHRTYPE),
    "pipe": special("pipe", tarfile.FIFOTYPE),
    "block-device": special("disk", tarfile.BLKTYPE),
    "unknown": special("what", b"Q"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("member", UNSAFE.values(), ids=UNSAFE)
def test_a_member_that_leads_elsewhere_is_refused_and_the_rest_is_read(
    tmp_path: Path, member: tarfile.TarInfo | Page, form: int
) -> None:
    pages = list(slug_members())
    (tmp_path / "in").mkdir()
    path = write_tar(tmp_path / "in" / "m.tar.zst", [*pages[:5], member, *pages[5:]], form)
    name = member.name if isinstance(member, tarfile.TarInfo) else member[0]
    assert ills(path) == [("unsafe-member", f"m.tar.zst#{name}")]
    assert read(path) == 11
    assert [file.name for file in tmp_path.rglob("*")] == ["in", "m.tar.zst"]


def test_an_unsafe_member_is_told_of_with_its_code(harvest: Harvest, tmp_path: Path) -> None:
    path = write_tar(tmp_path / "m.tar", [*slug_members(), special("link", tarfile.SYMTYPE, "../../etc/passwd")])
    ran = harvest("replay", path, "-o", tmp_path / "d")
    assert (ran.code, len(read_lines(tmp_path / "d" / "records.jsonl"))) == (6, 103)
    assert rejects(tmp_path / "d") == [("unsafe-member", "m.tar#link")]
    assert "m.tar#link: the member is a link to ../../etc/passwd" in ran.out


def test_a_link_that_claims_bytes_which_are_not_there_loses_no_member(tmp_path: Path) -> None:
    pages = list(slug_members())
    whole = tar_bytes([*pages[:5], special("hard", tarfile.LNKTYPE, "a"), *pages[5:]], tarfile.USTAR_FORMAT)
    at = whole.index(b"hard\x00")
    header = bytearray(whole[at : at + 512])
    header[124:136] = b"00000123456\x00"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\x00 " % sum(header)
    (tmp_path / "m.tar").write_bytes(whole[:at] + bytes(header) + whole[at + 512 :])
    assert read(tmp_path / "m.tar") == 11


@pytest.mark.parametrize("pack", [bytes, gzip_bytes, zstd.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("share", [0.35, 0.7, 0.97])
def test_what_was_whole_of_a_cut_tar_is_read_and_the_cut_told_once(
    tmp_path: Path, pack: Callable[[bytes], bytes], share: float
) -> None:
    # Pages that cannot be packed, so that what is cut off lies where it seems to lie.
    noise = random.Random(1).randbytes
    members = [(name, body + noise(40_000)) for name, body in slug_members()]
    whole = pack(tar_bytes(members))
    path = tmp_path / "m.tar"
    path.write_bytes(whole[: int(len(whole) * share)])
    count = read(path)
    assert 11 * share - 2 <= count <= 11 * share
    (ill,) = ills(path)
    assert ill[0] == "cut-container"


def test_a_tar_cut_between_two_members_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "m.tar").write_bytes(tar_bytes(slug_members()).rstrip(b"\x00") + bytes(200))
    data = (tmp_path / "m.tar").read_bytes()
    (tmp_path / "m.tar").write_bytes(data + bytes(-len(data) % 512))
    assert ills(tmp_path / "m.tar") == [("cut-container", "m.tar")]
    assert read(tmp_path / "m.tar") == 11


@pytest.mark.parametrize("number", [0, 4, 10])
def test_a_damaged_header_loses_its_member_only(tmp_path: Path, number: int) -> None:
    whole = bytearray(tar_bytes(slug_members(), tarfile.USTAR_FORMAT))
    at = whole.index(b"search-results/search-results/results-%04d" % number)
    whole[at] ^= 0xFF
    (tmp_path / "m.tar").write_bytes(whole)
    assert ills(tmp_path / "m.tar") == [("damaged-container", "m.tar")]
    assert read(tmp_path / "m.tar") == 10


@pytest.mark.parametrize("pack", [gzip_bytes, zstd.compress], ids=["gzip", "zstd"])
def test_a_damaged_byte_in_what_is_packed_is_told_of(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    noise = random.Random(1).randbytes
    packed = bytearray(pack(tar_bytes([(name, body + noise(9000)) for name, body in slug_members()])))
    packed[len(packed) // 2 :] = noise(len(packed) - len(packed) // 2)
    (tmp_path / "m.tar").write_bytes(packed)
    # Noise may unpack to noise for a while, in which a header is missed before the end is told of.
    assert {kind for kind, _ in ills(tmp_path / "m.tar")} == {"damaged-container"} and len(ills(tmp_path / "m.tar")) < 3
    assert 3 <= read(tmp_path / "m.tar") <= 6


def test_tars_written_one_behind_the_other_are_one(tmp_path: Path) -> None:
    pages = list(slug_members())
    (tmp_path / "m.tar").write_bytes(tar_bytes(pages[:4]) + tar_bytes(pages[4:]))
    assert (ills(tmp_path / "m.tar"), read(tmp_path / "m.tar")) == ([], 11)


@pytest.mark.parametrize("size", [200_000, 8**11 - 1])
def test_a_name_longer_than_any_is_not_kept_in_memory(tmp_path: Path, size: int) -> None:
    first = tar_bytes(list(slug_members())[:1]).rstrip(b"\x00")
    first += bytes(-len(first) % 512)
    long = special("././@LongLink", b"L")
    long.size = size
    body = b"x" * min(size, 200_000)
    (tmp_path / "m.tar").write_bytes(first + long.tobuf(tarfile.GNU_FORMAT) + body + bytes(-len(body) % 512))
    assert ills(tmp_path / "m.tar")[0][0] in {"damaged-container", "cut-container"}
    assert read(tmp_path / "m.tar") == 1


@pytest.mark.parametrize("pack", [gzip_bytes, zstd.compress], ids=["gzip", "zstd"])
def test_a_bomb_is_given_up_and_what_came_before_stays(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "FREE_BYTES", 4_000_000)
    plain = tar_bytes([*slug_members(), ("zeros", bytes(90_000_000))])
    (tmp_path / "m.tar").write_bytes(pack(plain))
    assert [kind for kind, _ in ills(tmp_path / "m.tar")] == ["overstuffed"]
    assert read(tmp_path / "m.tar") == 11


def test_the_bounds_of_what_is_unpacked() -> None:
    assert (unpacking.FREE_BYTES, unpacking.MOST_RATIO) == (268_435_456, 500)


def test_a_member_larger_than_any_page_is_not_read_whole(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "m.tar", [("large.html", b"<html>" + b"a" * 3_100_000), *slug_members()])
    assert (ills(path), read(path)) == ([("too-large", "m.tar#large.html")], 11)


@pytest.mark.parametrize("inner", ["tar", "tar.gz", "wacz", "xz", "gz-in-gz"])
def test_an_archive_inside_another_is_not_opened_and_told_of(tmp_path: Path, inner: str) -> None:
    tar = tar_bytes(slug_members())
    bodies = {
        "tar": lambda: tar,
        "tar.gz": lambda: gzip_bytes(tar),
        "wacz": lambda: write_wacz(tmp_path / "x.wacz").read_bytes(),
        "xz": lambda: b"\xfd7zXZ\x00" + bytes(100),
        "gz-in-gz": lambda: gzip_bytes(gzip_bytes(tar)),
    }
    path = write_tar(tmp_path / "m.tar", [*slug_members(), (f"inner.{inner}", bodies[inner]())])
    assert (ills(path), read(path)) == ([("unread-kind", f"m.tar#inner.{inner}")], 11)


OFFICE = io.BytesIO()
with zipfile.ZipFile(OFFICE, "w") as _zip:
    _zip.writestr("[Content_Types].xml", "<Types/>")


def test_a_word_processors_document_is_no_archive(tmp_path: Path) -> None:
    members = [*slug_members(), ("downloads/one.docx", OFFICE.getvalue())]
    for path in (write_tar(tmp_path / "m.tar", members), write_folder(tmp_path / "f", members)):
        assert (ills(path), read(path)) == ([], 11)


REFUSED = {
    "xz": b"\xfd7zXZ\x00" + bytes(100),
    "bzip2": b"BZh91AY&SY" + bytes(100),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "RAR": b"Rar!\x1a\x07\x00" + bytes(100),
    "ARC": b"filedesc://old.arc 0.0.0.0 20010101000000 text/plain 76\n1 0 x\n",
    "MHTML": b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n",
    "ZIP": OFFICE.getvalue(),
}


@pytest.mark.parametrize(("name", "body"), REFUSED.items(), ids=REFUSED)
def test_a_kind_of_archive_that_is_not_read_says_so_and_what_to_do(
    harvest: Harvest, tmp_path: Path, name: str, body: bytes
) -> None:
    (tmp_path / "given").write_bytes(body)
    ran = harvest("replay", tmp_path / "given", "-o", tmp_path / "d")
    assert ran.code == 6
    assert f"{name} " in ran.err and "not read" in ran.err and "Unpack it" in ran.err
    assert not (tmp_path / "d").exists()


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", slug_members())
    (tmp_path / "secret.html").write_bytes(page(3))
    (folder / "out.html").symlink_to(tmp_path / "secret.html")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)
    (folder / "inside.html").symlink_to(folder / "search-results/search-results/results-0003")
    (folder / "nowhere").symlink_to(tmp_path / "none")
    os.mkfifo(folder / "pipe")
    assert sorted(ills(folder)) == [("unsafe-member", f"f/{name}") for name in ("nowhere", "out.html", "pipe", "up")]
    assert read(folder) == 11


def test_a_folder_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    write_folder(tmp_path / "f", slug_members())
    (tmp_path / "link").symlink_to(tmp_path / "f")
    assert read(tmp_path / "link") == 11


def test_a_file_that_may_not_be_read_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "f", slug_members())
    opened = os.open

    def deny(path: str, flags: int) -> int:
        if str(path).endswith("0003"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags)

    monkeypatch.setattr(os, "open", deny)
    assert ills(folder) == [("unreadable-file", "f/search-results/search-results/results-0003")]
    assert read(folder) == 10


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", slug_members(range(2)))
    (folder / os.fsdecode(b"caf\xe9.html")).write_bytes(page(2))
    path = write_tar(tmp_path / "m.tar", [*slug_members(range(2)), (os.fsdecode(b"caf\xe9.html"), page(2))])
    for given in (folder, path):
        files = [find.file for find in finds(given) if isinstance(find, Capture)]
        assert [file for file in files if file and "caf\\xe9.html" in file] and len(files) == 3


def _wacz(tmp_path: Path) -> Path:
    return write_wacz(tmp_path / "x.wacz")


def test_a_wacz_whose_index_is_missing_or_broken_is_read_all_the_same(tmp_path: Path) -> None:
    for change in (
        lambda name, body: None if name.startswith("indexes/") else body,
        lambda name, body: body[: len(body) // 2] if name.endswith("cdx.gz") else body,
        lambda name, body: gzip_bytes(b"nothing like an index\n") if name.endswith("cdx.gz") else body,
    ):
        path = rewrite_zip(_wacz(tmp_path), change)
        assert read(path) == 11
        assert "misled-index" in {kind for kind, _ in ills(path)}


def _shift(name: str, body: bytes) -> bytes:
    """Let the index's lines lead to the capture after their own, the last one to nowhere, one to no WARC."""
    import gzip

    if not name.endswith("cdx.gz"):
        return body
    lines = gzip.decompress(body).decode().splitlines()
    offsets = [line.split('"offset": "')[1].split('"')[0] for line in lines]
    order = sorted(offsets, key=int)
    after = dict(zip(order, [*order[1:], "99999999"], strict=True))
    pairs = zip(lines, offsets, strict=True)
    moved = [line.replace(f'"offset": "{at}"', f'"offset": "{after[at]}"') for line, at in pairs]
    moved[0] = moved[0].replace("data.warc.gz", "none.warc.gz")
    return gzip_bytes("\n".join(moved).encode() + b"\n")


def _halve(name: str, body: bytes) -> bytes:
    """Leave half of the index's lines out, and let the description say nothing of it."""
    import gzip
    import json

    if name == "datapackage.json":
        kept = [each for each in json.loads(body)["resources"] if not each["path"].startswith("indexes/")]
        return json.dumps({**json.loads(body), "resources": kept}).encode()
    return gzip_bytes(b"".join(gzip.decompress(body).splitlines(True)[::2])) if name.endswith("cdx.gz") else body


def test_a_capture_that_the_index_lacks_is_read_too(tmp_path: Path) -> None:
    path = rewrite_zip(_wacz(tmp_path), _halve)
    assert (ills(path), read(path)) == ([], 11)


def test_index_lines_that_lead_elsewhere_are_told_of_one_by_one(tmp_path: Path) -> None:
    path = rewrite_zip(_wacz(tmp_path), _shift)
    told = ills(path)
    assert read(path) == 11
    assert len([kind for kind, file in told if "indexes" not in file]) == 11
    assert {kind for kind, _ in told} >= {"misled-index"}


def test_a_warc_that_the_index_does_not_know_is_read_too(tmp_path: Path) -> None:
    extra = b"".join(warc_records([(f"{SITE}/search?page=77", page(2))], packed=True))
    path = rewrite_zip(_wacz(tmp_path), lambda _name, body: body, [("archive/extra.warc.gz", extra)])
    assert (ills(path), read(path)) == ([], 12)


def test_a_wacz_that_differs_from_its_description_is_told_of_and_read(tmp_path: Path) -> None:
    path = rewrite_zip(_wacz(tmp_path), lambda name, body: body + bytes(7) if name.startswith("archive/") else body)
    assert ills(path)[0] == ("damaged-container", "x.wacz#archive/data.warc.gz")
    assert read(path) == 11


@pytest.mark.parametrize("name", ["../up.warc", "/abs.warc", "link.warc"])
def test_an_entry_that_leads_out_of_a_wacz_is_refused(tmp_path: Path, name: str) -> None:
    path = _wacz(tmp_path)
    info = zipfile.ZipInfo(f"archive/{name}" if name == "link.warc" else name)
    if name == "link.warc":
        info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, b"../../etc/passwd")
    assert ills(path) == [("unsafe-member", f"x.wacz#{info.filename}")]
    assert read(path) == 11


def test_an_entry_that_lies_inside_another_is_refused(tmp_path: Path) -> None:
    path = _wacz(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("archive/a.warc", b"WARC/1.0\r\n" * 50, compress_type=zipfile.ZIP_DEFLATED)
        archive.writestr("archive/b.warc", b"x")
        b = archive.getinfo("archive/b.warc")
        b.header_offset = archive.getinfo("archive/a.warc").header_offset + 3
    assert ("overstuffed", "x.wacz#archive/b.warc") in ills(path)


@pytest.mark.parametrize("size", [5_000, 2**40])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "packed"])
def test_an_entry_that_lies_about_its_size_is_told_of(tmp_path: Path, size: int, method: int) -> None:
    path = _wacz(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "archive/b.warc", warc_records(listing_pages([1]), packed=False)[0][:900], compress_type=method
        )
        archive.getinfo("archive/b.warc").file_size = size
    assert {file for _, file in ills(path)} == {"x.wacz#archive/b.warc"}
    if size > 5_000 or method == zipfile.ZIP_STORED:
        assert ills(path) == [("overstuffed", "x.wacz#archive/b.warc")]


def test_an_index_that_is_not_the_one_described_is_told_of(tmp_path: Path) -> None:
    path = rewrite_zip(_wacz(tmp_path), lambda name, body: body.upper() if name.endswith(".idx") else body)
    assert (ills(path), read(path)) == ([("damaged-container", "x.wacz#indexes/index.idx")], 11)


def test_a_cut_wacz_says_so(harvest: Harvest, tmp_path: Path) -> None:
    path = _wacz(tmp_path)
    path.write_bytes(path.read_bytes()[:-700])
    ran: Ran = harvest("replay", path, "-o", tmp_path / "d")
    assert (ran.code, "ends before its directory" in ran.err) == (6, True), ran.err


def test_damage_first_and_pages_later_end_with_its_code(harvest: Harvest, tmp_path: Path) -> None:
    write_folder(tmp_path / "f", [("0.bin", b"\xfd7zXZ\x00"), *host_members()])
    ran = harvest("replay", tmp_path / "f", "-o", tmp_path / "d")
    assert ran.code == 6 and rejects(tmp_path / "d") == [("unread-kind", "f/0.bin")]
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103
    assert HOST not in rejects(tmp_path / "d")[0][1]


def test_a_warc_damaged_in_its_first_record_is_still_one(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", listing_pages())
    packed = bytearray(path.read_bytes())
    packed[10:40] = b"\xff" * 30
    path.write_bytes(packed)
    assert read(path) == len(PAGES) - 1 and ills(path)
