"""Documents' files in captures of all kinds: taken with --files, counted without, told of where they cannot be had."""

import gzip
import hashlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive_samples import ARCHIVE, HOST, SITE, host_members, write_folder, write_tar
from archive_samples import write_warc as write_pages
from conftest import Harvest, Ran, read_lines
from warcs import DATE, gz, http, record, sha1

from harvester.archives import saved
from harvester.archives.finds import Damaged
from harvester.archives.reading import read_archive
from harvester.archives.warc import Payloads, pages, verdicts
from harvester.captures import Capture
from harvester.dataset.replay import ReplayRun
from harvester.errors import UsageProblem
from harvester.harvest.replay import replay_file
from harvester.harvest.wishes import judge_for
from harvester.sample.document_page import render_document
from harvester.sites import find_site

RECORD = ARCHIVE.records[40]
LINK = f"/document/{RECORD.node}/download"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
SCAN = b"\xff\xd8\xff\xe0" + bytes(999) + b"\xff\xd9"


def document() -> bytes:
    page = render_document(RECORD, SITE, ARCHIVE.featured)
    return page.replace("</main>", f'<a href="{LINK}">Download</a></main>').encode()


def answer(
    path: str, body: bytes, number: int = 0, content_type: str = "application/pdf", status: str = "HTTP/1.1 200 OK"
) -> bytes:
    block = http(body, status, content_type=content_type)
    return record("response", block, number, target=SITE + path, payload_digest=sha1(body))


def write_captures(path: Path, *answers: bytes) -> Path:
    write_pages(path, [(SITE + RECORD.path, document())])
    path.write_bytes(path.read_bytes() + gz(*answers))
    return path


def files_of(dataset: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((dataset / "files").glob("*"))}


def held(dataset: Path, query: str) -> list[tuple]:
    with sqlite3.connect(dataset / "ledger.sqlite") as ledger:
        found = ledger.execute(query).fetchall()
    ledger.close()
    return found


def name_of(body: bytes, ending: str) -> str:
    return hashlib.sha256(body).hexdigest() + ending


@pytest.mark.parametrize("kind", ["warc", "folder", "tar"])
def test_a_documents_file_is_kept_under_its_digest(harvest: Harvest, tmp_path: Path, kind: str) -> None:
    if kind == "warc":
        captures = write_captures(tmp_path / "x.warc.gz", answer(LINK, PDF))
    else:
        members = [(HOST + RECORD.path, document()), (HOST + LINK, PDF)]
        captures = (write_folder if kind == "folder" else write_tar)(tmp_path / "x.tar", members)
    ran = harvest("replay", captures, "--files", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert files_of(tmp_path / "d") == {name_of(PDF, ".pdf"): PDF}
    query = "SELECT url, type, size, medium FROM file JOIN capture ON capture.id = capture"
    assert held(tmp_path / "d", query) == [(SITE + LINK, "application/pdf", len(PDF), "file")]
    again = harvest("replay", captures, "--files", "-o", tmp_path / "d")
    assert (again.code, len(held(tmp_path / "d", query))) == (0, 1)
    assert files_of(tmp_path / "d") == {name_of(PDF, ".pdf"): PDF}


def test_without_the_option_files_are_counted_and_not_read(harvest: Harvest, tmp_path: Path) -> None:
    broken = gz(record("response", http(PDF), target=SITE + LINK, payload_digest=sha1(b"another body")))
    captures = write_captures(tmp_path / "x.warc.gz", answer(LINK, PDF))
    captures.write_bytes(captures.read_bytes() + broken)
    ran = harvest("replay", captures, "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert "2 captures passed over: 2 file\n" in ran.out
    assert not (tmp_path / "d" / "files").exists()


def test_what_a_file_is_its_bytes_say_and_it_is_not_opened(harvest: Harvest, tmp_path: Path) -> None:
    packed = gzip.compress(b"<html>not to be opened</html>", mtime=0)
    members = [
        (HOST + RECORD.path, document()),
        (f"{HOST}/document/1/download", SCAN),
        (f"{HOST}/document/2/download", packed),
        (f"{HOST}/document/3/download", b"PK\x03\x04 a word processor's"),
        (f"{HOST}/document/4/download", b"A transcript in plain letters.\n"),
    ]
    for captures in (write_folder(tmp_path / "m", members), write_tar(tmp_path / "m.tar.zst", members)):
        dataset = tmp_path / f"{captures.name}-d"
        ran = harvest("replay", captures, "--files", "-o", dataset)
        assert ran.code == 0, ran.err + ran.out
        endings = {SCAN: ".jpg", packed: ".bin", members[3][1]: ".bin", members[4][1]: ".bin"}
        assert files_of(dataset) == {name_of(body, ending): body for body, ending in endings.items()}


BAD = [
    ("a-page", b"<html><body><p>Here is no file.</p></body></html>", "text/html", "content-type", 6),
    ("a-challenge", b"<html><title>Just a moment...</title></html>", "text/html", "challenge", 4),
    ("a-page-as-pdf", b"<!DOCTYPE html><html><body>Sorry</body></html>", "application/pdf", "content-type", 6),
    ("nothing", b"", "application/pdf", "empty", 6),
]


@pytest.mark.parametrize(("body", "declared", "reason", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_stands_in_a_files_place_is_told_of(
    harvest: Harvest, tmp_path: Path, body: bytes, declared: str, reason: str, code: int
) -> None:
    captures = write_captures(tmp_path / "x.warc.gz", answer(LINK, body, content_type=declared))
    ran = harvest("replay", captures, "--files", "-o", tmp_path / "d")
    assert ran.code == code, ran.err + ran.out
    assert held(tmp_path / "d", "SELECT reason, wanted, url FROM reject") == [(reason, "file", SITE + LINK)]
    assert not (tmp_path / "d" / "files").exists()


def test_a_broken_record_of_a_file_is_told_of_as_of_a_file(harvest: Harvest, tmp_path: Path) -> None:
    broken = record("response", http(PDF), target=SITE + LINK, payload_digest=sha1(b"another body"))
    ran = harvest("replay", write_captures(tmp_path / "x.warc.gz", broken), "--files", "-o", tmp_path / "d")
    assert ran.code == 6, ran.err + ran.out
    assert held(tmp_path / "d", "SELECT reason, wanted FROM reject") == [("digest-wrong", "file")]


def test_answers_without_the_file_are_passed_over_by_their_status(harvest: Harvest, tmp_path: Path) -> None:
    answers = [
        answer(LINK, b"", 0, status="HTTP/1.1 302 Found"),
        answer(LINK, PDF[:100], 1, status="HTTP/1.1 206 Partial Content"),
        answer(LINK, b"<html>none</html>", 2, "text/html", "HTTP/1.1 404 Not Found"),
        record("conversion", b"The text of the scan.", 3, target=SITE + LINK),
    ]
    ran = harvest("replay", write_captures(tmp_path / "x.warc.gz", *answers), "--files", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    assert "4 captures passed over: 1 file, 1 redirect, 1 status-206, 1 status-404\n" in ran.out
    assert not (tmp_path / "d" / "files").exists()


def test_a_file_that_was_the_same_as_before_is_had(harvest: Harvest, tmp_path: Path) -> None:
    fields = {"payload_digest": sha1(PDF), "refers_to_target_uri": SITE + LINK, "refers_to_date": DATE.format(0)}
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    head = http(b"", content_type="application/pdf", content_length=None)
    again = record("revisit", head, 1, target=SITE + LINK, profile=profile, **fields)
    captures = write_captures(tmp_path / "x.warc.gz", answer(LINK, PDF), again)
    ran = harvest("replay", captures, "--files", "-o", tmp_path / "d")
    assert ran.code == 0, ran.err + ran.out
    digests = held(tmp_path / "d", "SELECT digest, captured_at FROM file JOIN capture ON capture.id = capture")
    whole = f"sha256:{hashlib.sha256(PDF).hexdigest()}"
    assert sorted(digests) == [(whole, DATE.format(0)), (whole, DATE.format(1))]


def test_a_file_beyond_the_limit_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (saved, pages, verdicts):
        monkeypatch.setattr(module, "MOST_FILE", 1000)
    captures = write_captures(tmp_path / "x.warc.gz", answer(LINK, PDF))
    mirror = write_folder(tmp_path / "m", [(HOST + LINK, PDF)])
    for path in (captures, mirror):
        with Payloads() as payloads:
            judge = judge_for([find_site("wilson")], files=True)
            (found,) = (find for find in read_archive(path, judge, payloads) if isinstance(find, Damaged))
        assert (found.error.kind, found.url) == ("too-large", SITE + LINK)
        assert "with another program" in found.error.advice


def test_a_replay_that_is_abandoned_leaves_no_file(tmp_path: Path) -> None:
    site = find_site("wilson")
    run = ReplayRun(tmp_path / "d", site, lambda: datetime.now(UTC))
    run.replayed(tmp_path, replay_file(Capture(PDF, f"{SITE}{LINK}"), site))
    assert files_of(tmp_path / "d") == {name_of(PDF, ".pdf"): PDF}
    run.abandon(UsageProblem("given up"))
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("kind", ["warc", "folder", "tar"])
def test_a_file_anywhere_on_the_site_is_known_once_a_document_offers_it(
    harvest: Harvest, tmp_path: Path, kind: str
) -> None:
    link, beside = "/sites/default/files/documents/7.pdf", "/sites/default/files/logo.pdf"
    page = document().replace(LINK.encode(), link.encode())
    if kind == "warc":
        captures = tmp_path / "x.warc.gz"
        write_pages(captures, [(SITE + RECORD.path, page)])
        captures.write_bytes(captures.read_bytes() + gz(answer(link, PDF), answer(beside, b"%PDF-" + SCAN)))
    else:
        members = [(HOST + RECORD.path, page), (HOST + link, PDF), (HOST + beside, b"%PDF-" + SCAN)]
        captures = (write_folder if kind == "folder" else write_tar)(tmp_path / "x.tar", members)
    first = harvest("replay", captures, "--files", "-o", tmp_path / "d")
    assert (first.code, first.out.splitlines()[-1].partition(";")[0]) == (0, "Next: replay the same once more")
    assert files_of(tmp_path / "d") == {}  # what a document offers is not known while it is read for the first time
    ran = harvest("replay", captures, "--files", "-o", tmp_path / "d")
    assert (ran.code, files_of(tmp_path / "d")) == (0, {name_of(PDF, ".pdf"): PDF}), ran.out + ran.err
    assert ran.out.splitlines()[-1] == "files: 1 of 1"
    (line,) = read_lines(tmp_path / "d" / "documents.jsonl")
    assert [each["file"] for each in line["files"]] == [f"files/{name_of(PDF, '.pdf')}"]
    assert harvest("replay", captures, "-o", tmp_path / "d").code == 0
    assert harvest("verify", tmp_path / "d").code == 0


def first_line(ran: Ran) -> str:
    return ran.out.splitlines()[0]


def test_files_come_after_the_documents_too(harvest: Harvest, tmp_path: Path) -> None:
    harvest("replay", write_folder(tmp_path / "m", [*host_members(), (HOST + RECORD.path, document())]), "-o", "d")
    ran = harvest("replay", write_folder(tmp_path / "f", [(HOST + LINK, PDF)]), "--files", "-o", "d")
    assert (ran.code, first_line(ran)) == (0, "103 records in d/records.jsonl")
    assert files_of(tmp_path / "d") == {name_of(PDF, ".pdf"): PDF}
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 1
