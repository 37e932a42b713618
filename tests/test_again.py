"""Every capture that provenance names is found again: same body, same place."""

import random
from pathlib import Path

import pytest
from archive_samples import (
    host_members,
    listing_pages,
    page,
    slug_members,
    tar_bytes,
    warc_records,
    write_folder,
    write_tar,
    write_wacz,
    write_warc,
    write_warc_zst,
)
from conftest import Harvest, read_lines

from harvester.archives.again import read_again


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of captures of every kind, some of them deep down."""
    at = tmp_path_factory.mktemp("shelf")
    write_warc(at / "a.warc.gz", listing_pages(range(2)))
    write_warc(at / "b.warc", listing_pages(range(2, 4)))
    write_warc_zst(at / "c.warc.zst")
    (at / "deep").mkdir()
    write_wacz(at / "deep" / "d.wacz", listing_pages(range(4, 6)))
    write_wacz(at / "deep" / "e.wacz", listing_pages(range(4, 6)), warc="data.warc")
    write_tar(at / "deep" / "f.tar.zst", slug_members(range(3)))
    write_tar(
        at / "g#1.tar",
        [*host_members(pages=range(3)), ("w.gz", warc_records(listing_pages(range(6, 7)), packed=True)[0])],
    )
    write_folder(at / "pages", [("x/one.html", page(9)), ("in.tar", tar_bytes(slug_members(range(9, 10))))])
    (at / "single.html").write_bytes(page(10))
    return at


GIVEN = [
    "a.warc.gz",
    "b.warc",
    "c.warc.zst",
    "deep/d.wacz",
    "deep/e.wacz",
    "deep/f.tar.zst",
    "g#1.tar",
    "pages",
    "single.html",
]


@pytest.mark.parametrize("given", GIVEN)
def test_what_provenance_names_is_found_again(harvest: Harvest, tmp_path: Path, shelf: Path, given: str) -> None:
    harvest("replay", shelf / given, "-o", tmp_path / "d")
    captures = {
        (capture["file"], capture["offset"]): (capture["digest"], capture["url"])
        for line in read_lines(tmp_path / "d" / "provenance.jsonl")
        for capture in line["captures"]
    }
    assert captures
    for (file, offset), (digest, url) in captures.items():
        for below in ([shelf], [tmp_path, shelf / given]):
            found = read_again(file, offset, below)
            assert found is not None and found.digest == digest and (found.file, found.offset) == (file, offset)
            assert url is None or found.url in {None, url}


def test_of_two_files_of_one_name_the_digest_tells(tmp_path: Path) -> None:
    write_folder(tmp_path, [("a/page.html", page(1)), ("b/page.html", page(2))])
    bodies = [page(1), page(2)]
    random.Random(4).shuffle(bodies)
    from harvester.captures import Capture

    for body in bodies:
        found = read_again("page.html", None, [tmp_path], Capture(body).digest)
        assert found is not None and found.body == body
    assert read_again("page.html", None, [tmp_path], "sha256:none") is None


def test_what_is_not_there_is_none(shelf: Path) -> None:
    assert read_again("none.html", None, [shelf]) is None
    assert read_again("a.warc.gz", 5, [shelf]) is None
    assert read_again("d.wacz#archive/none.warc.gz", 0, [shelf]) is None
    assert read_again("f.tar.zst#none", None, [shelf]) is None


@pytest.mark.parametrize("given", ["a.warc.gz", "deep/d.wacz", "deep/f.tar.zst", "single.html"])
def test_a_file_that_was_given_another_name_since_is_found_by_its_digest(
    harvest: Harvest, tmp_path: Path, shelf: Path, given: str
) -> None:
    harvest("replay", shelf / given, "-o", tmp_path / "d")
    capture = read_lines(tmp_path / "d" / "provenance.jsonl")[0]["captures"][0]
    renamed = tmp_path / "renamed"
    renamed.write_bytes((shelf / given).read_bytes())
    found = read_again(capture["file"], capture["offset"], [renamed], capture["digest"])
    assert found is not None and found.digest == capture["digest"]
    assert read_again(capture["file"], capture["offset"], [renamed], "sha256:0") is None
    assert read_again(capture["file"], capture["offset"], [renamed]) is None
