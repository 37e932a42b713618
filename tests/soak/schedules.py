"""Harvests an archive that changes and fails by schedule, and asks whether "complete" was ever said of what was not."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from harvester.dataset.findings import read_lines
from harvester.dataset.verify import verify
from harvester.errors import DatasetError
from harvester.sample import Archive, Schedule, play, running
from harvester.sample.playing import Playing
from harvester.sample.record import Record
from tests.soak.engine import Clock, crawl, run
from tests.soak.figures import Figure

# The proving order rests on this: what appears is the newest. These plans put records back among the old ones.
OLD_ONES = ("insert-old", "swap-old", "republish")
# The same command again, as a person or a timer would run it, until the dataset is complete.
MOST_RUNS = 8


@dataclass(slots=True)
class Outcome:
    """What a schedule came to: `false` claims, records `lost` though whole was said, and those `misread`."""

    seed: int
    verdicts: list[str] = field(default_factory=list)
    false: int = 0
    missing: int = 0
    misread: int = 0
    faults: list[str] = field(default_factory=list)
    happened: int = 0
    requests: int = 0

    @property
    def holds(self) -> bool:
        """Return whether nothing was claimed that is not so."""
        return not (self.false or self.misread or self.faults or self.missing)


def try_schedule(seed: int, leave_out: tuple[str, ...] = OLD_ONES, *, twice: bool = False) -> Outcome:
    """Harvest the sample under one schedule, again and again until it is complete."""
    schedule = Schedule.draw(seed).without(*leave_out)
    outcome = Outcome(seed)
    clock = Clock()
    with running(Archive(seed=1)) as server, tempfile.TemporaryDirectory() as folder:
        playing = play(server, schedule, now=clock.now)
        dataset = Path(folder) / "d"
        for _ in range(MOST_RUNS):
            result = run(crawl([f"{server.url}/search"], dataset, clock, page_size=10, twice=twice))
            outcome.verdicts.append(_verdict(dataset))
            _examine(dataset, playing, server.archive, outcome)
            if result.code == 0:
                break
            clock.time += timedelta(days=1)
        outcome.happened, outcome.requests = len(playing.happened), len(server.pages())
        if outcome.verdicts[-1] != "complete":
            outcome.faults.append(f"never complete: {outcome.verdicts}")
    return outcome


def _verdict(dataset: Path) -> str:
    if not (dataset / "coverage.json").exists():
        return "nothing"
    listings = orjson.loads((dataset / "coverage.json").read_bytes())["listings"]
    return str(listings[0]["verdict"]) if listings else "nothing"


def _examine(dataset: Path, playing: Playing, archive: Archive, outcome: Outcome) -> None:
    """Compare a dataset with what the archive really held."""
    if not (dataset / "records.jsonl").exists():
        return
    try:
        findings, _ = verify(dataset)
        outcome.faults += findings.told()
    except DatasetError as error:
        outcome.faults.append(str(error))
    records = {record["url"]: record for record in read_lines(dataset / "records.jsonl")}
    held = {"/document/" + url.rpartition("/document/")[2]: record for url, record in records.items()}
    still = playing.stood_still()
    if outcome.verdicts[-1] == "complete":
        outcome.false += bool(still - set(held))
    outcome.faults += [f"{path} never was" for path in sorted(set(held) - playing.ever())]
    there = {record.path: record for record in archive.records if record.path in still}
    outcome.misread += sum(not says(held[path], record) for path, record in there.items() if path in held)
    outcome.missing = len(still - set(held)) if outcome.verdicts[-1] == "complete" else 0


def says(held: dict[str, Any], record: Record) -> bool:
    """Return whether a record of the dataset says what the archive's own says."""
    squashed = [" ".join(paragraph.split()) for paragraph in record.summary]
    return (
        held["title"].split() == record.title.split()
        and (held["date_text"] or "") == record.date
        and (held["summary"] or "").split() == " ".join(squashed).split()
    )


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Try so many schedules, and a tenth as many that break what the proving order rests on."""
    with get_context("spawn").Pool(workers, maxtasksperchild=200) as pool:
        usual = pool.map(try_schedule, range(first_seed, first_seed + count), chunksize=5)
        few = range(first_seed, first_seed + max(count // 10, 1))
        once = pool.map(partial(try_schedule, leave_out=()), few, chunksize=5)
        twice = pool.map(partial(try_schedule, leave_out=(), twice=True), few, chunksize=5)
    return [*_figures(usual), *_limits(once, twice)]


def _figures(outcomes: list[Outcome]) -> Iterator[Figure]:
    """Yield what schedules came to that keep to what the proving order rests on."""
    bad = [outcome.seed for outcome in outcomes if not outcome.holds]
    replay = tuple(f"python -m tests.soak.schedules --seed {seed}" for seed in bad)
    first = Counter(outcome.verdicts[0] for outcome in outcomes)
    told = ", ".join(f"{number} {verdict}" for verdict, number in first.most_common())
    runs = Counter(len(outcome.verdicts) for outcome in outcomes)
    runs_told = ", ".join(f"{number} after {count}" for count, number in sorted(runs.items()))
    false = sum(outcome.false for outcome in outcomes)
    lost = sum(bool(outcome.missing) for outcome in outcomes)
    misread = sum(outcome.misread for outcome in outcomes)
    yield Figure('no false "complete"', f"{false} in {len(outcomes)} schedules; first runs: {told}", not false, replay)
    yield Figure(
        "every record that stood still is got",
        f"lost in {lost} schedules; complete: {runs_told} runs",
        not lost,
        replay,
    )
    yield Figure("nothing is misread under faults", f"{misread} records", not misread, replay)
    yield Figure("every dataset on the way verifies", f"{len(bad)} schedules with a finding", not bad, replay)


def _limits(once: list[Outcome], twice: list[Outcome]) -> Iterator[Figure]:
    """Yield what becomes of claims where records are put back among the old ones: in one pass, and in two."""
    false = sum(bool(outcome.false) for outcome in once)
    yield Figure(
        "known limit: put back among the old ones", f"{false} false of {len(once)} schedules in one pass", holds=True
    )
    bad = [outcome.seed for outcome in twice if outcome.false or outcome.misread]
    replay = tuple(f"python -m tests.soak.schedules --all-plans --twice --seed {seed}" for seed in bad)
    yield Figure("with --twice not even then", f"{len(bad)} false of {len(twice)} schedules", not bad, replay)


def main() -> None:
    """Replay the schedules named on the command line, and tell all of them."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", required=True)
    parser.add_argument("--all-plans", action="store_true", help="with those that put records back among the old ones")
    parser.add_argument("--twice", action="store_true", help="as harvest crawl --twice")
    given = parser.parse_args()
    bad = False
    for seed in given.seed:
        outcome = try_schedule(seed, () if given.all_plans else OLD_ONES, twice=given.twice)
        print(Schedule.draw(seed), outcome, sep="\n")
        bad |= not outcome.holds
    sys.exit(bad)


if __name__ == "__main__":
    main()
