"""Reads thousands of hostile pages and measures what the page objects promise of them.

`python -m tests.soak.fuzz` measures; with --seed N it shows what one page does.
"""

import argparse
import signal
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from harvester.captures import Capture

from .figures import Figure
from .mutations import mutate
from .truth import SITE, URL, find_unfit, find_untrue, read_page

CHUNK = 250
SLOWEST = 1.0  # seconds of one processor
MOST_GROWTH = 48  # MB of one process, after its first chunk
_HANGS = 20.0  # seconds of one processor after which a page is given up


@dataclass(slots=True)
class Tally:
    """What a run of pages did: failures by promise, with their seeds; the slowest page; memory at each chunk's end."""

    pages: int = 0
    read: int = 0
    cut: int = 0
    failures: dict[str, list[tuple[int, str]]] = field(
        default_factory=lambda: {"raised": [], "untrue": [], "unfit": []}
    )
    slowest: tuple[float, int] = (0.0, 0)
    resident: list[float] = field(default_factory=list)


def run_chunk(seeds: range) -> Tally:
    """Read the pages of some seeds in this process."""
    tally = Tally()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in seeds:
            _run_one(seed, tally)
    tally.resident.append(_resident())
    return tally


def _run_one(seed: int, tally: Tally) -> None:
    page = mutate(seed)
    tally.pages += 1
    tally.cut += page.cut
    started = time.process_time()
    try:
        with limited():
            reading = read_page(page.body)
            tally.slowest = max(tally.slowest, (time.process_time() - started, seed))
            tally.read += reading is not None
            for kind, found in (("untrue", find_untrue(page, reading)), ("unfit", find_unfit(reading))):
                if found:
                    tally.failures[kind].append((seed, found))
    except Exception as error:  # noqa: BLE001  (any exception is what is looked for)
        tally.failures["raised"].append((seed, "".join(traceback.format_exception_only(error)).strip()))


@contextmanager
def limited() -> Iterator[None]:
    """Give a page up that hangs; the engine of regular expressions looks for signals too."""
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, _HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _give_up(number: int, frame: object) -> None:
    raise TimeoutError(f"not read in {_HANGS} seconds")


def _resident() -> float:
    """Return this process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def measure(count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
    """Read `count` hostile pages and return what was measured; `workers` processes, this one alone if 1."""
    chunks = [range(at, min(at + CHUNK, first_seed + count)) for at in range(first_seed, first_seed + count, CHUNK)]
    shares = [chunks[i::workers] for i in range(workers)]
    if workers == 1:
        return figures([list(map(run_chunk, chunks))])
    runs = []
    with ProcessPoolExecutor(workers) as pool:
        for share, future in [(share, pool.submit(_run_share, share)) for share in shares]:
            try:
                runs.append(future.result())
            except BrokenProcessPool:
                seeds = [share[0][0], *(chunk[0] for chunk in share[1:])]
                runs.append([Tally(failures={"raised": [(s, "a process died in or after") for s in seeds]})])
    return figures(runs)


def _run_share(chunks: list[range]) -> list[Tally]:
    return [run_chunk(chunk) for chunk in chunks]


def figures(runs: list[list[Tally]]) -> list[Figure]:
    """Return the figures of some processes' runs."""
    tallies = list(chain.from_iterable(runs))
    pages, read, cut = (sum(getattr(t, name) for t in tallies) for name in ("pages", "read", "cut"))
    slowest, seed = max((t.slowest for t in tallies), default=(0.0, 0))
    resident = [[size for t in run for size in t.resident] for run in runs]
    growth = max((sizes[-1] - sizes[0] for sizes in resident if sizes), default=0.0)
    slow = (_replay(seed),) if slowest > SLOWEST else ()
    return [
        _figure("raised", "Hostile pages raise no exception but the project's own", f"of {pages:,} pages", tallies),
        Figure("No page takes more than a second of one processor", f"{slowest:.2f} s", slowest <= SLOWEST, slow),
        Figure("Reading pages lets no memory grow", f"{growth:+.0f} MB in a process", growth <= MOST_GROWTH),
        _figure("untrue", "A page cut off at its end gives no record that the whole one lacks", f"of {cut:,}", tallies),
        _figure("unfit", "Every record is JSON, safe for terminals and databases", f"of {read:,} pages read", tallies),
    ]


def _figure(kind: str, promise: str, of: str, tallies: Iterable[Tally]) -> Figure:
    failed = [failure for tally in tallies for failure in tally.failures.get(kind, [])]
    return Figure(
        promise, f"{len(failed)} {of}", not failed, tuple(f"{_replay(s)}  # {what[:300]}" for s, what in failed[:20])
    )


def _replay(seed: int) -> str:
    return f"python -m tests.soak.fuzz --seed {seed}"


def show(seed: int) -> None:
    """Print what one page is and does."""
    page = mutate(seed)
    print(f"seed {seed}: {page.name}, {len(page.body):,} bytes: {', '.join(page.steps)}")
    reading = SITE.read(Capture(page.body, url=URL))
    for row in reading.rows:
        print(asdict(row))
    print("untrue:", find_untrue(page, reading), " unfit:", find_unfit(reading))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="show one page")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if given.seed is not None:
        show(given.seed)
        return
    for figure in measure(given.count, given.first_seed, given.workers):
        print("holds" if figure.holds else "FAILS", figure.promise, "|", figure.measured, *figure.replay, sep="\n  ")


if __name__ == "__main__":
    main()
