"""Documents from a web archive: of each the newest capture that can be read, whatever else the archive has."""

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Harvest, read_lines

from harvester.archives.wayback import MOST_CAPTURES, Shelves, Wanted, paths_of, read_index
from harvester.dataset.run import Result
from harvester.items import FileLink
from harvester.ledger.addresses import own_addresses
from harvester.ledger.due import Due
from harvester.ledger.lacking import lacking_documents, lacking_files
from harvester.sample import Answer, Archive, Request
from harvester.sample.past import is_page, shoot_documents, shoot_files
from harvester.sample.record import Record
from harvester.sample.running import serving
from harvester.sample.visits import HOST
from harvester.sample.wayback import Shot, Wayback, make_urlkey, shoot
from harvester.sites import find_site
from harvester.spiders.wayback_index import MOST_SINGLE
from tests.holding import begin, document, entry, url_of
from tests.soak.engine import Clock, run
from tests.soak.wayback import gather
from tests.soak.wayback_documents import try_documents

LISTING = f"https://{HOST}/search"
SITE = find_site("wilson")
FEW = 33  # records; more than are looked up one by one


def visit_of(archive: Archive) -> list[Shot]:
    return [shoot(archive, f"202503160000{page:02d}", f"{LISTING}?page={page}&items_per_page=25") for page in range(5)]


def take(server: Wayback, folder: Path, *urls: str, wanted: str | None = "documents") -> Result:
    return run(gather(list(urls) or [LISTING], folder, server.url, Clock(), wanted))


def documents_asked(server: Wayback) -> list[str]:
    return [request.path_qs for request in server.pages() if "/document/" in request.path_qs]


def newest_good(shots: list[Shot], record: Record) -> str:
    key = make_urlkey(f"{HOST}{record.path}")
    times = [s.timestamp for s in shots if s.urlkey.partition("?")[0] == key and is_page(s)]
    return max(times)


def captured(folder: Path) -> dict[str, set[str]]:
    """Return the times of the captures of each record's document, as fourteen digits."""
    return {
        line["id"]: {
            "".join(filter(str.isdigit, capture["captured_at"]))
            for capture in line["captures"]
            if capture["kind"] == "document"
        }
        for line in read_lines(folder / "provenance.jsonl")
    }


def ids(folder: Path) -> dict[str, str]:
    return {line["url"].partition(HOST)[2]: line["id"] for line in read_lines(folder / "records.jsonl")}


def published(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("records.jsonl", "documents.jsonl", "rejects.jsonl")}


# The whole path


@pytest.mark.parametrize("seed", [1, 2])
def test_of_each_document_the_newest_capture_that_can_be_read_is_had(tmp_path: Path, seed: int) -> None:
    archive = Archive()
    shots = shoot_documents(archive, seed)
    with serving(Wayback([*visit_of(archive), *shots])) as server:
        result = take(server, tmp_path / "d")
        asked = documents_asked(server)
    assert result.code == 0, (seed, result.lines)
    assert len(asked) == len(set(asked)), seed
    refused = {f"/web/{shot.timestamp}id_/{shot.url}" for shot in shots if b"triggerInterstitial" in shot.body}
    assert len(refused) > 5 and len(refused & set(asked)) == 1, seed  # the same body again is not asked for
    documents = {line["url"].partition(HOST)[2] for line in read_lines(tmp_path / "d" / "documents.jsonl")}
    assert documents == {record.path for record in archive.records}
    known, times = ids(tmp_path / "d"), captured(tmp_path / "d")
    for record in archive.records:
        assert times[known[record.path]] == {newest_good(shots, record)}, (seed, record.path)
    assert read_lines(tmp_path / "d" / "rejects.jsonl") == []
    span = sorted(time[:8] for each in times.values() for time in each)
    days = [f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in (span[0], span[-1])]
    assert f"captures of documents: from {days[0]} to {days[1]}" in result.lines
    assert [line for line in result.lines if line.startswith("documents: ")] == [
        "documents: 103 of 103 read - complete"
    ]


def test_run_again_it_asks_for_no_document_and_says_the_same(tmp_path: Path) -> None:
    archive = Archive(FEW)
    with serving(Wayback([*visit_of(archive), *shoot_documents(archive)])) as server:
        first = take(server, tmp_path / "d")
        before, asked = published(tmp_path / "d"), len(server.log)
        again = take(server, tmp_path / "d")
    assert first.lines == again.lines and published(tmp_path / "d") == before
    assert [r for r in server.log[asked:] if "/document" in r.path_qs] == []


def test_without_the_wish_no_document_is_asked_for(tmp_path: Path) -> None:
    archive = Archive(FEW)
    with serving(Wayback([*visit_of(archive), *shoot_documents(archive)])) as server:
        assert take(server, tmp_path / "d", wanted=None).code == 0
    assert [request for request in server.log if "document" in request.path_qs] == []


@pytest.mark.parametrize("number", [1, 15, 40])
def test_killed_it_goes_on_and_fetches_no_document_twice(tmp_path: Path, number: int) -> None:
    archive = Archive(FEW)
    shots = [*visit_of(archive), *shoot_documents(archive, never=[archive.records[3].node])]
    with serving(Wayback(shots)) as server:
        undisturbed = take(server, tmp_path / "whole")
        asked = documents_asked(server)
    assert undisturbed.code == 3
    with serving(Wayback(shots)) as server:
        words = [sys.executable, "-W", "error", "-m", "harvester", "crawl", LISTING, "--via", "wayback", "--documents"]
        words += ["--wayback", server.url, "-o", str(tmp_path / "d")]
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

        def kill(request: Request) -> Answer | None:
            if len(documents_asked(server)) == number and process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            return None

        server.intercept = kill
        assert process.wait(timeout=60) == -signal.SIGKILL
        server.intercept = None
        done = subprocess.run(words, capture_output=True, timeout=60, check=False)
        assert done.returncode == 3, done.stderr
        twice = {path: count for path, count in Counter(documents_asked(server)).items() if count > 1}
    good = {f"/web/{shot.timestamp}id_/{shot.url}" for shot in shots if is_page(shot)}
    assert {path for path in documents_asked(server) if path in good} == {path for path in asked if path in good}
    last = documents_asked(server)[number - 1]
    assert {path for path in twice if path in good} <= {last}
    assert published(tmp_path / "d") == published(tmp_path / "whole")


def test_a_document_that_was_never_captured_is_told_and_keeps_no_other_from_being_had(tmp_path: Path) -> None:
    archive = Archive(FEW)
    lost, spoilt = archive.records[5], archive.records[6]
    shots = shoot_documents(archive, never=[lost.node], bad=[spoilt.node])
    with serving(Wayback([*visit_of(archive), *shots])) as server:
        result = take(server, tmp_path / "d")
    assert result.code == 3
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == FEW - 2
    told = {line["url"].partition(HOST)[2]: line["reason"] for line in read_lines(tmp_path / "d" / "rejects.jsonl")}
    assert told[lost.path] == "not-archived" and told[spoilt.path] in {"no-memento", "not-archived"} and len(told) == 2
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(told.values()).items()))
    (line,) = (line for line in result.lines if line.startswith("documents: "))
    assert line == f"documents: {FEW - 2} of {FEW} read, 2 missing, 2 failures ({kinds}) - incomplete"


def test_what_could_not_be_had_is_had_by_the_next_run_and_told_no_more(tmp_path: Path) -> None:
    archive = Archive(FEW)
    lost = archive.records[5]
    with serving(Wayback([*visit_of(archive), *shoot_documents(archive, never=[lost.node])])) as server:
        assert take(server, tmp_path / "d").code == 3
    with serving(Wayback([*visit_of(archive), *shoot_documents(archive)])) as server:
        assert take(server, tmp_path / "d").code == 0
        assert {make_urlkey(path.split("id_/")[1]).partition("?")[0] for path in documents_asked(server)} == {
            make_urlkey(f"{HOST}{lost.path}")
        }
    assert read_lines(tmp_path / "d" / "rejects.jsonl") == []


def test_files_are_had_whole_and_by_what_they_are(tmp_path: Path) -> None:
    archive = Archive(FEW)
    shots = [*visit_of(archive), *shoot_documents(archive), *shoot_files(archive)]
    with serving(Wayback(shots)) as server:
        result = take(server, tmp_path / "d", wanted="documents files")
        assert result.code == 0, result.lines
        asked = len(server.pages())
        assert take(server, tmp_path / "d", wanted="documents files").lines == result.lines
        assert len(server.pages()) == asked
    bodies = {shot.body for shot in shots if shot.status == 200}
    promised = {file.path for record in archive.records for file in archive.paper(record).files}
    links = [link for line in read_lines(tmp_path / "d" / "documents.jsonl") for link in line["files"]]
    assert {link["url"].partition(HOST)[2] for link in links} <= promised and len(links) > FEW // 2
    kept = {path.read_bytes() for path in (tmp_path / "d" / "files").iterdir()}
    assert kept and kept <= bodies


@pytest.mark.parametrize("seed", [2, 22])
def test_no_failure_makes_a_document_or_file_missing_or_wrong(seed: int) -> None:
    outcome = try_documents(seed)
    assert outcome.met > 5 and outcome.holds, outcome


# One document under all its addresses


def old_listing(records: list[Record]) -> bytes:
    rows = "".join(
        f'<li><a class="lnk-res" href="/document/{record.record_id}"><span class="itm-title">{record.title}</span></a>'
        f"<p>{record.date}</p></li>"
        for record in records
    )
    page = '<!DOCTYPE html><html><head><title>R</title></head><body><ul class="search-res">{}</ul></body></html>'
    return page.format(rows).encode()


@pytest.mark.parametrize("first", ["old", "new"])
def test_captures_of_two_eras_are_one_record_whichever_came_first(tmp_path: Path, first: str) -> None:
    archive = Archive(8)
    before = archive.snapshot()
    before.habits = replace(archive.habits, era="old")
    old = f"https://{HOST}/search-results/1/%7B%22subject%22%3A%227%22%7D"
    shots = [shoot(archive, "20250316000000", LISTING), Shot("20160316000000", old, old_listing(list(archive.records)))]
    for record in archive.records:
        shots.append(shoot(before, "20160401000000", f"http://{HOST}/document/{record.record_id}"))
        shots.append(shoot(archive, "20250401000000", f"https://{HOST}{record.path}"))
    urls = [old, LISTING] if first == "old" else [LISTING, old]
    with serving(Wayback(shots)) as server:
        for url in urls:
            take(server, tmp_path / "d", url)
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 8
    assert {line["url"].partition(HOST)[2] for line in read_lines(tmp_path / "d" / "records.jsonl")} == {
        record.path for record in archive.records
    }
    for line in read_lines(tmp_path / "d" / "provenance.jsonl"):
        kinds = Counter((capture["kind"], capture["captured_at"][:4]) for capture in line["captures"])
        assert kinds[("listing", "2016")] == kinds[("listing", "2025")] == 1


def test_an_old_address_is_not_asked_for_once_the_page_of_today_has_told_it(tmp_path: Path) -> None:
    archive = Archive(8)
    old = f"https://{HOST}/search-results/1/%7B%22subject%22%3A%227%22%7D"
    shots = [shoot(archive, "20250316000000", LISTING), Shot("20160316000000", old, old_listing(list(archive.records)))]
    told = [record for record in archive.records if archive.paper(record).record_id]
    for record in archive.records:
        page = shoot(archive, "20250401000000", f"https://{HOST}{record.path}")
        shots += [page, replace(page, timestamp="20160401000000", url=f"http://{HOST}/document/{record.record_id}")]
    with serving(Wayback(shots)) as server:
        take(server, tmp_path / "d", old, LISTING)
        asked = documents_asked(server)
    assert told
    for record in told:
        assert not [path for path in asked if path.endswith(f"/document/{record.record_id}")]


def test_an_address_that_two_documents_claim_is_asked_for_once(tmp_path: Path) -> None:
    """A page of each was captured there: it is neither's own, but there is nothing more to be had."""
    said = [document(1, node_id=node, addresses=(url_of(1), f"https://{HOST}/node/{node}")) for node in ("7", "8")]
    held = begin(tmp_path / "d")
    held.list_them(entry(1), entry(2))
    for number, one in enumerate(said):
        held.add(one, captured_at=f"202{number}-03-16T00:00:00Z")
    assert url_of(1) not in own_addresses(held.ledger.db, SITE)
    assert lacking_documents(held.ledger.db, SITE, ["everything"]) == Due((url_of(2),), 1)
    held.end()


def test_of_a_document_with_several_pages_the_files_of_the_newest_are_asked_for(tmp_path: Path) -> None:
    held = begin(tmp_path / "d")
    held.list_them(entry(1))
    links = [FileLink("scan", f"https://{HOST}/document/{number}/download") for number in (1, 2)]
    for link, day in zip(links, ("2025-03-16", "2024-03-16"), strict=True):
        held.add(document(1, files=(link,)), captured_at=f"{day}T00:00:00Z")
    assert lacking_files(held.ledger.db, SITE, ["everything"]) == Due((links[0].url,), 0)
    held.end()


# What the archive answers


def few(number: int = 6) -> tuple[Archive, list[Shot]]:
    """Return a small archive, and captures of its listing and of each document one."""
    archive = Archive(number)
    pages = [shoot(archive, "20250401000000", f"https://{HOST}{record.path}") for record in archive.records]
    return archive, [shoot(archive, "20250316000000", LISTING), *pages]


def test_a_capture_of_another_document_in_the_place_of_one_is_not_taken(tmp_path: Path) -> None:
    archive, shots = few()
    one, other = archive.records[0], archive.records[1]
    with serving(Wayback(shots)) as server:
        told = {"Location": f"/web/20250401000000id_/https://{HOST}{other.path}"}
        server.intercept = lambda r: Answer(302, told) if r.path_qs.endswith(one.path) else None
        assert take(server, tmp_path / "d").code == 3
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert reject["reason"] == "no-memento" and reject["url"].endswith(one.path)
    assert "another page in its place" in reject["message"]


def test_a_page_that_says_it_is_another_document_is_not_taken(tmp_path: Path) -> None:
    _, shots = few()
    wrong = replace(shots[2], url=shots[1].url)
    with serving(Wayback([shots[0], wrong, *shots[2:]])) as server:
        assert take(server, tmp_path / "d").code == 3
    (reject,) = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert reject["url"] == shots[1].url and "other-document" in reject["message"]


def test_the_nearest_capture_in_the_place_of_a_missing_one_is_taken_for_what_it_is(tmp_path: Path) -> None:
    _, shots = few()
    unlisted = replace(shots[1], timestamp="20240707070707")
    with serving(Wayback([shots[0], *shots[2:]])) as server:
        lines, played = [shots[0], *shots[1:]], [shots[0], replace(shots[1], moved=True), unlisted, *shots[2:]]

        def answer(request: Request) -> Answer | None:
            server.shots = sorted(lines if request.path.startswith("/cdx") else played, key=lambda s: s.urlkey)
            return None

        server.intercept = answer
        assert take(server, tmp_path / "d").code == 0
    record = ids(tmp_path / "d")[shots[1].url.partition(HOST)[2]]
    assert captured(tmp_path / "d")[record] == {"20240707070707"}


def test_few_documents_are_looked_up_one_by_one_and_many_at_once(tmp_path: Path) -> None:
    hosts = len({host.removeprefix("www.") for host in SITE.hosts})
    for number, questions in ((6, 6 * hosts), (MOST_SINGLE, MOST_SINGLE * hosts), (MOST_SINGLE + 1, hosts)):
        _, shots = few(number)
        shots[0] = replace(shots[0], body=shoot(Archive(number), "", f"{LISTING}?items_per_page=100").body,
                           url=f"{LISTING}?items_per_page=100")  # fmt: skip
        with serving(Wayback(shots)) as server:
            assert take(server, tmp_path / str(number)).code == 0
            asked = [r for r in server.log if r.path.startswith("/cdx") and "document" in r.path_qs]
        assert len(asked) == questions, number


def test_a_long_pause_ends_the_run_and_the_next_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    _, shots = few()
    with serving(Wayback(shots)) as server:
        told = Answer(429, {"Retry-After": "3600"})
        server.intercept = lambda r: told if len(documents_asked(server)) == 4 else None
        assert run(gather([LISTING], tmp_path / "d", server.url, clock, "documents")).code == 5
        assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 3
        asked = len(server.log)
        server.intercept = None
        assert run(gather([LISTING], tmp_path / "d", server.url, clock, "documents")).code == 5
        assert len(server.log) == asked
        clock.time += timedelta(hours=1)
        assert run(gather([LISTING], tmp_path / "d", server.url, clock, "documents")).code == 0
    counts = Counter(documents_asked(server))
    assert sorted(counts.values()) == [1, 1, 1, 1, 1, 2]


def test_an_index_that_cannot_be_had_is_told_and_the_listings_stay(tmp_path: Path) -> None:
    _, shots = few()
    with serving(Wayback(shots)) as server:
        server.intercept = lambda r: Answer(503) if r.path.startswith("/cdx") and "document" in r.path_qs else None
        result = take(server, tmp_path / "d")
    assert result.code == 5 and len(read_lines(tmp_path / "d" / "records.jsonl")) == 6


# The index


def shelves_of(*rows: str) -> Shelves:
    wanted = Wanted(frozenset({f"https://{HOST}/document/one"}), SITE.document_url, lambda line: line.may_be_page)
    shelves = Shelves(wanted)
    shelves.take(read_index("".join(f"{row}\n" for row in rows).encode()).lines)
    return shelves


def test_only_pages_of_the_document_itself_are_kept_the_newest_first() -> None:
    one = f"https://{HOST}/document/one"
    found = shelves_of(
        f"20220101000000 {one} text/html 200 A",
        f"20240101000000 http://www.{HOST}:80/document/one/?lang=en text/html 200 B",
        f"20230101000000 {one} text/html 301 C",
        f"20230201000000 {one} application/pdf 200 D",
        f"20250101000000 {one}-0 text/html 200 E",
        f"20260101000000 {one} text/html 403 F",
        f"20260201000000 {one} warc/revisit - F",
        f"20230301000000 {one} warc/revisit - A",
    ).captures(one)
    assert [(shot.timestamp, shot.digest) for shot in found] == [
        ("20240101000000", "B"),
        ("20230301000000", "A"),
        ("20220101000000", "A"),
    ]


def test_of_very_many_captures_the_newest_are_kept() -> None:
    one = f"https://{HOST}/document/one"
    times = [f"20{year}0{month}01000000" for year in (22, 20, 24, 23) for month in range(1, 8)]
    found = shelves_of(*(f"{time} {one} text/html 200 {time}" for time in times)).captures(one)
    assert [shot.timestamp for shot in found] == sorted(times, reverse=True)[:MOST_CAPTURES]


def test_the_index_is_asked_below_what_addresses_begin_with() -> None:
    base = f"https://{HOST}"
    addresses = [f"{base}/document/a", f"{base}/document/1/download", f"{base}/node/5", f"{base}/sites/default/x.pdf"]
    assert paths_of(addresses) == ["/document/", "/node/", "/sites/"]


# Files


def files_of(archive: Archive) -> list[tuple[str, Shot]]:
    return [
        (file.path, shoot(archive, "20250501000000", f"https://{HOST}{file.path}"))
        for record in archive.records
        for file in archive.paper(record).files
    ]


SPOILT = {
    "cut": lambda shot: replace(shot, body=shot.body[:-200]),
    "page": lambda shot: replace(shot, body=b"<!DOCTYPE html><html><h1>Sorry</h1></html>", mimetype="image/tiff"),
    "empty": lambda shot: replace(shot, body=b"", mimetype="image/tiff"),
    "no-pdf": lambda shot: replace(shot, body=b"something else %%EOF"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_capture_that_is_no_whole_file_is_passed_over_for_an_older_one(tmp_path: Path, kind: str) -> None:
    archive, shots = few()
    (path, whole), *others = files_of(archive)
    spoilt = replace(SPOILT[kind](whole), timestamp="20250901000000")
    with serving(Wayback([*shots, spoilt, whole, *(shot for _, shot in others)])) as server:

        def untold(request: Request) -> Answer | None:
            answer = server.answer(request)
            headers = {k: v for k, v in answer.headers.items() if k != "X-Archive-Orig-Content-Length"}
            return replace(answer, headers=headers)

        server.intercept = untold
        take(server, tmp_path / "d", wanted="documents files")
        asked = [request.path_qs for request in server.pages() if request.path_qs.endswith(path)]
    assert [path[5:13] for path in asked] == ["20250901", "20250501"]
    assert {p.read_bytes() for p in (tmp_path / "d" / "files").iterdir()} >= {whole.body}
    assert spoilt.body not in {p.read_bytes() for p in (tmp_path / "d" / "files").iterdir()}


def test_a_file_larger_than_is_wanted_is_left_out_and_told(harvest: Harvest, tmp_path: Path) -> None:
    archive, shots = few()
    files = [shot for _, shot in files_of(archive)]
    limit = sorted(len(shot.body) for shot in files)[-1] - 1
    words = ["crawl", LISTING, "--via", "wayback", "--files", "--max-file-size", limit, "-o", tmp_path / "d"]
    with serving(Wayback([*shots, *files])) as server:
        ran = harvest(*words, "--wayback", server.url)
    assert ran.code == 3 and f"larger than {limit:,} bytes" in ran.err and "--max-file-size" in ran.out
    rejects = read_lines(tmp_path / "d" / "rejects.jsonl")
    assert [reject["reason"] for reject in rejects if reject["reason"] == "too-large"] == ["too-large"]
