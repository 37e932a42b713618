"""The law of snapshots for documents and files: replayed, those of a dataset give again all that it publishes."""

import random
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, read_json, read_lines
from snapshots import pages_of, published, replayed, waczs

from harvester.archives.finds import PassedOver
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
        patched.setattr("harvester.dataset.run.publish", lambda ledger, site: 1 / 0)
        patched.setattr("harvester.dataset.snapshots.Snapshots.pack", lambda self, ledgers: None)
        with pytest.raises(ZeroDivisionError):
            take(few, tmp_path / "d", clock)
    few.intercept = None
    assert take(few, tmp_path / "d", clock).code == 0
    listed = [[line["harvest"].get("kind") for line in pages_of(wacz)[1]] for wacz in waczs(tmp_path / "d")]
    assert [kinds.count("document") for kinds in listed] == [5, 7]
    hold(tmp_path / "d")


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
    for files in (True, False):
        with Payloads() as payloads:
            finds = list(read_archive(wacz, judge_for([find_site("wilson")], files=files), payloads))
        kinds = [find.taken.kind for find in finds if isinstance(find, Capture) and isinstance(find.taken, TakenBeside)]
        passed = [find.kind for find in finds if isinstance(find, PassedOver)]
        assert kinds.count("document") == 12
        assert (kinds.count("file") > 0) is files is ("file" not in passed)
        assert "not-taken" in passed
