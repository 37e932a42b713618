"""`crawl --files` fetches each file once, whole; a transfer that breaks goes on, and no two versions are mixed."""

import gzip
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from conftest import Harvest
from file_server import OWN, PDF, FileSite, answer, any_file, ranged, serving_files
from raw_server import Reply, raw_server

from harvester.dataset.files import FileStore, Version
from harvester.dataset.run import Result
from harvester.errors import Exit
from tests.soak.engine import Clock, crawl, run

FILE = "/document/7/download"
OTHER = b"%PDF-1.7\n" + b"another version " * 40_000 + b"\n%%EOF\n"
AS_LONG = PDF[::-1]
Behave = Callable[[str, int, dict[str, str]], Reply]


def fetch(site: FileSite, folder: Path, **more: Any) -> Result:
    return run(crawl([site.url], folder, Clock(), wanted="documents files", **more))


def files(folder: Path) -> dict[str, bytes]:
    """Return what lies in files/, by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "files").glob("*"))}


def named(data: bytes, ending: str = ".pdf") -> str:
    return hashlib.sha256(data).hexdigest() + ending


def held(folder: Path) -> list[tuple[str, str, str | None, int]]:
    """Return the files that the ledger knows."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        query = "SELECT url, digest, type, size FROM file JOIN capture ON capture.id = capture ORDER BY url"
        return db.execute(query).fetchall()


def failures(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        return db.execute("SELECT url, reason FROM reject WHERE wanted = 'file' ORDER BY 1, 2").fetchall()


def ranges(site: FileSite, path: str = FILE) -> list[str | None]:
    """Return the ranges that were asked for, request by request."""
    return [headers.get("range") for headers in site.asked(path)]


def test_a_file_is_fetched_whole_once_and_named_by_its_digest(tmp_path: Path) -> None:
    with serving_files([[FILE], []], any_file()) as site:
        result = fetch(site, tmp_path / "d")
        assert result.code == Exit.COMPLETE, result.lines
        assert files(tmp_path / "d") == {named(PDF): PDF}
        assert held(tmp_path / "d") == [(OWN + FILE, f"sha256:{named(PDF, '')}", "application/pdf", len(PDF))]
        (headers,) = site.asked(FILE)
        assert headers["accept-encoding"] == "identity"
        fetch(site, tmp_path / "d")
        assert len(site.asked(FILE)) == 1
        assert files(tmp_path / "d") == {named(PDF): PDF}


def test_documents_alone_bring_no_files(tmp_path: Path) -> None:
    with serving_files([[FILE]], any_file()) as site:
        run(crawl([site.url], tmp_path / "d", Clock(), wanted="documents"))
        assert site.asked(FILE) == []
        fetch(site, tmp_path / "d")
        assert files(tmp_path / "d") == {named(PDF): PDF}


@pytest.mark.parametrize(
    "told",
    [{"etag": '"a"'}, {"last_modified": "Mon, 02 Mar 2020 10:00:00 GMT", "date": "Mon, 02 Mar 2026 10:00:00 GMT"}],
    ids=["etag", "last-modified"],
)
def test_a_transfer_that_breaks_goes_on_where_it_was(tmp_path: Path, told: dict[str, str]) -> None:
    cuts = [100_000, 200_000, None]
    behave: Behave = lambda path, number, headers: ranged(PDF, headers, cut=cuts[number], **told)  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d")
        assert ranges(site) == [None, "bytes=100000-", "bytes=300000-"]
        assert {headers.get("if-range") for headers in site.asked(FILE)[1:]} == {
            told.get("etag") or told["last_modified"]
        }
    assert files(tmp_path / "d") == {named(PDF): PDF}
    assert failures(tmp_path / "d") == []


def test_of_a_file_that_came_whole_and_was_killed_then_one_byte_is_asked_for(tmp_path: Path) -> None:
    part = FileStore(tmp_path / "d").part(OWN + FILE)
    part.path.parent.mkdir(parents=True)
    part.begin(Version(OWN + FILE, '"a"', len(PDF), "application/pdf"))
    part.append(PDF)
    part.close()
    with serving_files([[FILE]], any_file()) as site:
        fetch(site, tmp_path / "d")
        assert ranges(site) == [f"bytes={len(PDF) - 1}-"]
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_as_long_as_tries_make_progress_none_of_them_has_failed(tmp_path: Path) -> None:
    behave: Behave = lambda path, number, headers: ranged(PDF, headers, cut=70_000, etag='"a"')  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d")
        assert len(site.asked(FILE)) == 8
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_three_tries_without_progress_fail_and_the_next_run_goes_on(tmp_path: Path) -> None:
    cuts: list[int | None] = [200_000, 10, 10, 10, None]
    behave: Behave = lambda path, number, headers: ranged(PDF, headers, cut=cuts[number], etag='"a"')  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        assert fetch(site, tmp_path / "d").code == Exit.INCOMPLETE
        assert failures(tmp_path / "d") == [(OWN + FILE, "cut-off")]
        assert held(tmp_path / "d") == []
        fetch(site, tmp_path / "d")
        assert ranges(site)[1:] == [f"bytes={at}-" for at in (200_000, 200_010, 200_020, 200_030)]
    assert files(tmp_path / "d").keys() >= {named(PDF)}


def test_a_server_that_knows_no_ranges_is_not_asked_without_end(tmp_path: Path) -> None:
    with serving_files([[FILE]], lambda *_: answer(200, PDF, cut=100_000, etag='"a"')) as site:
        assert fetch(site, tmp_path / "d").code == Exit.INCOMPLETE
        assert len(site.asked(FILE)) == 4
    assert failures(tmp_path / "d") == [(OWN + FILE, "cut-off")]


CHANGED: dict[str, Behave] = {
    "the whole of the new one": lambda path, number, headers: ranged(OTHER, headers, etag='"b"'),
    "a part of the new one": lambda path, number, headers: (
        answer(
            206,
            OTHER[100_000:],
            etag='"b"',
            content_range=f"bytes 100000-{len(OTHER) - 1}/{len(OTHER)}",
        )
        if "range" in headers
        else answer(200, OTHER, etag='"b"')
    ),
    "a part without a word of the version": lambda path, number, headers: (
        answer(206, OTHER[100_000:], content_range=f"bytes 100000-{len(OTHER) - 1}/{len(OTHER)}")
        if "range" in headers
        else answer(200, OTHER, etag='"b"')
    ),
    "another part than was asked for": lambda path, number, headers: (
        answer(206, PDF[50_000:], etag='"a"', content_range=f"bytes 50000-{len(PDF) - 1}/{len(PDF)}")
        if "range" in headers
        else answer(200, OTHER, etag='"b"')
    ),
    "as long a part from another place": lambda path, number, headers: (
        answer(206, PDF[: len(PDF) - 100_000], etag='"a"', content_range=f"bytes 0-{len(PDF) - 100_001}/{len(PDF)}")
        if "range" in headers
        else answer(200, OTHER, etag='"b"')
    ),
    "a part of a new one that is as long": lambda path, number, headers: (
        answer(206, AS_LONG[100_000:], etag='"b"', content_range=f"bytes 100000-{len(PDF) - 1}/{len(PDF)}")
        if "range" in headers
        else answer(200, OTHER, etag='"b"')
    ),
    "no such part": lambda path, number, headers: (
        answer(416, b"", content_range="bytes */5") if "range" in headers else answer(200, OTHER, etag='"b"')
    ),
}


@pytest.mark.parametrize("behave", CHANGED.values(), ids=CHANGED)
def test_two_versions_are_never_mixed(tmp_path: Path, behave: Behave) -> None:
    first: Behave = lambda path, number, headers: (  # noqa: E731
        answer(200, PDF, cut=100_000, etag='"a"') if number == 0 else behave(path, number, headers)
    )
    with serving_files([[FILE]], first) as site:
        fetch(site, tmp_path / "d")
        assert ranges(site)[1] == "bytes=100000-"
    assert files(tmp_path / "d") == {named(OTHER): OTHER}
    assert held(tmp_path / "d")[0][3] == len(OTHER)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"etag": 'W/"a"'},
        {"last_modified": "Mon, 02 Mar 2026 10:00:00 GMT", "date": "Mon, 02 Mar 2026 10:00:10 GMT"},
        {"last_modified": "yesterday", "date": "Mon, 02 Mar 2026 10:00:10 GMT"},
    ],
    ids=["nothing", "a-weak-etag", "a-change-just-now", "no-date"],
)
def test_what_cannot_be_told_apart_begins_anew(tmp_path: Path, told: dict[str, str]) -> None:
    cuts = [100_000, None]
    behave: Behave = lambda path, number, headers: answer(200, PDF, cut=cuts[number], **told)  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d")
        assert ranges(site) == [None, None]
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_an_error_amid_the_tries_costs_nothing_of_what_came(tmp_path: Path) -> None:
    def behave(path: str, number: int, headers: dict[str, str]) -> Reply:
        if number == 1:
            return answer(503, b"<html><h1>Service Unavailable</h1></html>", type="text/html", etag='"e"')
        return ranged(PDF, headers, cut=[100_000, 0, None][number], etag='"a"')

    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d")
        assert ranges(site) == [None, "bytes=100000-", "bytes=100000-"]
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_a_snapshot_has_files_whole_so_that_no_range_is_asked_for(tmp_path: Path) -> None:
    cuts = [100_000, None]
    behave: Behave = lambda path, number, headers: ranged(PDF, headers, cut=cuts[number], etag='"a"')  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d", snapshot=True)
        assert ranges(site) == [None, None]
    assert files(tmp_path / "d") == {named(PDF): PDF}
    with closing(sqlite3.connect(tmp_path / "d" / "ledger.sqlite")) as db:
        ((file, offset),) = db.execute("SELECT file, position FROM capture WHERE medium = 'file'")
    assert file.startswith("snapshot/")
    assert offset > 0


TOO_LARGE: dict[str, Behave] = {
    "announced": lambda path, number, headers: answer(200, PDF, etag='"a"'),
    "not announced": lambda path, number, headers: answer(200, PDF, length=False, etag='"a"'),
}


@pytest.mark.parametrize("behave", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_file_beyond_the_limit_is_left_out(tmp_path: Path, behave: Behave) -> None:
    with serving_files([[FILE], ["/document/8/download"]], behave) as site:
        result = fetch(site, tmp_path / "d", most_bytes=100_000)
        assert result.code == Exit.INCOMPLETE
        told = ["documents: 2 of 2 read, 2 differ from their listing", "files: 0 of 2, 2 missing - incomplete"]
        assert [line for line in result.lines if line.startswith(("documents", "files"))] == told
        assert len(site.asked(FILE)) == len(site.asked("/document/8/download")) == 1
    assert failures(tmp_path / "d") == [(OWN + FILE, "too-large"), (OWN + "/document/8/download", "too-large")]
    assert not (tmp_path / "d" / "files").exists()


def test_a_file_may_be_larger_than_a_page(tmp_path: Path) -> None:
    data = PDF * 18  # nine megabytes; of a page eight are read
    with serving_files([[FILE]], any_file(data)) as site:
        fetch(site, tmp_path / "d")
    assert files(tmp_path / "d") == {named(data): data}


def test_a_file_of_just_the_limit_is_had_even_in_parts(tmp_path: Path) -> None:
    cuts = [100_000, None]
    behave: Behave = lambda path, number, headers: ranged(PDF, headers, cut=cuts[number], etag='"a"')  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d", most_bytes=len(PDF))
    assert files(tmp_path / "d") == {named(PDF): PDF}


PAGES = {
    "content-type": (200, b"<html><body><h1>Welcome</h1><p>No file.</p></body></html>", "text/html", 1),
    "not-found": (404, b"<html><h1>Page not found</h1></html>", "text/html", 1),
    "login": (200, b"<html><h1>Log in</h1><input type='password'></html>", "application/pdf", 1),
    "server-error": (503, b"oh", "text/plain", 3),
    "empty": (200, b"", "application/pdf", 3),
}


@pytest.mark.parametrize(("reason", "said"), PAGES.items(), ids=PAGES)
def test_a_page_in_the_place_of_a_file_is_told(tmp_path: Path, reason: str, said: tuple[int, bytes, str, int]) -> None:
    status, body, kind, tries = said
    with serving_files([[FILE]], lambda path, number, headers: answer(status, body, type=kind, etag='"a"')) as site:
        assert fetch(site, tmp_path / "d").code == Exit.INCOMPLETE
        assert len(site.asked(FILE)) == tries
    assert failures(tmp_path / "d") == [(OWN + FILE, reason)]
    assert not (tmp_path / "d" / "files").exists()


def test_a_file_that_is_declared_a_pdf_and_is_none_is_refused(tmp_path: Path) -> None:
    with serving_files(
        [[FILE]], lambda path, number, headers: answer(200, b"\x00\x01 no PDF" * 99, etag='"a"')
    ) as site:
        fetch(site, tmp_path / "d")
    assert failures(tmp_path / "d") == [(OWN + FILE, "content-type")]
    assert not (tmp_path / "d" / "files").exists()


def test_three_challenges_end_the_crawl_amid_files(tmp_path: Path) -> None:
    page = b"<html><title>Just a moment...</title><body>cf-chl</body></html>"
    with serving_files([[FILE], ["/document/8/download"]], lambda *_: answer(200, page, type="text/html")) as site:
        assert fetch(site, tmp_path / "d").code == Exit.REFUSED
        assert len(site.asked(FILE)) == 3
        assert site.asked("/document/8/download") == []


def test_the_same_bytes_at_two_addresses_are_one_file(tmp_path: Path) -> None:
    with serving_files([[FILE], ["/document/8/download"]], any_file()) as site:
        fetch(site, tmp_path / "d")
    assert files(tmp_path / "d") == {named(PDF): PDF}
    assert [url for url, *_ in held(tmp_path / "d")] == [OWN + FILE, OWN + "/document/8/download"]


def test_an_address_that_two_documents_name_is_asked_once(tmp_path: Path) -> None:
    with serving_files([[FILE], [FILE]], any_file()) as site:
        fetch(site, tmp_path / "d")
        assert len(site.asked(FILE)) == 1


def test_files_of_other_hosts_are_not_asked_for(tmp_path: Path) -> None:
    with raw_server(lambda path: answer(200, PDF)) as other:
        away = other.url.replace("127.0.0.1", "localhost.example")
        with serving_files([[f"{away}/document/1/download", FILE]], any_file()) as site:
            assert fetch(site, tmp_path / "d").code == Exit.INCOMPLETE
        assert other.asked == []
    assert [reason for _, reason in failures(tmp_path / "d")] == ["off-site"]
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_a_file_that_lies_elsewhere_on_the_site_is_known_by_its_link(tmp_path: Path) -> None:
    def behave(path: str, number: int, headers: dict[str, str]) -> Reply:
        if path == FILE:
            return answer(302, b"", location="/sites/default/files/scan.pdf")
        return ranged(PDF, headers, cut=[100_000, None][number], etag='"a"')

    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d")
        assert ranges(site, "/sites/default/files/scan.pdf") == [None, "bytes=100000-"]
    assert held(tmp_path / "d")[0][0] == OWN + FILE
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_a_file_may_take_longer_than_a_page_as_long_as_it_comes(tmp_path: Path) -> None:
    head, rest = answer(200, PDF, etag='"a"').data[:400], answer(200, PDF, etag='"a"').data[400:]
    drops = tuple(rest[at : at + 60_000] for at in range(0, len(rest), 60_000))
    with serving_files([[FILE]], lambda *_: Reply((head, *drops), pause=0.2)) as site:
        fetch(site, tmp_path / "d", settings={"DOWNLOAD_TIMEOUT": 1})
        assert len(site.asked(FILE)) == 1
    assert files(tmp_path / "d") == {named(PDF): PDF}


@pytest.mark.parametrize(("timeout", "requests"), [(4, 1), (1, 2)])
def test_a_file_that_stops_coming_is_gone_on_with(tmp_path: Path, timeout: int, requests: int) -> None:
    def behave(path: str, number: int, headers: dict[str, str]) -> Reply:
        if number:
            return ranged(PDF, headers, etag='"a"')
        whole = answer(200, PDF, etag='"a"').data
        return Reply((whole[:200_000], b"", b"", b"", b"", whole[200_000:]), pause=0.5)

    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d", settings={"DOWNLOAD_TIMEOUT": timeout})
        assert len(site.asked(FILE)) == requests
        assert [asked is None for asked in ranges(site)] == [True, False][:requests]
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_a_body_whose_end_nothing_tells_is_believed_only_if_it_has_one(tmp_path: Path) -> None:
    cuts = [100_000, len(PDF)]
    behave: Behave = lambda path, number, headers: answer(200, PDF[: cuts[number]], length=False)  # noqa: E731
    with serving_files([[FILE]], behave) as site:
        fetch(site, tmp_path / "d")
        assert len(site.asked(FILE)) == 2
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_a_file_that_is_packed_all_the_same_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(PDF, mtime=0)
    with serving_files([[FILE]], lambda *_: answer(200, packed, content_encoding="gzip", etag='"a"')) as site:
        fetch(site, tmp_path / "d")
    assert files(tmp_path / "d") == {named(PDF): PDF}


def test_what_came_of_files_that_no_document_offers_any_more_goes(tmp_path: Path) -> None:
    behave: Behave = lambda path, number, headers: ranged(PDF, headers, cut=10_000, etag='"a"')  # noqa: E731
    with serving_files([[FILE], ["/document/8/download"]], behave) as site:
        fetch(site, tmp_path / "d")
        assert len(list((tmp_path / "d" / "files").glob(".*.part"))) == 2
        site.links[1] = []
        site.archive.change(site.archive.records[0].node, summary=("Anew.",))
        clock = Clock()
        clock.time = clock.time.replace(year=2027)
        run(crawl([site.url], tmp_path / "d", clock, wanted="documents files"))
    assert len(list((tmp_path / "d" / "files").glob(".*.part"))) == 1
    assert len(list((tmp_path / "d" / "files").glob(".*.note"))) == 1


def begin(site: FileSite, folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    crawled = ["crawl", site.url, "--site", "wilson", "-o", str(folder), "--files", *more]
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [sys.executable, "-m", "harvester", *crawled],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder.parent,
        env=clean,
    )


def slowly(data: bytes) -> Behave:
    """Return what sends a file with ranges, a bit at a time."""

    def behave(path: str, number: int, headers: dict[str, str]) -> Reply:
        whole = ranged(data, headers, etag=f'"{path}"').data
        return Reply(tuple(whole[at : at + 50_000] for at in range(0, len(whole), 50_000)), pause=0.01)

    return behave


def arrived(folder: Path) -> int:
    """Return how many bytes have come of files, whole or not."""
    try:
        return sum(path.stat().st_size for path in (folder / "files").glob("*") if path.suffix != ".note")
    except FileNotFoundError:  # it got its name just now
        return 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_ended_anywhere_it_goes_on_with_the_byte_where_it_was(tmp_path: Path, number: signal.Signals) -> None:
    seed = random.randrange(10**6)
    chance, folder = random.Random(seed), tmp_path / "d"
    links = [[FILE], ["/document/8/download"], ["/document/9/download"]]
    data = PDF * 3
    with serving_files(links, slowly(data)) as site:
        for _ in range(3):
            crawler, until = begin(site, folder), arrived(folder) + chance.randint(1, len(data))
            limit = monotonic() + 60
            while arrived(folder) < until and crawler.poll() is None and monotonic() < limit:
                sleep(0.001)
            crawler.send_signal(number)
            crawler.communicate(timeout=60)
            assert crawler.returncode in {-9, 130, 0}, (seed, crawler.returncode)
        crawler = begin(site, folder)
        out, err = crawler.communicate(timeout=60)
        assert files(folder) == {named(data): data}, (seed, out, err)
        assert len(held(folder)) == 3
        parts = [headers for path in links for headers in site.asked(path[0]) if "range" in headers]
        assert 1 <= len(parts) <= 3, seed
        assert sum(len(site.asked(path[0])) for path in links) <= 6, seed


def test_sizes_are_written_as_people_do(harvest: Harvest, tmp_path: Path) -> None:
    with serving_files([[FILE]], any_file()) as site:
        crawled = ["crawl", site.url, "--site", "wilson", "-o", tmp_path / "d", "--files", "--max-file-size"]
        assert "'much' is no size" in harvest(*crawled, "much").err
        assert site.raw.asked == []
        harvest(*crawled, "0.5MB")
        assert failures(tmp_path / "d") == [(OWN + FILE, "too-large")]
        harvest(*crawled, "600KB")
    assert files(tmp_path / "d") == {named(PDF): PDF}
