"""Takes documents and files from a web archive, its captures and failures drawn by seed; was anything taken wrongly?"""

import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import unquote

from harvester.dataset.verify import read_lines, verify
from harvester.sample.archive import Archive
from harvester.sample.past import is_page, shoot_documents, shoot_files
from harvester.sample.running import serving
from harvester.sample.schedule import Fault
from harvester.sample.visits import FAILURES, HOST, Failing
from harvester.sample.wayback import Shot, Wayback, make_urlkey, shoot
from tests.soak.engine import Clock, run
from tests.soak.figures import Figure, judge
from tests.soak.wayback import CODES, LISTING, gather

MOST_RUNS = 6
RECORDS = 24


@dataclass(slots=True)
class Outcome:
    """What a seed came to: exit codes run by run, and everything that is wrong with it."""

    seed: int
    codes: list[int] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    met: int = 0

    @property
    def holds(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.wrongs


def try_documents(seed: int) -> Outcome:
    """Take all there is again and again, until it is complete or was tried often enough."""
    rng = random.Random(f"documents {seed}")
    archive = Archive(RECORDS, seed=1 + seed % 3)
    never = {rng.choice(archive.records).node} if rng.random() < 0.3 else set()
    listing = shoot(archive, "20250316000000", f"{LISTING}?items_per_page=100")
    shots = [listing, *shoot_documents(archive, seed, never=never), *shoot_files(archive, seed)]
    outcome, clock = Outcome(seed), Clock()
    with (
        serving(Wayback(shots, most_lines=rng.choice((7, 100_000)))) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        failing = Failing(server, _draw_faults(rng), datetime(2026, 3, 1, 12, tzinfo=UTC))
        server.intercept = failing
        for _ in range(MOST_RUNS):
            result = run(gather([LISTING], Path(folder) / "d", server.url, clock, "documents files"))
            outcome.codes.append(int(result.code))
            outcome.wrongs += _examine(Path(folder) / "d", shots)
            clock.time += timedelta(days=1)
        outcome.met = len(failing.met)
        outcome.wrongs += _missing(Path(folder) / "d", archive, never) + _asked_twice(shots, failing)
    if not set(outcome.codes) <= CODES:
        outcome.wrongs.append(f"exit codes {outcome.codes}")
    if (outcome.codes[-1] == 0) == bool(never):
        outcome.wrongs.append(f"{len(never)} never captured, and exit codes {outcome.codes}")
    return outcome


def _draw_faults(rng: random.Random) -> list[Fault]:
    faults = []
    for _ in range(rng.choice((0, 2, 5, 9))):
        kind = rng.choice([kind for kind in FAILURES if kind != "drip"])
        faults.append(Fault(1 + rng.randrange(150), kind, rng.random(), rng.randint(1, FAILURES[kind][1])))
    return sorted(faults, key=lambda fault: fault.at)


def _examine(dataset: Path, shots: list[Shot]) -> list[str]:
    """Compare what is held with what the captures really are."""
    if not (dataset / "records.jsonl").exists():
        return []
    wrongs = list(verify(dataset)[0].told())
    pages = {(make_urlkey(shot.url).partition("?")[0], shot.timestamp) for shot in shots if is_page(shot)}
    for line in read_lines(dataset / "provenance.jsonl"):
        for capture in line["captures"]:
            time = "".join(filter(str.isdigit, capture["captured_at"]))
            key = make_urlkey(capture["url"]).partition("?")[0]
            if capture["kind"] == "document" and (key, time) not in pages:
                wrongs.append(f"{capture['url']} of {time} was no page")
    bodies = {shot.body for shot in shots if shot.status == 200}
    wrongs += [
        f"{path.name} never was a file" for path in dataset.glob("files/[!.]*") if path.read_bytes() not in bodies
    ]
    return wrongs


def _missing(dataset: Path, archive: Archive, never: set[int]) -> list[str]:
    """Return what could be had and is not held after the last run."""
    if not (dataset / "records.jsonl").exists():
        return ["nothing was published"]
    found = {line["url"].partition(HOST)[2]: line for line in read_lines(dataset / "documents.jsonl")}
    there = {record.path for record in archive.records if record.node not in never}
    wrongs = [f"{path} is missing" for path in sorted(there - found.keys())]
    for line in found.values():
        wrongs += [f"{link['url']} is missing" for link in line["files"] if link["file"] is None]
    return wrongs


def _asked_twice(shots: list[Shot], failing: Failing) -> list[str]:
    """Return pages that came whole more than once."""
    good = {f"/web/{shot.timestamp}id_/{shot.url}".replace(":80/", "/") for shot in shots if is_page(shot)}
    counts = Counter(unquote(path).replace(":80/", "/") for path in failing.sound)
    return [f"{path} was fetched {count} times" for path, count in counts.items() if path in good and count > 1]


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Try so many seeds."""
    with get_context("spawn").Pool(workers, maxtasksperchild=50) as pool:
        outcomes = pool.map(try_documents, range(first_seed, first_seed + count), chunksize=2)
    told = (
        f"{sum(outcome.codes[-1] == 0 for outcome in outcomes)} complete; {sum(o.met for o in outcomes)} answers failed"
    )
    return [
        judge("a web archive's documents and files: each had, none wrongly", outcomes, lambda o: o.holds, replay, told)
    ]


def replay(outcome: Outcome) -> str:
    """Return how a seed is tried again."""
    return f"python -c 'from tests.soak.wayback_documents import try_documents as t; print(t({outcome.seed}))'"
