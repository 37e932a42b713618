"""Documents' pages in captures of all kinds: read, joined under their addresses, passed over or told of."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest
from archive_samples import ARCHIVE, HOST, SITE, Page, host_members, page, warc_records, write_folder, write_tar
from archive_samples import write_warc as write_pages
from conftest import Harvest, read_json, read_lines
from snapshots import replayed
from warcs import gz, http, record, sha1

from harvester.sample import Record
from harvester.sample.document_page import render_document


def document(which: Record | None = None) -> bytes:
    return render_document(which or RECORD, SITE, ARCHIVE.featured).encode()


RECORD = next(each for each in ARCHIVE.records[40:] if b">Record ID<" in document(each))
ADDRESSES = (RECORD.path, f"/node/{RECORD.node}", f"/document/{RECORD.record_id}")


def as_warc(path: Path, paths: tuple[str, ...]) -> Path:
    return write_pages(path.with_suffix(".warc.gz"), [(SITE + each, document()) for each in paths])


def as_tar(path: Path, paths: tuple[str, ...]) -> Path:
    return write_tar(path.with_suffix(".tar.zst"), [(HOST + each, document()) for each in paths])


def as_folders(path: Path, paths: tuple[str, ...]) -> Path:
    return write_folder(path, [(f"{i}/{HOST}{each}", document()) for i, each in enumerate(paths)])


@pytest.mark.parametrize("write", [as_warc, as_tar, as_folders], ids=["warc", "tar", "folder"])
def test_a_document_under_its_three_addresses_is_one_record_in_whatever_order(
    tmp_path: Path, write: Callable[[Path, tuple[str, ...]], Path]
) -> None:
    told = set()
    for number, paths in enumerate(permutations(ADDRESSES)):
        folder = tmp_path / f"d-{number}"
        records = replayed([write(tmp_path / f"captures-{number}", paths)], folder)
        told.add((records, (folder / "documents.jsonl").read_bytes()))
    ((records, documents),) = told
    assert records.count(b"\n") == documents.count(b"\n") == 1
    (line,) = read_lines(folder / "documents.jsonl")
    assert line["url"] == SITE + RECORD.path
    assert set(line["aliases"]) == {SITE + each for each in ADDRESSES[1:]}
    (record,) = read_lines(folder / "records.jsonl")
    assert (record["id"], record["url"], record["listings"]) == (line["id"], SITE + RECORD.path, [])
    (captures,) = (line["captures"] for line in read_lines(folder / "provenance.jsonl"))
    assert {capture["url"] for capture in captures} == {SITE + each for each in ADDRESSES}
    assert {capture["kind"] for capture in captures} == {"document"}


def test_pages_one_by_one_into_a_dataset_give_what_all_at_once_give(tmp_path: Path) -> None:
    pages = [(SITE + path, document()) for path in ADDRESSES] + [(f"{SITE}/search?page=4", page(4))]
    for i, body in enumerate(warc_records(pages, packed=True)):
        (tmp_path / f"{i}.warc.gz").write_bytes(body)
    once = replayed([tmp_path / f"{i}.warc.gz" for i in range(4)], tmp_path / "once")
    for i in (2, 3, 0, 1):
        singly = replayed([tmp_path / f"{i}.warc.gz"], tmp_path / "singly")
    assert singly == once
    documents = [(tmp_path / folder / "documents.jsonl").read_bytes() for folder in ("once", "singly")]
    assert documents[0] == documents[1] != b""


def mirror_without_host() -> Iterator[Page]:
    """Yield a mirror whose paths name no host: the documents' pages say themselves which they are."""
    for each in ARCHIVE.records:
        yield f"documents/document/{each.slug}", document(each)
    for number in range(11):
        yield f"search-results/results-{number:04}", page(number)


def test_a_mirror_whose_paths_name_no_host(harvest: Harvest, tmp_path: Path) -> None:
    mirror = write_tar(tmp_path / "m.tar.zst", mirror_without_host())
    ran = harvest("replay", mirror, "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    records = read_lines(tmp_path / "d" / "records.jsonl")
    assert len(records) == 103
    assert [line["id"] for line in read_lines(tmp_path / "d" / "documents.jsonl")] == [r["id"] for r in records]
    assert "passed over" not in ran.out
    assert harvest("verify", tmp_path / "d").code == 0


def test_documents_alone_are_a_dataset(harvest: Harvest, tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.html").write_bytes(document(ARCHIVE.records[i]))
    ran = harvest("replay", *sorted(tmp_path.glob("*.html")), "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 3


def beside(path: str, body: bytes, content_type: str, number: int = 0) -> bytes:
    block = http(body, content_type=content_type)
    return record("response", block, number, target=SITE + path, payload_digest=sha1(body))


BESIDE = [
    ("/document/112345.pdf?v=1", b"%PDF-1.4 scan", "application/pdf", "document-file"),
    ("/document/112345.pdf", b"%PDF-1.4 scan", "text/html", "document-file"),
    (
        "/document/112345.ris",
        b"TY  - GEN\nTI  - A letter\nER  - \n",
        "application/x-research-info-systems",
        "document-file",
    ),
    ("/document/112345.ris", b"TY  - GEN\nTI  - A letter\nER  - \n", "text/plain", "document-file"),
    ("/document/a-letter", b"\x89PNG\r\n\x1a\n" + bytes(99), "image/png", "document-file"),
    ("/document/a-letter", b'{"title": "A letter"}', "text/plain", "document-file"),
    ("/document/a-letter", b"October 30, 1956\n\nA letter\n\nOf a friend.\n", "text/plain", "document"),
    ("/document/4711/download", b"%PDF-1.4 scan", "application/pdf", "file"),
]


@pytest.mark.parametrize(("path", "body", "content_type", "kind"), BESIDE)
def test_what_is_no_page_at_a_documents_address_is_counted_by_kind(
    harvest: Harvest, tmp_path: Path, path: str, body: bytes, content_type: str, kind: str
) -> None:
    known = write_pages(tmp_path / "known.warc.gz", [(SITE + RECORD.path, document())])
    (tmp_path / "x.warc.gz").write_bytes(gz(beside(path, body, content_type)))
    ran = harvest("replay", known, tmp_path / "x.warc.gz", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert f"1 capture passed over: 1 {kind}\n" in ran.out
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 1


def test_what_is_no_page_in_a_mirror_is_counted_by_kind(harvest: Harvest, tmp_path: Path) -> None:
    members = [
        (f"{HOST}/document/112345.pdf", b"%PDF-1.4" + bytes(4_000_000)),
        (f"{HOST}/document/112345.ris", b"TY  - GEN\n"),
        (f"{HOST}/document/112346.pdf", b"BZh91AY"),
        (f"{HOST}/document/4711/download", b"%PDF-1.4"),
        (f"{HOST}/document/4712/download", b"PK\x03\x04"),
        (f"{HOST}{RECORD.path}.html", document()),
    ]
    for mirror in (write_folder(tmp_path / "m", members), write_tar(tmp_path / "m.tar", members)):
        ran = harvest("replay", mirror, "-o", tmp_path / f"{mirror.name}-d")
        assert ran.code == 0, ran.err + ran.out
        assert "5 captures passed over: 3 document-file, 2 file\n" in ran.out


def test_redirects_and_errors_at_a_documents_address_are_passed_over(harvest: Harvest, tmp_path: Path) -> None:
    answers = [
        ("HTTP/1.1 301 Moved Permanently", b""),
        ("HTTP/1.1 404 Not Found", b"<html><body>Page not found</body></html>"),
        ("HTTP/1.1 500 Internal Server Error", b"<html><body>Error</body></html>"),
        ("HTTP/1.1 200 OK", document()),
    ]
    pages = [
        record("response", http(body, status), number, target=SITE + RECORD.path)
        for number, (status, body) in enumerate(answers)
    ]
    (tmp_path / "x.warc.gz").write_bytes(gz(*pages))
    ran = harvest("replay", tmp_path / "x.warc.gz", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert "3 captures passed over: 1 redirect, 1 status-404, 1 status-500\n" in ran.out


UNREAD = [
    ("no-document", b"<html><body><main><p>A recipe for soup.</p></main></body></html>", "not-a-document", 6),
    ("cut", document()[:-200], "cut-document", 6),
    ("empty", b"", "empty", 6),
    ("challenge", b"<html><title>Just a moment...</title><body>wait</body></html>", "challenge", 4),
    ("challenge-in-text", b"Checking your browser before you go on", "challenge", 4),
    ("another", document(ARCHIVE.records[7]), "other-document", 3),
]


@pytest.mark.parametrize(("body", "reason", "code"), [row[1:] for row in UNREAD], ids=[row[0] for row in UNREAD])
@pytest.mark.parametrize("kind", ["warc", "tar"])
def test_a_documents_page_that_cannot_be_read_is_told_of(
    harvest: Harvest, tmp_path: Path, kind: str, body: bytes, reason: str, code: int
) -> None:
    good = [(f"{SITE}{record.path}", document(record)) for record in ARCHIVE.records[:2]]
    pages = [(SITE + RECORD.path, body), *good]
    if kind == "warc":
        captures = write_pages(tmp_path / "x.warc.gz", pages)
    else:
        captures = write_tar(tmp_path / "x.tar", [(url.removeprefix("https://"), each) for url, each in pages])
    ran = harvest("replay", captures, "-o", tmp_path / "d")
    assert ran.code == code, ran.err + ran.out
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 2
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert (reject["reason"], reject["url"]) == (reason, SITE + RECORD.path)
    with sqlite3.connect(tmp_path / "d" / "ledger.sqlite") as ledger:
        assert ledger.execute("SELECT wanted FROM reject").fetchall() == [("document",)]
    ledger.close()


def test_a_broken_record_of_a_documents_page_is_a_wanted_one(harvest: Harvest, tmp_path: Path) -> None:
    body = document()
    broken = record("response", http(body), 0, target=SITE + RECORD.path, payload_digest=sha1(b"other"))
    (tmp_path / "x.warc.gz").write_bytes(
        gz(broken) + b"".join(warc_records([(f"{SITE}/search", page(0))], packed=True))
    )
    ran = harvest("replay", tmp_path / "x.warc.gz", "-o", tmp_path / "d")
    assert ran.code == 6, ran.err + ran.out
    with sqlite3.connect(tmp_path / "d" / "ledger.sqlite") as ledger:
        assert ledger.execute("SELECT reason, wanted FROM reject").fetchall() == [("digest-wrong", "document")]
    ledger.close()


def test_without_an_address_a_document_page_that_says_nothing_of_itself_is_told_of(
    harvest: Harvest, tmp_path: Path
) -> None:
    nameless = re.sub(r"<h1.*?</h1>", "", document().decode(), flags=re.S).encode()
    members = [("documents/document/a-letter", nameless), ("documents/document/other", document())]
    ran = harvest("replay", write_tar(tmp_path / "m.tar", members), "-o", tmp_path / "d")
    assert ran.code == 6, ran.err + ran.out
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert (reject["reason"], reject["file"]) == ("not-a-document", "m.tar#documents/document/a-letter")


NO_READER = """
import re
from harvester.sites import Site

class Harbour(Site):
    name = "harbour"
    hosts = ("digitalarchive.wilsoncenter.org",)
"""


def test_a_site_that_reads_no_documents_passes_them_over(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "harbour.py").write_text(NO_READER)
    listing = [("results/0", page(0)), ("documents/document/a-letter", document()), (HOST + RECORD.path, document())]
    tar = write_tar(tmp_path / "m.tar", listing)
    ran = harvest("replay", tar, "--site", tmp_path / "harbour.py", "-o", tmp_path / "d")
    assert ran.code == 3, ran.err + ran.out
    assert "2 captures passed over: 2 document\n" in ran.out
    assert not (tmp_path / "d" / "documents.jsonl").exists()


def test_what_holds_no_page_says_what_is_read(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "x.warc.gz").write_bytes(gz(beside("/document/112345.pdf", b"%PDF-1.4", "application/pdf")))
    ran = harvest("replay", tmp_path / "x.warc.gz", "-o", tmp_path / "d")
    assert (ran.code, (tmp_path / "d").exists()) == (2, False)
    assert "nothing here is a page of results or of a document of the sites: wilson (1 document-file)" in ran.err
    assert "Pages of listings and of documents are read" in ran.err


def test_listings_are_read_as_ever_beside_documents(harvest: Harvest, tmp_path: Path) -> None:
    mirror = write_folder(tmp_path / "m", [*host_members(), (HOST + RECORD.path, document())])
    ran = harvest("replay", mirror, "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    (listing,) = read_json(tmp_path / "d" / "coverage.json")["listings"]
    assert listing["verdict"] == "complete as captured, order unproven"
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 103
