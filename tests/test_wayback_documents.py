"""Documents from a web archive: of each the newest capture that can be read, whatever else the archive has."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import read_lines

from harvester.dataset.run import Result
from harvester.sample import Answer, Archive, Request
from harvester.sample.past import shoot_documents, shoot_files
from harvester.sample.record import Record
from harvester.sample.running import serving
from harvester.sample.visits import HOST
from harvester.sample.wayback import Shot, Wayback, make_urlkey, shoot
from harvester.sites import find_site
from tests.soak.engine import Clock, run
from tests.soak.wayback import gather

LISTING = f"https://{HOST}/search"
SITE = find_site("wilson")


def visit_of(archive: Archive) -> list[Shot]:
    return [shoot(archive, f"202503160000{page:02d}", f"{LISTING}?page={page}&items_per_page=25") for page in range(5)]


def take(server: Wayback, folder: Path, *urls: str, wanted: str | None = "documents") -> Result:
    return run(gather(list(urls) or [LISTING], folder, server.url, Clock(), wanted))


def documents_asked(server: Wayback) -> list[str]:
    return [request.path_qs for request in server.pages() if "/document/" in request.path_qs]


def is_good(shot: Shot) -> bool:
    """Return whether a capture can be had and is a page, by what the simulator knows of it."""
    whole = b'<link rel="canonical"' in shot.body and b"</html>" in shot.body and b"Page not found" not in shot.body
    return shot.status == 200 and not shot.lost and not shot.moved and whole


def newest_good(shots: list[Shot], record: Record) -> str:
    key = make_urlkey(f"{HOST}{record.path}")
    times = [s.timestamp for s in shots if s.urlkey.partition("?")[0] == key and is_good(s)]
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
    documents = {line["url"].partition(HOST)[2] for line in read_lines(tmp_path / "d" / "documents.jsonl")}
    assert documents == {record.path for record in archive.records}
    known, times = ids(tmp_path / "d"), captured(tmp_path / "d")
    for record in archive.records:
        assert times[known[record.path]] == {newest_good(shots, record)}, (seed, record.path)
    assert read_lines(tmp_path / "d" / "rejects.jsonl") == []
    span = sorted(time[:8] for each in times.values() for time in each)
    days = [f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in (span[0], span[-1])]
    assert f"documents: captures from {days[0]} to {days[1]}" in result.lines


def test_run_again_it_asks_for_no_document_and_says_the_same(tmp_path: Path) -> None:
    archive = Archive()
    with serving(Wayback([*visit_of(archive), *shoot_documents(archive)])) as server:
        first = take(server, tmp_path / "d")
        before, asked = published(tmp_path / "d"), len(server.log)
        again = take(server, tmp_path / "d")
    assert first.lines == again.lines and published(tmp_path / "d") == before
    assert [r for r in server.log[asked:] if "/document" in r.path_qs] == []


def test_without_the_wish_no_document_is_asked_for(tmp_path: Path) -> None:
    archive = Archive()
    with serving(Wayback([*visit_of(archive), *shoot_documents(archive)])) as server:
        assert take(server, tmp_path / "d", wanted=None).code == 0
    assert [request for request in server.log if "document" in request.path_qs] == []


WORDS = (
    "import sys; from datetime import UTC, datetime; from harvester.cli.mementos import crawl_mementos\n"
    "from pathlib import Path\n"
    "ended, code = crawl_mementos([sys.argv[1]], Path(sys.argv[3]), None, sys.argv[2], None, {},"
    " lambda: datetime.now(UTC), debug=False, wanted='documents')\n"
    "sys.exit(code)"
)


@pytest.mark.parametrize("number", [1, 40, 120])
def test_killed_it_goes_on_and_fetches_no_document_twice(tmp_path: Path, number: int) -> None:
    archive = Archive()
    shots = [*visit_of(archive), *shoot_documents(archive, never=[archive.records[3].node])]
    with serving(Wayback(shots)) as server:
        undisturbed = take(server, tmp_path / "whole")
        asked = documents_asked(server)
    assert undisturbed.code == 3
    with serving(Wayback(shots)) as server:
        words = [sys.executable, "-W", "error", "-c", WORDS, LISTING, server.url, str(tmp_path / "d")]
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
    good = {f"/web/{shot.timestamp}id_/{shot.url}" for shot in shots if is_good(shot)}
    assert {path for path in documents_asked(server) if path in good} == {path for path in asked if path in good}
    last = documents_asked(server)[number - 1]
    assert {path for path in twice if path in good} <= {last}
    assert published(tmp_path / "d") == published(tmp_path / "whole")


def test_a_document_that_was_never_captured_is_told_and_keeps_no_other_from_being_had(tmp_path: Path) -> None:
    archive = Archive()
    lost, spoilt = archive.records[5], archive.records[6]
    shots = shoot_documents(archive, never=[lost.node], bad=[spoilt.node])
    with serving(Wayback([*visit_of(archive), *shots])) as server:
        result = take(server, tmp_path / "d")
    assert result.code == 3
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 101
    told = {line["url"].partition(HOST)[2]: line["reason"] for line in read_lines(tmp_path / "d" / "rejects.jsonl")}
    assert told[lost.path] == "not-archived" and told[spoilt.path] in {"no-memento", "not-archived"} and len(told) == 2
    assert any(line.startswith("documents: ") and line.endswith(", 2 could not be had") for line in result.lines)


def test_what_could_not_be_had_is_had_by_the_next_run_and_told_no_more(tmp_path: Path) -> None:
    archive = Archive()
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
    archive = Archive()
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
    assert {link["url"].partition(HOST)[2] for link in links} <= promised and len(links) > 50
    kept = {path.read_bytes() for path in (tmp_path / "d" / "files").iterdir()}
    assert kept and kept <= bodies
