"""The law of snapshots for documents and files: replayed, those of a dataset give again all that it publishes."""

import json
import os
import random
import re
import signal
import sqlite3
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from archive_samples import HOST, rewrite_zip
from conftest import Harvest, read_json, read_lines
from snapshots import pages_of, published, replayed, waczs
from test_crawl_documents import begin, end_at

from harvester.archives.finds import Damaged, PassedOver
from harvester.archives.reading import read_archive
from harvester.archives.warc import Payloads
from harvester.captures import Capture, TakenBeside
from harvester.dataset.verify import verify
from harvester.harvest.wishes import judge_for
from harvester.sample import Answer, Archive, Request, Server, running
from harvester.sites import find_site
from tests.soak.engine import Clock, crawl, run

SITE = "https://digitalarchive.wilsoncenter.org"


@pytest.fixture
def few() -> Iterator[Server]:
    """Serve an archive of twelve records."""
    with running(Archive(12)) as server:
        yield server


def take(server: Server, folder: Path, clock: Clock, **arguments: Any):
    given = {"snapshot": True, "wanted": "documents files", "page_size": 10, **arguments}
    return run(crawl([f"{server.url}/search"], folder, clock, **given))


def hold(folder: Path, most: int = 6) -> None:
    """Replay all snapshots of a dataset in several orders: each gives what the dataset publishes."""
    live, snapshots = published(folder), waczs(folder)
    assert live["documents.jsonl"] and any(name.startswith("texts/") for name in live)
    for number, order in enumerate([*permutations(snapshots)][:most]):
        other = folder.with_name(f"{folder.name}-{number}")
        replayed(list(order), other, "--files")
        assert published(other) == live, number
        assert verify(other)[0].faults == []
        assert account(other) == account(folder)
    assert verify(folder)[0].faults == []


def account(folder: Path) -> dict[str, Any]:
    """Return what is certified of documents, but for the run that brought them and what it failed at on its way."""
    told = read_json(folder / "coverage.json")["documents"]
    return {name: value for name, value in told.items() if name not in {"wanted", "last_run", "failures"}}


def is_document(request: Request) -> bool:
    return request.path.startswith("/document/") and not request.path.endswith("/download")


def fails_at(server: Server, *numbers: int) -> None:
    """Let some documents not be found, by their place in the order in which they are asked for."""
    seen: list[str] = []

    def intercept(request: Request) -> Answer | None:
        if is_document(request):
            seen.append(request.path)
            if len(seen) in numbers:
                return Answer(404, {}, "Page not found")
        return None

    server.intercept = intercept


def test_a_full_crawl_of_documents_and_files(server: Server, tmp_path: Path) -> None:
    result = take(server, tmp_path / "d", Clock())
    assert result.code == 0, result.lines
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 103
    assert list((tmp_path / "d" / "files").iterdir())
    hold(tmp_path / "d")


def test_a_crawl_that_broke_off_and_was_gone_on_with(few: Server, tmp_path: Path) -> None:
    clock = Clock()
    for numbers in ((3, 4, 5), (2,)):
        fails_at(few, *numbers)
        assert take(few, tmp_path / "d", clock).code != 0
    few.intercept = None
    assert take(few, tmp_path / "d", clock).code == 0
    assert len(waczs(tmp_path / "d")) == 3
    hold(tmp_path / "d")


def test_a_kill_amid_the_documents(few: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    fails_at(few, *range(6, 99))
    with monkeypatch.context() as patched:
        patched.setattr("harvester.dataset.run.publish", lambda *_: 1 / 0)
        patched.setattr("harvester.dataset.snapshots.Snapshots.pack", lambda self, ledgers: None)
        with pytest.raises(ZeroDivisionError):
            take(few, tmp_path / "d", clock)
    few.intercept = None
    assert take(few, tmp_path / "d", clock).code == 0
    listed = [[line["harvest"].get("kind") for line in pages_of(wacz)[1]] for wacz in waczs(tmp_path / "d")]
    assert [kinds.count("document") for kinds in listed] == [5, 7]
    hold(tmp_path / "d")


def test_killed_and_gone_on_with_it_is_the_crawl_that_was_not(server: Server, tmp_path: Path) -> None:
    assert take(server, tmp_path / "whole", Clock(), snapshot=False).code == 0
    server.log.clear()
    for number in (25, 60, 150):  # amid documents, amid documents, amid files
        crawler = begin(server, tmp_path / "d", "--documents", "--files", "--snapshot", "--page-size", "10")
        assert end_at(server, number, crawler, signal.SIGKILL).code < 0
    crawler = begin(server, tmp_path / "d", "--documents", "--files", "--snapshot", "--page-size", "10")
    said, wrong = crawler.communicate(timeout=60)
    assert crawler.returncode == 0, (said, wrong)
    assert len(waczs(tmp_path / "d")) == 4
    assert published(tmp_path / "d") == published(tmp_path / "whole")
    hold(tmp_path / "d", 1)
    (tmp_path / "against").mkdir()
    replayed(waczs(tmp_path / "d")[::-1], tmp_path / "against" / "d", "--files")
    assert published(tmp_path / "against" / "d") == published(tmp_path / "d")


def test_nights_in_which_documents_change(few: Server, tmp_path: Path) -> None:
    clock, chance = Clock(), random.Random(3)
    for night in range(3):
        assert take(few, tmp_path / "d", clock).code == 0
        for each in chance.sample(few.archive.records, 2):
            few.archive.change(each.node, title=f"Another title, night {night}", date="June 1, 1960")
        few.archive.add(f"New in night {night}", "June 1, 1960", ["A summary."])
    assert take(few, tmp_path / "d", clock).code == 0
    assert len(waczs(tmp_path / "d")) == 4
    hold(tmp_path / "d", 24)


def test_an_address_that_only_a_redirect_tells_stays_known(few: Server, tmp_path: Path) -> None:
    moved = few.archive.records[4]

    def intercept(request: Request) -> Answer | None:
        if request.path == moved.path:
            return Answer(301, {"Location": f"{moved.path}-renamed"}, "")
        if request.path == f"{moved.path}-renamed":
            page = few.answer(Request("GET", moved.path, dict(request.headers))).data.decode()
            return Answer(200, {}, page.replace(moved.slug, f"{moved.slug}-renamed"))
        return None

    few.intercept = intercept
    assert take(few, tmp_path / "d", Clock()).code == 0
    (wacz,) = waczs(tmp_path / "d")
    told = [line for line in pages_of(wacz)[1] if line["harvest"]["url"] == f"{SITE}{moved.path}-renamed"]
    assert [line["harvest"]["asked"] for line in told] == [[SITE + moved.path]]
    assert len(read_lines(tmp_path / "d" / "records.jsonl")) == 12
    hold(tmp_path / "d")


def test_all_that_is_replayed_is_as_old_as_its_crawl(few: Server, tmp_path: Path) -> None:
    assert take(few, tmp_path / "d", Clock()).code == 0
    (wacz,) = waczs(tmp_path / "d")
    replayed([wacz], tmp_path / "again", "--files")
    with sqlite3.connect(tmp_path / "again" / "ledger.sqlite") as ledger:
        found = ledger.execute("SELECT DISTINCT medium, crawl FROM capture ORDER BY 1").fetchall()
    ledger.close()
    crawled = pages_of(wacz)[0]["harvest"]["crawl"]
    assert found == [("file", crawled), ("html", crawled)]


def test_the_list_names_documents_and_files_after_the_listings_pages(few: Server, tmp_path: Path) -> None:
    assert take(few, tmp_path / "d", Clock()).code == 0
    (wacz,) = waczs(tmp_path / "d")
    _, lines = pages_of(wacz)
    kinds = [line["harvest"].get("kind") for line in lines]
    assert kinds == sorted(kinds, key=[None, "document", "file"].index)
    assert kinds.count("document") == 12 and kinds.count("file") > 0
    document = next(line for line in lines if line["harvest"].get("kind") == "document")
    assert list(document["harvest"]) == ["kind", "url", "asked", "file", "offset", "digest"]
    assert document["url"].startswith(few.url) and document["harvest"]["url"].startswith(SITE)
    assert document["title"] in {" ".join(record.title.split()) for record in few.archive.records}


def test_without_the_option_a_snapshots_files_are_counted(few: Server, harvest: Harvest, tmp_path: Path) -> None:
    assert take(few, tmp_path / "d", Clock()).code == 0
    (wacz,) = waczs(tmp_path / "d")
    files = sum(line["harvest"].get("kind") == "file" for line in pages_of(wacz)[1])
    ran = harvest("replay", wacz, "-o", tmp_path / "again")
    assert f"{files} file" in ran.out and not (tmp_path / "again" / "files").exists()
    assert (tmp_path / "again" / "records.jsonl").read_bytes() == (tmp_path / "d" / "records.jsonl").read_bytes()


def test_what_a_crawl_took_is_taken_whatever_its_address(few: Server, tmp_path: Path) -> None:
    assert take(few, tmp_path / "d", Clock()).code == 0
    (wacz,) = waczs(tmp_path / "d")
    elsewhere = re.compile(rb'"url":"[^"]*/download"')
    rewrite_zip(wacz, lambda _name, body: elsewhere.sub(b'"url":"https://%s/sites/x.pdf"' % HOST.encode(), body))
    for files in (True, False):
        with Payloads() as payloads:
            finds = list(read_archive(wacz, judge_for([find_site("wilson")], files=files), payloads))
        kinds = [find.taken.kind for find in finds if isinstance(find, Capture) and isinstance(find.taken, TakenBeside)]
        passed = [find.kind for find in finds if isinstance(find, PassedOver)]
        assert kinds.count("document") == 12
        assert (kinds.count("file") > 0) is files is ("file" not in passed)
        assert "not-taken" in passed


def test_a_list_of_any_length_is_read(few: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of a crawl of 16,756 documents and their files has more bytes than a description may have."""
    assert take(few, tmp_path / "d", Clock()).code == 0
    monkeypatch.setattr("harvester.archives.wacz.package._MOST_TEXT", 4000)
    (wacz,) = waczs(tmp_path / "d")
    assert sum(len(json.dumps(line)) for line in pages_of(wacz)[1]) > 4000
    hold(tmp_path / "d")


@pytest.mark.parametrize("kind", ["document", "file"])
def test_what_a_crawl_took_and_the_disk_lost_leaves_the_leftover_as_it_is(
    few: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    clock = Clock()
    with monkeypatch.context() as patched:
        patched.setattr("harvester.dataset.snapshots.Snapshots.pack", lambda self, ledgers: None)
        assert take(few, tmp_path / "d", clock).code == 0
    (leftover,) = (tmp_path / "d" / "snapshot").iterdir()
    with sqlite3.connect(tmp_path / "d" / "ledger.sqlite") as ledger:
        table = {"document": "page JOIN document ON page = page.id", "file": "file"}[kind]
        query = f"SELECT max(position) FROM {table} JOIN capture ON capture.id = capture"
        (last,) = ledger.execute(query).fetchone()
        if kind == "document":
            ledger.execute("DELETE FROM file")
    ledger.close()
    os.truncate(leftover, last + 100)
    assert take(few, tmp_path / "d", clock, wanted=None).code == 0
    assert leftover.exists() and len(waczs(tmp_path / "d")) == 1


@pytest.mark.parametrize(
    ("told", "damage"),
    [
        ({"kind": "film"}, None),
        ({"asked": "/document/x"}, None),
        ({"digest": "sha256:0"}, "misled-index"),
        ({"offset": 7}, "record-broken"),
        ({"file": "none.warc.gz"}, "misled-index"),
    ],
    ids=["kind", "asked", "digest", "offset", "file"],
)
def test_a_line_that_misleads_is_told_of_and_the_others_are_read(
    few: Server, tmp_path: Path, told: dict[str, Any], damage: str | None
) -> None:
    assert take(few, tmp_path / "d", Clock(), wanted="documents").code == 0
    (wacz,) = waczs(tmp_path / "d")

    def change(name: str, body: bytes) -> bytes:
        if name != "pages/pages.jsonl":
            return body
        *lines, last = map(json.loads, body.splitlines())
        last["harvest"] |= told
        return "\n".join(map(json.dumps, [*lines, last])).encode()

    with Payloads() as payloads:
        judge = judge_for([find_site("wilson")])
        finds = list(read_archive(rewrite_zip(wacz, change), judge, payloads))
    found = [find for find in finds if isinstance(find, Damaged) and find.error.kind in {"misled-index", damage}]
    taken = [find for find in finds if isinstance(find, Capture) and isinstance(find.taken, TakenBeside)]
    assert len(taken) == 11
    if damage is None:
        assert any("is no page's" in find.error.message for find in found)
    else:
        assert [(find.error.kind, find.wanted) for find in found if find.url] == [(damage, "document")]


def spoil(chance: random.Random) -> Answer:
    """Return what may come instead of a document or a file."""
    return chance.choice(
        [
            Answer(404, {}, "Page not found"),
            Answer(200, {}, "nothing here"),
            Answer(200, {}, "<html><body><main><p>A recipe for soup.</p></main></body></html>"),
            Answer(503, {}, "later"),
            Answer(cut=-1),
        ]
    )


@pytest.mark.parametrize("seed", range(2))
def test_nights_of_every_kind(tmp_path: Path, seed: int) -> None:
    """Changes between and amid crawls, documents and files that fail, walks gone on with: all by seed."""
    chance, clock = random.Random(seed), Clock()
    with running(Archive(8, seed=seed)) as server:
        for night in range(5):
            share = chance.choice([0, 0, 0.2, 0.6])

            def intercept(request: Request, night=night, share=share) -> Answer | None:
                if request.path.startswith("/document/"):
                    if chance.random() < 0.1:
                        server.archive.change(chance.choice(server.archive.records).node, title=f"Amid night {night}")
                    return spoil(chance) if chance.random() < share else None
                return None

            server.intercept = intercept
            take(server, tmp_path / "d", clock, wanted=chance.choice([None, "documents", "documents files"]))
            each = chance.choice(server.archive.records)
            server.archive.change(each.node, date=chance.choice(["June 1, 1960", "1961"]), summary=["Another."])
            server.archive.add(f"New in night {night}", "June 1, 1960")
        server.intercept = None
        take(server, tmp_path / "d", clock)
    hold(tmp_path / "d", 2)
