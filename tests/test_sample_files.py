"""The sample archive's addresses of documents and their files: where they lead, what the files are, what parts cost."""

import hashlib
import http.client
import re
import struct
import urllib.parse
import zlib
from collections import Counter
from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest

from harvester.sample import Answer, Archive, Habits, Request, running
from harvester.sample.documents import is_file, is_page
from harvester.sample.pdf import write_pdf, write_png
from harvester.sample.site import answer_request

ARCHIVE = Archive()
PAPERS = [ARCHIVE.paper(record) for record in ARCHIVE.records]
WITH_ALL = next(paper for paper in PAPERS if len(paper.files) == 3)
WITHOUT = next(paper for paper in PAPERS if not paper.files)


def ask(target: str, method: str = "GET", archive: Archive = ARCHIVE, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer_request(archive, Request(method, target, named), None)


def served(**habits: object) -> Archive:
    archive = Archive()
    archive.habits = Habits(**habits)
    return archive


# Addresses


def test_all_addresses_of_a_document_lead_to_its_page():
    for paper in PAPERS:
        for address in (f"/node/{paper.node}", f"/document/{paper.number}", f"/document/{paper.number}?x=1"):
            answer = ask(address)
            assert (answer.status, answer.headers["Location"], answer.data) == (301, paper.path, b"")
        assert ask(paper.path).status == 200


def test_a_node_may_be_served_directly():
    paper = PAPERS[3]
    answer = ask(f"/node/{paper.node}", archive=served(direct_nodes=True))
    assert (answer.status, answer.data) == (200, ask(paper.path).data)
    assert ask("/node/1", archive=served(direct_nodes=True)).status == 404


def test_the_old_era_knows_the_record_id_and_nothing_else():
    archive = served(era="old")
    for paper in PAPERS[:20]:
        then = f"/document/{paper.number}"
        assert ask(then, archive=archive).status == 200
        assert ask(f"{then}.ris", archive=archive).status == 200
        assert ask(f"{then}.pdf?v=1", archive=archive).status == (200 if paper.files else 404)
        for address in (paper.path, f"/node/{paper.node}", f"/document/{paper.node}/download", "/search"):
            assert ask(address, archive=archive).status == 404
        for file in archive.paper(archive.find_node(paper.node)).files:
            assert file.path.startswith(f"{then}.pdf?v=")
            assert ask(file.path, archive=archive).data == ask(f"{then}.pdf").data


def test_a_slug_of_digits_is_a_slug_first():
    archive = Archive(3)
    number = archive.records[0].record_id
    record = archive.add("Another", slug=str(number))
    assert ask(record.path, archive=archive).status == 200
    assert b"<span>Another</span>" in ask(record.path, archive=archive).data


@pytest.mark.parametrize(
    "target",
    [
        *(
            "/node/1",
            "/document/1",
            "/document/1.pdf",
            "/document/1.ris",
            "/document/1/download",
            "/document//download",
        ),
        *("/document/110000.doc", "/sites/default/files/documents/1.pdf", "/node/" + "9" * 5000, "/node/²"),
        f"/sites/default/files/scans/{WITH_ALL.node}-3.png",
        *(f"/document/{WITHOUT.node}/download", f"/document/{WITHOUT.number}.pdf"),
    ],
)
def test_what_no_page_leads_to_is_not_there(target):
    assert ask(target).status == 404


def test_a_reference_has_what_programs_ask_for():
    paper = next(p for p in PAPERS if p.date and len(p.authors) > 1 and not p.title.isascii())
    answer = ask(f"/document/{paper.number}.ris", Host="x.example")
    assert answer.headers["Content-Type"] == "application/x-research-info-systems"
    tags = [line.split("  - ", 1) for line in answer.data.decode().removesuffix("\r\n").split("\r\n")]
    assert (tags[0], tags[-1]) == (["TY", "UNPB"], ["ER", ""])
    assert {"TI": paper.title, "DA": paper.date, "UR": f"http://x.example/document/{paper.number}"}.items() <= dict(
        tags
    ).items()
    assert [value for tag, value in tags if tag == "AU"] == [pill.name for pill in paper.authors]


def test_which_addresses_are_a_documents_and_which_a_files():
    for paper in PAPERS:
        pages = (paper.path, paper.old_path, f"/node/{paper.node}", f"{paper.old_path}.ris")
        files = (*(file.path for file in paper.files), f"{paper.old_path}.pdf")
        assert all(is_page(path) and not is_file(path) for path in pages)
        assert all(is_file(path) and not is_page(path) for path in files)
    assert not any(is_page(path) or is_file(path) for path in ("/search", "/", "/robots.txt", "/document/"))


# The files themselves


def check_pdf(data: bytes) -> None:
    """Read a file as its table tells: each object where it says, each stream as long as it says."""
    assert data.startswith(b"%PDF-1.4\n")
    assert data.endswith(b"%%EOF\n")
    table = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)[1])
    count = int(re.match(rb"xref\n0 (\d+)\n", data[table:])[1])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n \n", data[table:])]
    assert len(places) == count - 1
    for number, place in enumerate(places, start=1):
        assert data[place:].startswith(b"%d 0 obj\n" % number)
        head = re.match(rb"\d+ 0 obj\n<<.*?/Length (\d+) >>\nstream\n", data[place : place + 300], re.DOTALL)
        if head:
            rest = data[place + head.end() + int(head[1]) :]
            assert rest.startswith(b"\nendstream\nendobj\n")
    assert {int(n) for n in re.findall(rb"(\d+) 0 R", data[: places[-1]])} <= set(range(1, count))


def check_png(data: bytes) -> None:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, []
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length]) == (zlib.crc32(name + body),)
        chunks.append((name, body))
        place += 12 + length
    assert [name for name, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", chunks[0][1][:8])
    assert len(zlib.decompress(chunks[1][1])) == (width + 1) * height > 0


def test_files_are_valid_of_all_sizes_and_some_are_images():
    sizes, kinds = [], Counter()
    for paper in PAPERS:
        for file in paper.files:
            answer = ask(file.path)
            assert (answer.status, answer.headers["Content-Type"]) == (200, file.type)
            kinds[file.kind, file.type] += 1
            sizes.append(len(answer.data))
            check_png(answer.data) if file.type == "image/png" else check_pdf(answer.data)
    assert set(kinds) == {("scan", "application/pdf"), ("scan", "image/png"), ("download", "application/pdf")}
    assert min(kinds.values()) > 10
    assert 1_024 <= min(sizes) < 2_000
    assert 250_000 < max(sizes) < 301_000


@pytest.mark.parametrize("pixels", [b"", b"\0" * 300, b"\1" * 70_000])
def test_files_without_rows_and_with_many_are_valid(pixels):
    check_pdf(write_pdf(["A (bracket) \\ and a ż"], pixels))
    if pixels:
        check_png(write_png(pixels))


def test_scan_and_download_are_one_file_or_two():
    found = Counter(linked=sum(file.linked for paper in PAPERS for file in paper.files))
    assert found.pop("linked") > 10
    for paper in PAPERS:
        pdfs = [file for file in paper.files if file.type == "application/pdf"]
        if len(pdfs) == 2:
            assert pdfs[0].path != pdfs[1].path
            found[ask(pdfs[0].path).data == ask(pdfs[1].path).data] += 1
        if any(file.kind == "download" or file.linked for file in paper.files):
            assert ask(f"/document/{paper.number}.pdf").data == ask(f"/document/{paper.node}/download").data
    assert set(found) == {True, False}


def test_they_are_the_same_files_as_ever():
    digest = hashlib.sha256()
    for paper in PAPERS:
        for file in paper.files:
            answer = ask(file.path)
            digest.update(repr((file.path, answer.headers, answer.data)).encode())
    assert digest.hexdigest()[:16] == "c4b59e49ad4e2aaf"


def test_a_file_says_when_it_was_changed_and_which_it_is():
    tags = {ask(file.path).headers["ETag"] for paper in PAPERS for file in paper.files}
    assert len(tags) > 80
    assert all(re.fullmatch('"[0-9a-f]{20}"', tag) for tag in tags)
    days = {parsedate_to_datetime(ask(f.path).headers["Last-Modified"]) for p in PAPERS for f in p.files}
    assert (min(days).year, max(days).year) == (2012, 2021)


def test_a_revised_file_is_another_one():
    archive = Archive()
    path = WITH_ALL.files[0].path
    before = ask(path, archive=archive)
    kept = archive.snapshot()
    archive.revise(WITH_ALL.node)
    after = ask(path, archive=archive)
    assert before.data != after.data
    assert before.headers["ETag"] != after.headers["ETag"]
    told = [parsedate_to_datetime(answer.headers["Last-Modified"]) for answer in (before, after)]
    assert told[0] < told[1]
    assert ask(path, archive=kept).data == before.data
    check_pdf(after.data)


# Parts of files: RFC 9110, 14


PATH = WITH_ALL.files[0].path
WHOLE = ask(PATH)
SIZE = len(WHOLE.data)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("BYTES= 100-199 ", 100, 199),
        (f"bytes=100-{SIZE * 5}", 100, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        (f"bytes=-{SIZE * 5}", 0, SIZE - 1),
    ],
)
def test_a_part(asked, first, last):
    answer = ask(PATH, Range=asked)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.data == WHOLE.data[first : last + 1]
    assert answer.headers["ETag"] == WHOLE.headers["ETag"]
    assert answer.headers["Last-Modified"] == WHOLE.headers["Last-Modified"]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_a_part_that_is_not_there(asked):
    answer = ask(PATH, Range=asked)
    assert (answer.status, answer.headers["Content-Range"], answer.data) == (416, f"bytes */{SIZE}", b"")


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,4-5", "0-1", "bytes=²-"]
)
def test_what_is_no_single_range_is_answered_with_the_whole(asked):
    assert ask(PATH, Range=asked) == WHOLE


TAG, DAY = WHOLE.headers["ETag"], WHOLE.headers["Last-Modified"]


@pytest.mark.parametrize(
    ("condition", "status"),
    [(TAG, 206), (DAY, 206), ('"other"', 200), (f"W/{TAG}", 200), ("Mon, 01 Jan 2001 00:00:00 GMT", 200), ("", 200)],
)
def test_a_part_of_a_file_that_is_meant(condition, status):
    assert ask(PATH, Range="bytes=0-9", If_Range=condition).status == status


def test_a_file_that_was_changed_meanwhile_comes_whole_to_who_says_which_is_meant():
    archive = Archive()
    archive.revise(WITH_ALL.node)
    meant = ask(PATH, archive=archive, Range="bytes=10-", If_Range=TAG)
    assert (meant.status, meant.data[:5]) == (200, b"%PDF-")
    careless = ask(PATH, archive=archive, Range="bytes=10-")
    assert careless.status == 206
    assert careless.headers["ETag"] != TAG


def test_a_server_without_parts():
    answer = ask(PATH, archive=served(ranges=False), Range="bytes=0-9")
    assert (answer.status, answer.headers["Accept-Ranges"], answer.data) == (200, "none", WHOLE.data)
    assert WHOLE.headers["Accept-Ranges"] == "bytes"


def test_head_knows_no_parts():
    assert ask(PATH, "HEAD", Range="bytes=0-9").status == 200


def test_pages_know_no_parts():
    assert ask(WITH_ALL.path, Range="bytes=0-9").status == 200


# Over the wire


def fetch(url: str, target: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=5)
    try:
        connection.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_a_file_comes_in_two_parts_as_it_came_whole():
    with running() as server:
        response, body = fetch(server.url, PATH, Accept_Encoding="gzip")
        assert (response.status, body) == (200, WHOLE.data)
        assert "Content-Encoding" not in response.headers
        assert response.headers["Content-Length"] == str(SIZE)
        response, first = fetch(server.url, PATH, Range="bytes=0-499")
        assert (response.status, response.headers["Content-Length"]) == (206, "500")
        response, rest = fetch(server.url, PATH, Range="bytes=500-", If_Range=TAG)
        assert (response.status, first + rest) == (206, WHOLE.data)
        response, nothing = fetch(server.url, PATH, Range=f"bytes={SIZE}-")
        assert (response.status, response.headers["Content-Range"], nothing) == (416, f"bytes */{SIZE}", b"")
        response, nothing = fetch(server.url, PATH, "HEAD")
        assert (response.status, response.headers["Content-Length"], nothing) == (200, str(SIZE), b"")
        assert [request.path_qs for request in server.log] == [PATH] * 5
        server.archive.habits = replace(server.archive.habits, era="old")
        assert fetch(server.url, WITH_ALL.old_path)[0].status == 200
        assert fetch(server.url, WITH_ALL.path)[0].status == 404
