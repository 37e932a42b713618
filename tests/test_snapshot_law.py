"""The law of snapshots: replayed, those of a dataset give its records.jsonl again, byte for byte."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import read_json
from snapshots import replayed, waczs

from harvester.dataset.verify import verify
from harvester.sample import Answer, Archive, Request, Server, running
from tests.soak.engine import Clock, crawl, run


def numbered(request: Request) -> int:
    return int(request.path_qs.partition("&page=")[2] or 0) if request.path == "/search" else -1


def take(server: Server, folder: Path, clock: Clock, *paths: str, **arguments: Any):
    urls = [f"{server.url}{path}" for path in paths or ["/search"]]
    return run(crawl(urls, folder, clock, **{"snapshot": True, "page_size": 10, **arguments}))


def hold(folder: Path) -> None:
    """Replay all snapshots of a dataset, in their order and against it: both give its records."""
    records = (folder / "records.jsonl").read_bytes()
    snapshots = waczs(folder)
    for name, order in (("again", snapshots), ("against", snapshots[::-1])):
        other = folder.with_name(f"{folder.name}-{name}")
        assert replayed(order, other) == records, name
        assert verify(other)[0].faults == []
    assert verify(folder)[0].faults == []


def verdicts(folder: Path) -> list[str]:
    return [listing["verdict"] for listing in read_json(folder / "coverage.json")["listings"]]


def test_a_full_crawl(server: Server, tmp_path: Path) -> None:
    assert take(server, tmp_path / "d", Clock()).code == 0
    hold(tmp_path / "d")
    assert verdicts(tmp_path / "d-again") == ["complete"]


def test_two_nights_with_changes_between(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    take(server, tmp_path / "d", clock)
    records = server.archive.records
    server.archive.change(records[50].node, title="Another title", summary=["Another summary."])
    server.archive.remove(records[3].node)
    server.archive.add("Came overnight", "June 1, 1960", ["New."])
    assert take(server, tmp_path / "d", clock).code == 0
    assert len(waczs(tmp_path / "d")) == 2
    hold(tmp_path / "d")


def test_a_crawl_that_broke_off_and_was_gone_on_with(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    for page in (3, 8):
        server.intercept = lambda request, page=page: (
            Answer(404, {}, "Page not found") if numbered(request) == page else None
        )
        assert take(server, tmp_path / "d", clock).code != 0
    server.intercept = None
    assert take(server, tmp_path / "d", clock).code == 0
    assert len(waczs(tmp_path / "d")) == 3
    hold(tmp_path / "d")
    assert verdicts(tmp_path / "d-again") == ["complete"]


@pytest.mark.parametrize("often", [6, 4], ids=["once", "until-it-is-given-up"])
def test_a_listing_that_drifted_and_was_walked_again(server: Server, tmp_path: Path, often: int) -> None:
    def intercept(request: Request) -> Answer | None:
        asked = len(server.pages())
        if request.path == "/search" and (asked == 6 or (often == 4 and asked % 4 == 0)):
            server.archive.change(server.archive.records[asked % 50].node, summary=[f"Written anew, {asked}."])
            server.archive.add(f"A note that came late, {asked}", "June 1, 1960")
        return None

    server.intercept = intercept
    take(server, tmp_path / "d", Clock())
    assert verdicts(tmp_path / "d") == ["complete" if often == 6 else "drifted"]
    hold(tmp_path / "d")
    assert verdicts(tmp_path / "d-again") == verdicts(tmp_path / "d")


def test_two_listings_whose_records_are_the_same(server: Server, tmp_path: Path) -> None:
    facet = next(f for record in server.archive.records for f in record.facets)
    assert take(server, tmp_path / "d", Clock(), "/search", f"/search?f[0]={facet}").code == 0
    hold(tmp_path / "d")
    assert verdicts(tmp_path / "d-again") == ["complete", "complete"]


def test_a_last_row_that_was_not_believed(server: Server, tmp_path: Path) -> None:
    def without_pager(request: Request) -> Answer | None:
        text = server.answer(request).data.decode()
        return Answer(200, {}, re.sub(r"<nav.*?</nav>", "", text, flags=re.S)) if numbered(request) == 4 else None

    server.intercept = without_pager
    assert take(server, tmp_path / "d", Clock()).code == 3
    hold(tmp_path / "d")


def test_walked_twice_of_a_listing_of_none_and_after_faults(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    left = [Answer(503, {}, "later"), Answer(200, {}, "nothing here"), Answer(cut=-1)]
    server.intercept = lambda request: left.pop() if numbered(request) == 4 and left else None
    assert take(server, tmp_path / "d", clock, twice=True).code == 0
    assert take(server, tmp_path / "d", clock, "/search?search_api_fulltext=nosuchword").code == 0
    hold(tmp_path / "d")


def change_something(archive: Archive, chance: random.Random, night: int, gone: list[Any]) -> None:
    record = chance.choice(archive.records)
    facets = sorted({facet for record in archive.records for facet in record.facets})
    changes: list[Callable[[], object]] = [
        lambda: archive.change(record.node, title=chance.choice(["One title", "Another title"])),
        lambda: archive.change(record.node, summary=[f"Summary {chance.randrange(2)}."]),
        lambda: archive.change(record.node, facets=chance.sample(facets, 2)),
        lambda: archive.add(f"New in night {night}, {chance.random()}", "June 1, 1960", facets=facets[:1]),
        lambda: gone.append(archive.remove(record.node)),
    ]
    chance.choice(changes)()


@pytest.mark.parametrize("seed", range(4))
def test_nights_of_every_kind(tmp_path: Path, seed: int) -> None:
    """Changes between and amid crawls of one or two listings, pages that fail, walks gone on with: all by seed."""
    chance, clock, gone = random.Random(seed), Clock(), []
    with running(Archive(43, seed=seed)) as server:
        facets = sorted({facet for record in server.archive.records for facet in record.facets})
        for night in range(6):
            fails, changes = chance.choice([None, None, 1, 3]), chance.choice([None, None, 2, 4])

            def intercept(request: Request, fails=fails, changes=changes, night=night) -> Answer | None:
                if request.path == "/search" and len(server.pages()) == changes:
                    change_something(server.archive, chance, night, gone)
                return Answer(404, {}, "Page not found") if fails and numbered(request) == fails else None

            server.log.clear()
            server.intercept = intercept
            paths = ["/search", f"/search?f[0]={facets[0]}"][:: chance.choice([1, -1])][: chance.choice([1, 2])]
            take(server, tmp_path / "d", clock, *paths)
            for _ in range(chance.randrange(4)):
                change_something(server.archive, chance, night, gone)
    hold(tmp_path / "d")
