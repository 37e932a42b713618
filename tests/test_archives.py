"""Captures of every kind give the records of the pages that they hold."""

import subprocess
import sys
import tarfile
from collections.abc import Callable
from gzip import compress as gzip_bytes
from pathlib import Path

import pytest
import warcs
from archive_samples import (
    HOST,
    PAGES,
    SITE,
    host_members,
    listing_pages,
    page,
    slug_members,
    tar_bytes,
    text,
    warc_records,
    write_folder,
    write_tar,
    write_wacz,
    write_warc,
    write_warc_zst,
    write_wet,
)
from backports import zstd
from conftest import Harvest, read_json, read_lines

from harvester.sample import Archive, render_listing
from harvester.sample.document_page import render_document

Build = Callable[[Path], Path]


def records(folder: Path, *without: str) -> list[dict]:
    lines = read_lines(folder / "records.jsonl")
    return sorted(({key: line[key] for key in line if key not in without} for line in lines), key=str)


def rejects(folder: Path) -> list[dict]:
    return read_lines(folder / "rejects.jsonl")


def published(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith("ledger.")}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """Return the records of the same pages, saved one by one with their address."""
    folder = tmp_path_factory.mktemp("truth")
    for number in PAGES:
        url = f"{SITE}/search?page={number}"
        comment = f"<!-- saved from url=({len(url):04}){url} -->\n<html".encode()
        (folder / f"{number}.html").write_bytes(page(number).replace(b"<html", comment, 1))
    command = [sys.executable, "-m", "harvester", "replay", str(folder), "-o", str(folder / "d")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = records(folder / "d")
    assert len(found) == 103 and all(record["listings"] == ["/search"] for record in found)
    return found


ADDRESSED: dict[str, Build] = {
    "warc": lambda at: write_warc(at / "crawl.warc"),
    "warc-gz": lambda at: write_warc(at / "crawl.warc.gz"),
    "warc-zst": lambda at: write_warc_zst(at / "crawl.warc.zst"),
    "wacz": lambda at: write_wacz(at / "crawl.wacz"),
    "wacz-of-plain-warc": lambda at: write_wacz(at / "crawl.wacz", warc="data.warc"),
    "folder-of-warcs": lambda at: write_folder(
        at / "warcs", [(f"{i}.bin", record) for i, record in enumerate(warc_records(listing_pages(), packed=True))]
    ),
    "wget": lambda at: write_folder(at / "mirror", host_members()),
    "wget-E": lambda at: write_folder(at / "mirror", host_members("html")),
    "wget-windows": lambda at: write_folder(at / "mirror", host_members("windows")),
    "wget-host-given": lambda at: write_folder(at, host_members()) / HOST,
    "tar-zst-of-hosts": lambda at: write_tar(at / "mirror.tar.zst", host_members()),
    "tar-gz-of-hosts": lambda at: write_tar(at / "mirror.tar.gz", host_members("html"), tarfile.USTAR_FORMAT),
    "tar-of-hosts": lambda at: write_tar(at / "mirror.tar", host_members("windows"), tarfile.GNU_FORMAT),
    "tar-of-warcs": lambda at: write_tar(
        at / "warcs.tar", [(f"{i}", record) for i, record in enumerate(warc_records(listing_pages(), packed=True))]
    ),
    "name-that-lies": lambda at: write_warc(at / "crawl.warc.gz").rename(at / "page.html"),
}
UNADDRESSED: dict[str, Build] = {
    "tar-zst-of-slugs": lambda at: write_tar(at / "search-results.tar.zst", slug_members()),
    "folder-of-slugs": lambda at: write_folder(at / "pages", slug_members()),
    "folder-of-packed-pages": lambda at: write_folder(
        at / "pages", [(name, zstd.compress(body)) for name, body in slug_members()]
    ),
}
TEXTS: dict[str, Build] = {
    "wet": lambda at: write_wet(at / "crawl.warc.wet.gz"),
    "txt": lambda at: write_folder(at / "texts", [(f"{number}.txt", text(number)) for number in PAGES]),
    "txt-in-tar": lambda at: write_tar(at / "texts.tar.gz", [(f"{number}.txt", text(number)) for number in PAGES]),
}


def replay_whole(harvest: Harvest, tmp_path: Path, build: Build) -> Path:
    """Replay what is built into a dataset, which comes out whole; return its folder."""
    ran = harvest("replay", build(tmp_path), "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    return tmp_path / "d"


@pytest.mark.parametrize("build", ADDRESSED.values(), ids=ADDRESSED)
def test_every_kind_of_capture_gives_the_same_records(
    harvest: Harvest, tmp_path: Path, truth: list[dict], build: Build
) -> None:
    dataset = replay_whole(harvest, tmp_path, build)
    assert records(dataset) == truth
    assert harvest("verify", dataset).code == 0


@pytest.mark.parametrize("build", UNADDRESSED.values(), ids=UNADDRESSED)
def test_pages_that_do_not_say_where_they_came_from_are_one_listing_of_what_was_given(
    harvest: Harvest, tmp_path: Path, truth: list[dict], build: Build
) -> None:
    dataset = replay_whole(harvest, tmp_path, build)
    assert records(dataset, "listings") == sorted(
        ({key: value for key, value in record.items() if key != "listings"} for record in truth), key=str
    )
    (listing,) = read_json(dataset / "coverage.json")["listings"]
    assert listing["verdict"] == "complete as captured, order unproven"


@pytest.mark.parametrize("build", TEXTS.values(), ids=TEXTS)
def test_text_extracts_give_the_same_fields_but_the_links(
    harvest: Harvest, tmp_path: Path, truth: list[dict], build: Build
) -> None:
    dataset = replay_whole(harvest, tmp_path, build)
    fields = ("title", "date", "date_text", "date_precision", "summary")
    found = [{field: record[field] for field in fields} for record in records(dataset)]
    assert sorted(found, key=str) == sorted(({field: r[field] for field in fields} for r in truth), key=str)


def test_provenance_names_the_member_and_the_place(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", write_wacz(tmp_path / "crawl.wacz"), "-o", tmp_path / "wacz")
    harvest("replay", write_tar(tmp_path / "m.tar.zst", slug_members()), "-o", tmp_path / "tar")
    wacz, tar = (
        {(c["file"], c["offset"]) for line in read_lines(tmp_path / d / "provenance.jsonl") for c in line["captures"]}
        for d in ("wacz", "tar")
    )
    assert {file for file, _ in wacz} == {"crawl.wacz#archive/data.warc.gz"} and len(wacz) == 11
    assert all(isinstance(offset, int) for _, offset in wacz)
    assert tar == {(f"m.tar.zst#search-results/search-results/results-{n:04}", None) for n in PAGES}


def test_a_list_of_files_on_standard_input(harvest: Harvest, tmp_path: Path, truth: list[dict]) -> None:
    write_warc(tmp_path / "a.warc.gz", listing_pages(range(6)))
    write_warc(tmp_path / "b.warc.gz", listing_pages(range(6, 11)))
    ran = harvest("replay", "-", "-o", tmp_path / "d", stdin="# the captures\na.warc.gz\n\n  b.warc.gz\n")
    assert ran.code == 0, ran.err
    assert records(tmp_path / "d") == truth
    assert harvest("replay", "-", stdin="# nothing\n").code == 2
    assert harvest("replay", "-", "-o", tmp_path / "e", stdin="a.warc.gz\nnone\n").code == 2
    assert not (tmp_path / "e").exists()


def test_what_is_passed_over_is_counted_by_kind(harvest: Harvest, tmp_path: Path) -> None:
    archive = Archive()
    documents = [
        (f"{HOST}{record.path}", render_document(record, SITE, archive.featured).encode())
        for record in archive.records[:7]
    ]
    other = [
        (f"{HOST}/index.html", b"<html><body><main><p>Welcome.</p></main></body></html>"),
        (f"{HOST}/logo.png", b"\x89PNG\r\n\x1a\n" + bytes(9000)),
        ("example.org/index.html", b"<html><body>elsewhere</body></html>"),
        ("slugs/one", documents[0][1]),
    ]
    mirror = write_tar(tmp_path / "m.tar.zst", [*documents, *other, *host_members()])
    ran = harvest("replay", mirror, "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert "captures passed over: " in ran.out
    line = next(line for line in ran.out.splitlines() if "passed over" in line)
    assert line == "3 captures passed over: 1 content-type, 1 not-a-listing, 1 other"
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 7


@pytest.mark.parametrize("form", ["warc", "wacz"])
def test_other_answers_than_the_page_are_passed_over_by_their_status(
    harvest: Harvest, tmp_path: Path, form: str
) -> None:
    said = {
        "301 Moved": b"",
        "304 Not Modified": b"",
        "404 Not Found": b"<h1>Not found</h1>",
        "503 Busy": b"<p>Wait.</p>",
    }
    others = [
        b"".join(warc_records([(f"{SITE}/search?page=0", said[status])], packed=True, status=status)) for status in said
    ]
    warc = tmp_path / "crawl.warc.gz"
    warc.write_bytes(b"".join([*others, *warc_records(listing_pages(), packed=True)]))
    if form == "wacz":
        subprocess.run(
            [sys.executable, "-m", "wacz.main", "create", warc, "-o", tmp_path / "x.wacz"],
            check=True,
            capture_output=True,
            timeout=120,
        )
        warc = tmp_path / "x.wacz"
    ran = harvest("replay", warc, "-o", tmp_path / "d")
    assert (ran.code, rejects(tmp_path / "d")) == (0, []), ran.out
    assert "4 captures passed over: 1 redirect, 1 status-304, 1 status-404, 1 status-503" in ran.out


def test_nothing_but_refusals_says_so(harvest: Harvest, tmp_path: Path) -> None:
    refused = warc_records([(f"{SITE}/search?page=0", b"<p>No.</p>")], packed=True, status="403 Forbidden")
    (tmp_path / "crawl.warc.gz").write_bytes(b"".join(refused))
    ran = harvest("replay", "crawl.warc.gz", "-o", tmp_path / "d")
    assert ran.code == 2 and "(1 status-403)" in ran.err and not (tmp_path / "d").exists()


def test_a_page_that_cannot_be_read_is_no_silent_loss(harvest: Harvest, tmp_path: Path) -> None:
    challenge = b"<html><title>Just a moment...</title><body>wait</body></html>"
    recipe = b"<html><body><main><p>A recipe for soup.</p></main></body></html>"
    members = [(f"{HOST}/search?page=11", recipe), ("aside/challenge", challenge), *host_members()]
    ran = harvest("replay", write_tar(tmp_path / "m.tar", members), "-o", tmp_path / "d")
    assert ran.code == 6
    rejects = {(line["reason"], line["file"], line["url"]) for line in read_lines(tmp_path / "d" / "rejects.jsonl")}
    assert rejects == {
        ("not-a-listing", f"m.tar#{HOST}/search?page=11", f"{SITE}/search?page=11"),
        ("challenge", "m.tar#aside/challenge", None),
    }


def test_what_was_unreadable_before_the_site_was_known_is_told_as_if_it_came_later(
    harvest: Harvest, tmp_path: Path
) -> None:
    challenge = b"<html><title>Just a moment...</title><body>" + "wait ü ".encode() * 900 + b"</body></html>"
    for name in ("0-first", "z-last"):
        write_folder(tmp_path / name / "pages", [*slug_members(range(3)), (name, challenge)])
        harvest("replay", tmp_path / name / "pages", "-o", tmp_path / name / "d")
    first, last = (read_lines(tmp_path / name / "d" / "rejects.jsonl")[0] for name in ("0-first", "z-last"))
    assert {key for key in first if first[key] != last[key]} <= {"file", "id"}
    assert first["text"].startswith("<html><title>Just") and len(first["text"]) == 500


SECOND = """
from harvester.sites import Site

class Harbour(Site):
    name = "harbour"
    hosts = ("records.harbour.example",)
"""


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids=["own-first", "other-first"])
def test_captures_of_two_sites_are_refused_whatever_their_order(
    harvest: Harvest, tmp_path: Path, order: tuple[str, str]
) -> None:
    site = tmp_path / "more"
    (site / "harbour-1.dist-info").mkdir(parents=True)
    (site / "harbour_site.py").write_text(
        SECOND
        + "\n    def explain(self, url):\n        from harvester.items import Address\n"
        + "        return Address('harbour', 'listing', '/all', None, 0, 10)\n\nSITE = Harbour()\n"
    )
    (site / "harbour-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour\nVersion: 1\n")
    (site / "harbour-1.dist-info" / "entry_points.txt").write_text("[harvester.sites]\nharbour = harbour_site:SITE\n")
    pages = {"a": listing_pages(range(2)), "b": [("https://records.harbour.example/all", page(3))]}
    for name, held in pages.items():
        write_warc(tmp_path / f"{name}.warc", held)
    files = [tmp_path / f"{name}.warc" for name in order]
    ran = harvest("replay", *files, "-o", tmp_path / "d", env={"PYTHONPATH": str(site)})
    assert (ran.code, "of several sites: harbour, wilson" in ran.err) == (2, True), ran.err
    assert not (tmp_path / "d").exists()

    assert harvest("replay", tmp_path / "a.warc", "-o", tmp_path / "d", env={"PYTHONPATH": str(site)}).code == 3
    before = published(tmp_path / "d")
    ran = harvest("replay", *files, "-o", tmp_path / "d", env={"PYTHONPATH": str(site)})
    assert ran.code == (2 if order == ("a", "b") else 7)  # the other site's page does not even open the dataset
    assert published(tmp_path / "d") == before


def test_nothing_of_a_known_site_names_the_sites_and_what_there_was(harvest: Harvest, tmp_path: Path) -> None:
    elsewhere = [("https://example.org/", b"<html><body>elsewhere</body></html>")] * 3
    ran = harvest("replay", write_warc(tmp_path / "crawl.warc.gz", elsewhere), "-o", tmp_path / "d")
    assert ran.code == 2
    assert "wilson" in ran.err and "3 other-site" in ran.err
    assert not (tmp_path / "d").exists()


def test_a_copy_on_this_very_machine_is_the_sites_with_its_name(harvest: Harvest, tmp_path: Path) -> None:
    pages = [(f"http://127.0.0.1:8080/search?page={n}", page(n)) for n in PAGES]
    write_warc(tmp_path / "crawl.warc.gz", pages)
    assert harvest("replay", tmp_path / "crawl.warc.gz", "-o", tmp_path / "d").code == 2
    ran = harvest("replay", tmp_path / "crawl.warc.gz", "--site", "wilson", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err
    assert b"127.0.0.1" not in b"".join((tmp_path / "d" / f"{n}.jsonl").read_bytes() for n in ("records", "provenance"))


def test_pages_of_several_kinds_under_one_folder(harvest: Harvest, tmp_path: Path, truth: list[dict]) -> None:
    folder = write_folder(tmp_path / "all", [("deep/er/mirror.tar", tar_bytes(host_members(pages=range(4))))])
    write_warc(folder / "some", listing_pages(range(4, 8)))
    write_wacz(folder / "x.zip", listing_pages(range(8, 11)))
    ran = harvest("replay", folder, "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert records(tmp_path / "d") == truth
    files = {c["file"] for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]}
    assert f"all/deep/er/mirror.tar#{HOST}/search?page=0" in files
    assert {"all/some", "all/x.zip#archive/data.warc.gz"} <= files


def test_an_empty_folder_is_told_of(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for site in ((), ("--site", "wilson")):
        ran = harvest("replay", tmp_path / "empty", *site, "-o", tmp_path / "d")
        assert (ran.code, "holds nothing" in ran.err) == (2, True), ran.err
        assert not (tmp_path / "d").exists()


def test_one_page_packed_by_itself(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "page.html.zst").write_bytes(zstd.compress(render_listing(Archive(), "page=3").encode()))
    ran = harvest("replay", tmp_path / "page.html.zst", "-o", tmp_path / "d")
    assert (ran.code, len(read_lines(tmp_path / "d" / "records.jsonl"))) == (3, 10)


def test_a_path_that_is_not_there_is_told_of_before_anything_is_read(harvest: Harvest, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc.gz", listing_pages(range(2)))
    write_warc(tmp_path / "b.warc.gz", listing_pages(range(2, 4)))
    harvest("replay", tmp_path / "a.warc.gz", "-o", tmp_path / "d")
    before = {file.name: file.read_bytes() for file in (tmp_path / "d").iterdir()}
    assert harvest("replay", tmp_path / "b.warc.gz", tmp_path / "none", "-o", tmp_path / "d").code == 2
    assert {file.name: file.read_bytes() for file in (tmp_path / "d").iterdir()} == before


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"the rest of a record\r\n\r\n"], ids=repr)
def test_a_warc_with_something_before_its_first_record_is_one(harvest: Harvest, tmp_path: Path, before: bytes) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "piece").write_bytes(before + b"".join(warc_records(listing_pages(), packed=False)))
    ran = harvest("replay", tmp_path / "f", "-o", tmp_path / "d")
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103
    assert [line["reason"] for line in rejects(tmp_path / "d")] == ["record-broken"] * bool(before.strip()), ran.out


@pytest.mark.parametrize("declared", ["text/html,text/html", "unk", "no-type", "text/x-server-parsed-html"])
def test_a_page_of_a_type_that_nobody_knows_is_told_by_its_bytes(
    harvest: Harvest, tmp_path: Path, declared: str
) -> None:
    pages = [warcs.record("response", warcs.http(warcs.page(i), content_type=declared), i) for i in range(3)]
    (tmp_path / "crawl.warc").write_bytes(b"".join(pages))
    ran = harvest("replay", tmp_path / "crawl.warc", "-o", tmp_path / "d")
    assert (ran.code, len(records(tmp_path / "d"))) == (0, 30), ran.out + ran.err


def test_a_packed_body_is_whole_whatever_length_its_server_announced(harvest: Harvest, tmp_path: Path) -> None:
    bodies = [warcs.page(i) for i in range(3)]
    said = [{"content_encoding": "gzip", "content_length": str(len(body))} for body in bodies]
    pages = [warcs.record("response", warcs.http(gzip_bytes(bodies[i]), **said[i]), i) for i in range(3)]
    (tmp_path / "crawl.warc").write_bytes(b"".join(pages))
    ran = harvest("replay", tmp_path / "crawl.warc", "-o", tmp_path / "d")
    assert (ran.code, len(records(tmp_path / "d"))) == (0, 30), ran.out + ran.err
