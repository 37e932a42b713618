"""`harvest crawl --snapshot`: what is kept, that other people's tools accept it, and where provenance leads."""

import gzip
import hashlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile

import pytest
from conftest import Harvest, read_json, read_lines
from snapshots import answers_of, pages_of, records_of, waczs, warc_of
from warcio.archiveiterator import ArchiveIterator

from harvester.archives.snapshot.cdxj import url_key
from harvester.archives.snapshot.contents import read_contents
from harvester.archives.snapshot.exchange import Exchange
from harvester.archives.snapshot.writer import SnapshotWriter
from harvester.sample import Answer, Archive, Request, Server, running
from tests.soak.engine import Clock, crawl, run

OWN = "https://digitalarchive.wilsoncenter.org"
ID = re.compile(r"<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>")


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def take(harvest: Harvest, server: Server, folder: Path, *args: object):
    return harvest(
        "crawl", f"{server.url}/search", "--site", "wilson", "--page-size", 10, "--snapshot", "-o", folder, *args
    )


def again(server: Server, folder: Path, clock: Clock, **arguments: object):
    """Crawl in this process, on a clock of our own."""
    return run(crawl([f"{server.url}/search"], folder, clock, snapshot=True, page_size=10, **arguments))


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a dataset of the sample, ten rows a page, with its snapshot."""
    folder = tmp_path_factory.mktemp("taken") / "d"
    with running(Archive()) as server:
        assert again(server, folder, Clock()).code == 0
    yield folder


def tool(name: str, *args: object) -> subprocess.CompletedProcess[bytes]:
    """Run a tool of others, in a process of its own: some are not clean of warnings."""
    command = [str(Path(sys.executable).with_name(name)), *map(str, args)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60)


def check(wacz: Path) -> None:
    """Let the tools of others check a snapshot."""
    validated = tool("wacz", "validate", "-f", wacz)
    assert validated.returncode == 0, validated.stdout.decode()
    with TemporaryDirectory() as folder:
        warc = Path(folder, "data.warc.gz")
        warc.write_bytes(warc_of(wacz))
        checked = tool("warcio", "check", "-v", warc)
    lines = checked.stdout.decode().splitlines()
    assert checked.returncode == 0, lines
    assert lines.count("    digest pass") == len(records_of(warc_of(wacz)))


def test_a_crawl_of_103_records_is_kept_whole(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert take(harvest, server, tmp_path / "d").code == 0
    assert harvest("verify", tmp_path / "d").code == 0
    (wacz,) = (tmp_path / "d" / "snapshot").iterdir()
    check(wacz)
    told = [record.url.removeprefix(server.url) for record in answers_of(tmp_path / "d")]
    assert told == [request.path_qs for request in server.log] and len(told) == 12 and told[0] == "/robots.txt"


def test_the_same_is_published_with_a_snapshot_as_without(server: Server, taken: Path, tmp_path: Path) -> None:
    assert run(crawl([f"{server.url}/search"], tmp_path / "d", Clock(), page_size=10)).code == 0
    assert (tmp_path / "d" / "records.jsonl").read_bytes() == (taken / "records.jsonl").read_bytes()
    assert not (tmp_path / "d" / "snapshot").exists()


def test_the_same_crawl_gives_the_same_records_of_warc(server: Server, tmp_path: Path) -> None:
    """But for the server's own clock, nothing in them is left to chance."""
    server.intercept = lambda request: Answer(200, {"Date": "today"}, server.answer(request).body)
    for name in "ab":
        again(server, tmp_path / name, Clock())
    (first,), (second,) = waczs(tmp_path / "a"), waczs(tmp_path / "b")
    assert first.name == second.name and warc_of(first) == warc_of(second)
    assert first.read_bytes() == second.read_bytes()


def test_each_record_says_what_the_standard_asks_for(taken: Path) -> None:
    (wacz,) = waczs(taken)
    records = records_of(warc_of(wacz))
    assert [record.kind for record in records] == ["warcinfo", *["response", "request"] * 12]
    assert len({record.fields["WARC-Record-ID"] for record in records}) == 25
    for record in records:
        assert ID.fullmatch(record.fields["WARC-Record-ID"])
        assert record.fields["WARC-Block-Digest"] == "sha256:" + hashlib.sha256(record.block).hexdigest()
        assert int(record.fields["Content-Length"]) == len(record.block)
        assert record.kind == "warcinfo" or record.fields["WARC-IP-Address"] == "127.0.0.1"
    crawl_id = pages_of(wacz)[0]["harvest"]["crawl"]
    assert f"isPartOf: {crawl_id}\r\n".encode() in records[0].block
    assert wacz.name == crawl_id.replace(":", "") + ".wacz"
    for response, request in zip(records[1::2], records[2::2], strict=True):
        assert request.fields["WARC-Concurrent-To"] == response.fields["WARC-Record-ID"]
        assert request.fields["WARC-Date"] == response.fields["WARC-Date"]


def test_each_record_is_a_gzip_member_of_its_own(taken: Path) -> None:
    (wacz,) = waczs(taken)
    warc = warc_of(wacz)
    offsets = [record.offset for record in records_of(warc)]
    for begin, end in zip(offsets, [*offsets[1:], len(warc)], strict=True):
        assert gzip.decompress(warc[begin:end]).startswith(b"WARC/1.1\r\n")


def test_bodies_in_chunks_have_no_payload_digest(taken: Path) -> None:
    from raw_server import raw_server
    from test_snapshot_wire import chunked

    with raw_server(chunked) as raw:
        folder = taken.with_name("chunked")
        assert run(crawl([f"{raw.url}/search"], folder, Clock(), snapshot=True)).code == 0
    check(waczs(folder)[0])
    assert not any("WARC-Payload-Digest" in record.fields for record in answers_of(folder))
    for record in answers_of(taken):
        body = record.block.partition(b"\r\n\r\n")[2]
        assert record.fields["WARC-Payload-Digest"] == "sha256:" + hashlib.sha256(body).hexdigest()


def test_provenance_leads_to_the_record_whose_body_has_the_digest_told(taken: Path) -> None:
    told = {
        (capture["file"], capture["offset"], capture["digest"], capture["captured_at"])
        for line in read_lines(taken / "provenance.jsonl")
        for capture in line["captures"]
    }
    assert len(told) == 11
    for file, offset, digest, captured_at in told:
        container, _, member = file.partition("#")
        with ZipFile(taken / container) as pack:
            stream = BytesIO(pack.read(member)[offset:])
        record = next(iter(ArchiveIterator(stream)))
        assert "sha256:" + hashlib.sha256(record.content_stream().read()).hexdigest() == digest
        assert record.rec_headers["WARC-Date"] == captured_at
        assert record.rec_type == "response"


def test_the_index_is_as_cdxj_indexer_writes_it(taken: Path, tmp_path: Path) -> None:
    (wacz,) = waczs(taken)
    (tmp_path / "data.warc.gz").write_bytes(warc_of(wacz))
    told = tool("cdxj-indexer", "--sort", tmp_path / "data.warc.gz").stdout
    with ZipFile(wacz) as pack:
        assert pack.read("indexes/index.cdxj") == told
    assert len(told.splitlines()) == 12


ODD_ANSWERS = [
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: /search?page=77\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 500 Sorry\r\nCONTENT-TYPE:  Text/Plain;charset=x\r\nContent-Length: 4\r\n\r\nlate",
    b"HTTP/1.1 404\r\nContent-Type:\r\nContent-Length: 4\r\n\r\ngone",
    b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbroken off",
    b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 4\n\nabcd",
    b"HTTP/1.0 200 OK\r\nX-A: b\r\n folded\r\nContent-Type:\ttext/html ; a=b\r\n\r\nabcd",
    b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Type: text/html\r\n\r\nabcd",
]


def test_odd_answers_are_indexed_and_checked_like_others(tmp_path: Path) -> None:
    warc = tmp_path / "odd.warc.gz"
    writer = SnapshotWriter(warc, "a crawl")
    for i, answer in enumerate(ODD_ANSWERS):
        url = f"http://127.0.0.1:9/{i}?b&a=1"
        assert writer.keep(Exchange(url, datetime(2026, 1, 1, tzinfo=UTC), b"GET / HTTP/1.1\r\n\r\n", answer))
    writer.close()
    assert "".join(read_contents(warc, warc.name).lines).encode() == tool("cdxj-indexer", "--sort", warc).stdout
    checked = tool("warcio", "check", "-v", warc)
    assert checked.stdout.count(b"    digest pass") == 1 + 2 * len(ODD_ANSWERS) and checked.returncode == 0


ODD_URLS = [
    f"{OWN}/search?f%5B0%5D=topics%3A81003&page=7&f[1]=a%2520b&page=3&&",
    "http://WWW2.Example.org:8080//a/./b/../C%2Fd/?B=2&a",
    "http://127.0.0.1:80/robots.txt#top",
    "https://example.org",
    "https://example.org/?",
    "https://example.org/a%E2%82%AC?q=%C3%A9+b",
    "https://example.org/..//%7e%41/",
    "https://example.org:443/x;y=z?b=1=2&b=1",
]
SURT = "import json, sys, surt; json.dump([surt.surt(url) for url in json.load(sys.stdin)], sys.stdout)"


def test_the_keys_of_addresses_are_those_of_surt() -> None:
    chance = random.Random(1)
    drawn = ["".join(chance.choices("abAB019%25/.?&=+-_~[]():;", k=chance.randrange(30))) for _ in range(2000)]
    urls = [*ODD_URLS, *(f"https://www.example.org/{rest}" for rest in drawn)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SURT], input=json.dumps(urls).encode(), capture_output=True, check=True
    )
    for url, key in zip(urls, json.loads(done.stdout), strict=True):
        assert url_key(url) == key, url


def test_the_package_vouches_for_every_file(taken: Path) -> None:
    (wacz,) = waczs(taken)
    with ZipFile(wacz) as pack:
        package = json.loads(pack.read("datapackage.json"))
        vouched = json.loads(pack.read("datapackage-digest.json"))
        names = {info.filename for info in pack.infolist()}
        assert names == {*(r["path"] for r in package["resources"]), "datapackage.json", "datapackage-digest.json"}
        for resource in package["resources"]:
            data = pack.read(resource["path"])
            assert (resource["bytes"], resource["hash"]) == (len(data), "sha256:" + hashlib.sha256(data).hexdigest())
        assert vouched["hash"] == "sha256:" + hashlib.sha256(pack.read("datapackage.json")).hexdigest()
        assert pack.getinfo("archive/data.warc.gz").compress_type == ZIP_STORED
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    assert package["created"] == "2026-03-01T12:00:00Z"


def test_the_pages_list_tells_what_the_crawl_made_of_its_pages(taken: Path) -> None:
    (wacz,) = waczs(taken)
    first, pages = pages_of(wacz)
    crawl_id = "2026-03-01T12:00:00.001000Z"
    assert first == {
        "format": "json-pages-1.0",
        "id": "pages",
        "title": "Pages that the harvest took",
        "harvest": {"version": "1", "site": "wilson", "crawl": crawl_id},
    }
    assert [page["title"] for page in pages] == [f"/search, {n} - {min(n + 9, 103)} of 103" for n in range(1, 104, 10)]
    records = {record.offset: record for record in answers_of(taken)}
    for i, page in enumerate(pages):
        record, told = records[page["harvest"].pop("offset")], page["harvest"]
        assert (page["id"], page["url"], page["ts"]) == (str(i + 1), record.url, record.fields["WARC-Date"])
        assert told.pop("digest").startswith("sha256:")
        query = "?sort_bef_combine=created_DESC" + (f"&page={i}" if i else "")
        assert told.pop("url") == f"{OWN}/search{query}"
        assert told == {
            "listing": "/search",
            "order": "created_DESC",
            "begun": crawl_id,
            "pass": 1,
            "proving": True,
            "cut_off": False,
            "file": "data.warc.gz",
        }


def test_a_last_row_that_was_not_believed_is_told_of(server: Server, tmp_path: Path) -> None:
    def without_pager(request: Request) -> Answer | None:
        if numbered(request) != 4:
            return None
        text = server.answer(request).data.decode()
        return Answer(200, {}, re.sub(r"<nav.*?</nav>", "", text, flags=re.S))

    server.intercept = without_pager
    again(server, tmp_path / "d", Clock())
    _, pages = pages_of(waczs(tmp_path / "d")[0])
    assert [line["reason"] for line in read_lines(tmp_path / "d" / "rejects.jsonl")] == ["cut-off"]
    assert [page["harvest"]["cut_off"] for page in pages] == [number == 4 for number in range(11)]


def test_tries_that_failed_are_kept_and_not_listed(server: Server, tmp_path: Path) -> None:
    left = [Answer(503, {}, "later"), Answer(200, {}, "<html><body>nothing here</body></html>")]
    server.intercept = lambda request: left.pop() if numbered(request) == 4 and left else None
    assert again(server, tmp_path / "d", Clock()).code == 0
    assert len(answers_of(tmp_path / "d")) == 14
    assert len(pages_of(waczs(tmp_path / "d")[0])[1]) == 11


def test_a_listing_that_was_walked_again_lists_every_pass(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: (
        (server.archive.add("A note that came late", "June 1, 1960") if len(server.pages()) == 6 else None) and None
    )
    assert again(server, tmp_path / "d", Clock()).code == 0
    _, pages = pages_of(waczs(tmp_path / "d")[0])
    passes = [page["harvest"]["pass"] for page in pages]
    assert passes == sorted(passes) and set(passes) == {1, 2} and passes.count(2) == 11


def test_a_walk_that_was_gone_on_with_names_the_crawl_that_began_it(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.intercept = lambda request: Answer(404, {}, "<title>Not found</title>") if numbered(request) == 6 else None
    assert again(server, tmp_path / "d", clock).code == 6
    server.intercept = None
    assert again(server, tmp_path / "d", clock).code == 0
    (first, pages), (second, more) = map(pages_of, waczs(tmp_path / "d"))
    begun = first["harvest"]["crawl"]
    assert second["harvest"]["crawl"] > begun
    assert {page["harvest"]["begun"] for page in pages + more} == {begun}
    assert (len(pages), len(more)) == (6, 5)


def test_every_night_has_a_snapshot_of_its_own(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    for night in range(3):
        server.archive.add(f"New in night {night}", "June 1, 1960")
        assert again(server, tmp_path / "d", clock).code == 0
    assert [len(pages_of(wacz)[1]) for wacz in waczs(tmp_path / "d")] == [11, 11, 11]
    files = {c["file"] for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]}
    assert {file.partition("#")[0] for file in files} <= {f"snapshot/{wacz.name}" for wacz in waczs(tmp_path / "d")}


def test_a_fresh_build_has_its_snapshot_and_leaves_the_others(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    assert again(server, tmp_path / "d", clock).code == 0
    assert again(server, tmp_path / "d", clock, anew=True).code == 0
    assert [len(pages_of(wacz)[1]) for wacz in waczs(tmp_path / "d")] == [11, 11]
    files = {c["file"] for line in read_lines(tmp_path / "d" / "provenance.jsonl") for c in line["captures"]}
    assert files == {f"snapshot/{waczs(tmp_path / 'd')[1].name}#archive/data.warc.gz"}


def test_a_fresh_build_that_fails_keeps_its_pages_for_the_one_that_goes_on(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    assert again(server, tmp_path / "d", clock).code == 0
    server.intercept = lambda request: Answer(404, {}, "<title>Not found</title>") if numbered(request) == 6 else None
    assert again(server, tmp_path / "d", clock, anew=True).code != 0
    server.intercept = None
    assert again(server, tmp_path / "d", clock).code == 0  # a night between, of the dataset that stands
    assert again(server, tmp_path / "d", clock, anew=True).code == 0
    assert [len(pages_of(wacz)[1]) for wacz in waczs(tmp_path / "d")] == [11, 6, 11, 5]


def test_a_first_crawl_that_reads_nothing_leaves_no_folder(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: Answer(404, {}, "<title>Not found</title>") if numbered(request) == 0 else None
    assert take(harvest, server, tmp_path / "d").code == 6
    assert not (tmp_path / "d").exists()


def test_a_refusal_is_kept_as_evidence_beside_what_was_held(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    assert again(server, tmp_path / "d", clock).code == 0
    server.intercept = lambda request: Answer(403, {}, "<h1>Sorry, you have been blocked</h1>")
    assert again(server, tmp_path / "d", clock).code == 4
    first, pages = pages_of(waczs(tmp_path / "d")[1])
    assert first["harvest"]["site"] == "wilson" and pages == []
    check(waczs(tmp_path / "d")[1])


def test_a_night_without_an_answer_leaves_no_snapshot(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    assert again(server, tmp_path / "d", clock).code == 0
    before = waczs(tmp_path / "d")
    server.robots = None
    server.intercept = lambda request: Answer(cut=-1)
    assert again(server, tmp_path / "d", clock).code == 5
    assert list((tmp_path / "d" / "snapshot").iterdir()) == before


def test_ctrl_c_packs_what_was_kept(server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: replace(server.answer(request), delay=0.3) if numbered(request) >= 2 else None
    command = ["crawl", f"{server.url}/search", "--site", "wilson", "--page-size", "10", "--snapshot"]
    with subprocess.Popen(
        [sys.executable, "-m", "harvester", *command, "-o", str(tmp_path / "d")], stderr=subprocess.PIPE
    ) as crawler:
        while len(server.pages()) < 4:
            time.sleep(0.05)
        crawler.send_signal(signal.SIGINT)
        _, said = crawler.communicate(timeout=30)
    assert crawler.returncode == 130, said
    (wacz,) = (tmp_path / "d" / "snapshot").iterdir()
    listed = {page["harvest"]["digest"] for page in pages_of(wacz)[1]}
    lines = read_lines(tmp_path / "d" / "provenance.jsonl")
    assert listed == {capture["digest"] for line in lines for capture in line["captures"]}
    check(wacz)


def test_a_dry_run_keeps_nothing(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    assert take(harvest, server, tmp_path / "d", "--dry-run").code == 0
    assert not (tmp_path / "d").exists()


def test_other_files_of_the_dataset_hold_no_address_of_the_copy(taken: Path) -> None:
    for file in taken.glob("*.json*"):
        assert "127.0.0.1" not in file.read_text(encoding="utf-8")
    assert b"http://127.0.0.1:" in gzip.decompress(warc_of(waczs(taken)[0]))
    assert read_json(taken / "coverage.json")["listings"][0]["verdict"] == "complete"


def test_a_reader_may_take_the_snapshots_away(harvest: Harvest, taken: Path, tmp_path: Path) -> None:
    shutil.copytree(taken, tmp_path / "d")
    shutil.rmtree(tmp_path / "d" / "snapshot")
    assert harvest("verify", tmp_path / "d").code == 0
