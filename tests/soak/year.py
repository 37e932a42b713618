"""Harvests an archive that lives, every night for a year, and asks after each night whether all that is told is so."""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import orjson

from harvester.dataset.update import Manner
from harvester.sample import Archive, Habits, Server, running
from harvester.sample.habits import Validators
from harvester.sample.life import Life, Night
from harvester.sample.living import Living
from tests.soak.engine import Clock, crawl, run
from tests.soak.figures import Figure, table
from tests.soak.judging import PROMISES, Fault, Judge
from tests.soak.spans import last_run

PAGE_SIZE = 25
# Of one life and the next: how often everything is walked, and what the pages carry for who asks again.
FULL_EVERY = (timedelta(days=7), timedelta())
VALIDATORS: tuple[Validators, ...] = ("etag", "both", "modified")
MILESTONES = (1, 30, 100, 200, 365)
LIVES = 2
A_GOOD_WHILE = 100  # nights after which each kind of change was met
WHOLE, LOOK, NOTHING = "full", "early stop", "not complete"


@dataclass(slots=True)
class Year:
    """What the nights came to: `cost` has requests and bytes of quiet ones, `growth` is the ledger's."""

    seed: int
    nights: int
    faults: list[Fault] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    sizes: dict[int, int] = field(default_factory=dict)
    growth: dict[bool, list[int]] = field(default_factory=lambda: {True: [], False: []})
    cost: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    between: list[int] = field(default_factory=list)

    @property
    def again(self) -> str:
        """Return the command that lives it again."""
        return f"python -m tests.soak.year --seed {self.seed} --nights {self.nights}"


def live(seed: int, nights: int) -> Year:
    """Harvest the life of a seed night by night, and judge each."""
    clock, year = Clock(), Year(seed, nights)
    life = Life.draw(seed, nights)
    archive = Archive(seed=1)
    archive.habits = Habits(validators=VALIDATORS[seed % len(VALIDATORS)])
    with running(archive, now=clock.now) as server, tempfile.TemporaryDirectory() as folder:
        living = Living(server, life, now=clock.now)
        judge = Judge(Path(folder) / "d", living.queries, PAGE_SIZE, seed)
        for night in life.nights:
            before, asked, began = _size(judge.folder), len(server.sent), clock.now()
            with living.night():
                _harvest(living, judge, clock)
            news = judge.judge(living.truths[-1], began)
            _note(year, judge, night, server, asked)
            if before:
                year.growth[bool(news)].append(_size(judge.folder) - before)
            if night.number in (*MILESTONES, nights):
                year.sizes[night.number] = _size(judge.folder)
                judge.verify(night)
            clock.time = clock.time.replace(hour=2, minute=0, second=0) + timedelta(days=1)
    year.faults, year.kinds, year.between = judge.faults, judge.kinds, judge.between
    return year


def _harvest(living: Living, judge: Judge, clock: Clock) -> None:
    """Crawl until something is held, and update from then on."""
    every = FULL_EVERY[judge.seed % len(FULL_EVERY)]
    manner = Manner(full_every=every) if (judge.folder / "records.jsonl").exists() else None
    urls = [f"{living.server.url}/search{'?' * bool(query)}{query}" for query in living.queries]
    run(crawl(urls, judge.folder, clock, page_size=PAGE_SIZE, manner=manner))


def _note(year: Year, judge: Judge, night: Night, server: Server, asked: int) -> None:
    """Keep how a night ended, and what it cost."""
    told = _told(judge.folder)
    sent = server.sent[asked:]
    year.verdicts.update([told])
    if night.kind == "sound" and night.number > 1:
        year.cost.setdefault(told, []).append((len(sent), sum(answer.size for answer in sent)))


def _told(folder: Path) -> str:
    """Return how the last run ended: with whole walks of all listings, with a look at some, or with neither."""
    if not (folder / "coverage.json").exists():
        return NOTHING
    run = last_run(folder)
    listings = orjson.loads((folder / "coverage.json").read_bytes())["listings"]
    whole = [told["last_run"]["run"] == run and told["verdict"] == "complete" for told in listings]
    looked = [(told.get("looked") or {}).get("run") == run for told in listings]
    if all(whole):
        return WHOLE
    return LOOK if all(map(any, zip(whole, looked, strict=True))) else NOTHING


def _size(folder: Path) -> int:
    path = folder / "ledger.sqlite"
    return path.stat().st_size if path.exists() else 0


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Live two lives of so many nights."""
    with get_context("spawn").Pool(workers) as pool:
        years = pool.map(partial(live, nights=count), range(first_seed, first_seed + LIVES), chunksize=1)
    return [*_promises(years), *(figure for year in years for figure in _measured(year))]


def _promises(years: Sequence[Year]) -> Iterator[Figure]:
    nights = sum(year.nights for year in years)
    for promise in PROMISES:
        bad = [fault for year in years for fault in year.faults if fault.promise == promise]
        seeds = {fault.seed for fault in bad}
        replay = tuple(f"{year.again}" for year in years if year.seed in seeds)
        yield Figure(promise, f"{len(bad)} faults in {nights} nights", not bad, replay)
    kinds = sum((year.kinds for year in years), Counter[str]())
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    between = [missed for year in years for missed in year.between]
    yield Figure(
        "known limit: put back among the old ones between two nights of one walk",
        f"{sum(map(bool, between))} of {len(between)} complete walks of several nights lack a record",
        holds=True,
    )
    enough = nights < A_GOOD_WHILE or set(kinds) >= {"added", "changed", "withdrawn", "returned"}
    yield Figure("every kind of change is met", told, enough)


def _measured(year: Year) -> Iterator[Figure]:
    """Yield what is only measured: nothing of it is promised."""
    every = FULL_EVERY[year.seed % len(FULL_EVERY)].days
    name = f"seed {year.seed}, {f'all walked every {every} days' if every else 'all walked every night'}"
    verdicts = ", ".join(f"{number} {told}" for told, number in year.verdicts.most_common())
    yield Figure(f"{name}: nights", verdicts, holds=True)
    sizes = ", ".join(f"{size:,} after {night}" for night, size in sorted(year.sizes.items()))
    yield Figure(f"{name}: bytes of the ledger", sizes, holds=True)
    growth = "; ".join(
        f"{sum(grown) / len(grown):,.0f} a night {'with' if news else 'without'} news ({len(grown)})"
        for news, grown in year.growth.items()
        if grown
    )
    yield Figure(f"{name}: bytes that it grew", growth, holds=True)
    costs = "; ".join(
        f"{told}: {sum(n for n, _ in cost) / len(cost):.1f} requests, {sum(b for _, b in cost) / len(cost):,.0f} bytes"
        for told, cost in year.cost.items()
    )
    yield Figure(f"{name}: cost of a quiet night", costs, holds=True)


def main() -> None:
    """Live one life again, and tell all that was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--nights", type=int, default=365)
    given = parser.parse_args()
    year = live(given.seed, given.nights)
    print("\n".join(map(str, year.faults)))
    print("\n".join(table([*_promises([year]), *_measured(year)])))
    sys.exit(bool(year.faults))


if __name__ == "__main__":
    main()
