"""Nights of updates of a site whose pages carry validators, and of one whose pages carry none: nothing told differs."""

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import read_json, read_lines

from harvester.dataset.update import Manner
from harvester.sample import Archive, Habits, running
from harvester.sample.habits import Validators
from harvester.sample.life import Life
from harvester.sample.living import Living
from tests.soak.engine import Clock, crawl, run

NIGHTS = 16


def nights(folder: Path, seed: int, kind: Validators, every: timedelta) -> tuple[list[object], int, int]:
    """Return what was published after each night, how many pages were asked for, and how many had not changed."""
    clock, told = Clock(), []
    archive = Archive(45)
    archive.habits = Habits(validators=kind)
    with running(archive, now=clock.now) as server:
        living = Living(server, Life.draw(seed, NIGHTS, requests=5), now=clock.now)
        urls = [f"{server.url}/search{'?' * bool(query)}{query}" for query in living.queries]
        for number in range(NIGHTS):
            clock.time = clock.time.replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=1)
            manner = Manner(full_every=every) if (folder / "records.jsonl").exists() else None
            with living.night():
                code = int(run(crawl(urls, folder, clock, page_size=10, manner=manner)).code)
            told.append((number, code, *published(folder)))
        return told, len(server.pages()), sum(answer.status == 304 for answer in server.sent)


def published(folder: Path) -> tuple[object, ...]:
    if not (folder / "records.jsonl").exists():
        return ()
    changes = [{**change, "at": "", "walks": ""} for change in read_lines(folder / "changes.jsonl")]
    listings = read_json(folder / "coverage.json")["listings"]
    verdicts = [(told["verdict"], told["total"], told["records"]) for told in listings]
    return (folder / "records.jsonl").read_bytes(), changes, verdicts


@pytest.mark.parametrize(
    ("every", "kind"), [(timedelta(days=7), "etag"), (timedelta(), "modified")], ids=["looks", "whole walks"]
)
@pytest.mark.parametrize("seed", range(3))
def test_validators_change_nothing_that_is_told(tmp_path: Path, seed: int, every: timedelta, kind: Validators) -> None:
    plain, requests, _ = nights(tmp_path / "none", seed, "none", every)
    told, asked, spared = nights(tmp_path / kind, seed, kind, every)
    for night, other in zip(told, plain, strict=True):
        assert night == other, f"seed {seed}, night {night[0]}"
    # What is said not to have changed, and does not fit its neighbours, is asked for once more.
    assert requests <= asked <= requests + 5
    assert spared > 10
