"""Harvests an archive where nothing changed a second time, and measures what that costs against the first time."""

import argparse
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from harvester.dataset.update import Manner
from harvester.sample import Archive, Habits, Server, running
from harvester.sample.habits import Validators
from tests.soak.engine import Clock, crawl, run
from tests.soak.figures import Figure, table

RECORDS, FEW = 16_756, 103  # as many as the site had in March 2025, and as many as one of its facets had
# What is done the second time: the same crawl, an update that may stop early, one that walks everything.
WAYS: dict[str, Manner | None] = {"crawl": None, "update": Manner(), "update --full": Manner(full=True)}
KINDS: tuple[Validators, ...] = ("none", "etag")
AGAIN = "python -m tests.soak second_run"
A_HEAD = 250  # bytes; an answer that says no more than that nothing changed has fewer


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run asked for and got, by its ledger: requests, robots.txt among them; bytes of heads and bodies."""

    requests: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Second:
    """A second run over an unchanged archive, beside the first; `same` says whether the records are the same bytes."""

    records: int
    validators: Validators
    way: str
    first: Cost
    second: Cost
    same: bool

    @property
    def shares(self) -> tuple[float, float]:
        """Return the shares of the first run's requests and bytes."""
        return self.second.requests / self.first.requests, self.second.bytes / self.first.bytes

    @property
    def holds(self) -> bool:
        """Return whether it cost what it may: an update robots.txt and a page; with validators heads alone."""
        first, second = self.first, self.second
        requests = 2 if self.way == "update" else first.requests
        size = A_HEAD * requests if self.way != "crawl" and self.validators != "none" else first.bytes * self.shares[0]
        return self.same and second.requests == requests and second.bytes <= size

    def __str__(self) -> str:
        requests, size = (f"{share:.2%}" for share in self.shares)
        told = f"{self.second.requests:,} of {self.first.requests:,} requests ({requests}), "
        told += f"{self.second.bytes:,} of {self.first.bytes:,} bytes ({size})"
        return told if self.same else told + "; the records are not the same"


def run_twice(records: int, validators: Validators, ways: Sequence[str] = tuple(WAYS)) -> list[Second]:
    """Harvest an archive, and then again in each of some ways, each from where the first run left it."""
    archive, clock, found = Archive(records), Clock(), []
    archive.habits = Habits(validators=validators)
    with running(archive, now=clock.now) as server, TemporaryDirectory() as folder:
        standing = Path(folder) / "first"
        first = _harvest(server, standing, clock, None)
        clock.time += timedelta(days=1)
        for way in ways:
            again = Path(folder) / "again"
            shutil.copytree(standing, again)
            cost = _harvest(server, again, clock, WAYS[way])
            same = (again / "records.jsonl").read_bytes() == (standing / "records.jsonl").read_bytes()
            found.append(Second(records, validators, way, first, cost, same))
            shutil.rmtree(again)
    return found


def _harvest(server: Server, folder: Path, clock: Clock, manner: Manner | None) -> Cost:
    begun, size = len(server.sent), 100 if len(server.archive.records) > 1_000 else 10
    result = run(crawl([f"{server.url}/search"], folder, clock, page_size=size, manner=manner), timeout=300)
    assert result.code == 0, result.lines
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        cost = Cost(*db.execute("SELECT requests, bytes FROM run ORDER BY id DESC LIMIT 1").fetchone())
    # The server's own count is of bodies alone.
    sent = server.sent[begun:]
    assert (cost.requests, cost.bytes > sum(answer.size for answer in sent)) == (len(sent), True), (cost, sent)
    return cost


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Measure archives of few and of `count` records, with validators and without."""
    many = [(records, kind) for records in (count, FEW) for kind in KINDS]
    with get_context("spawn").Pool(workers) as pool:
        found = pool.starmap(run_twice, many, chunksize=1)
    return list(_figures([second for seconds in found for second in seconds]))


def _figures(seconds: Sequence[Second]) -> Iterator[Figure]:
    for second in seconds:
        promise = f"second run, {second.records:,} records, {second.way}, validators: {second.validators}"
        yield Figure(promise, str(second), second.holds, () if second.holds else (AGAIN,))


def main() -> None:
    """Measure one archive, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=FEW)
    given = parser.parse_args()
    twice = partial(run_twice, given.records)
    print("\n".join(table(_figures([second for kind in KINDS for second in twice(kind)]))))


if __name__ == "__main__":
    main()
