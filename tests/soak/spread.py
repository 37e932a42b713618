"""Spreads seeds over processes of their own, as each point forks and a process with threads must not."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .bench import Bench, benches
from .crawls import ROOT
from .figures import Figure, table


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof by points, one a seed: its module, how a point is made, and what the points amount to."""

    module: str
    point: type[Any]
    strike: Callable[[Bench, int], Any]
    figures: Callable[[Sequence[Any]], list[Figure]]
    options: tuple[str, ...] = ()  # of every crawl

    def measure(self, count: int, first_seed: int = 0, workers: int = 2) -> list[Figure]:
        """Return the figures of `count` points from a seed on."""
        running = [
            self._begin(first_seed + i, len(range(first_seed + i, first_seed + count, workers)), workers)
            for i in range(min(workers, count))
        ]
        points = []
        try:
            for process in running:
                said, _ = process.communicate()
                if process.returncode:
                    raise RuntimeError(f"{process.args} ended with {process.returncode}")
                points += [self.point(**json.loads(line)) for line in said.splitlines()]
        finally:
            for process in running:
                with process:
                    process.terminate()
        return self.figures(sorted(points, key=lambda point: point.seed))

    def _begin(self, seed: int, count: int, step: int) -> subprocess.Popen[str]:
        numbers = {"--seed": seed, "--count": count, "--step": step}
        options = [str(part) for pair in numbers.items() for part in pair]
        command = [sys.executable, "-m", self.module, *options, "--json"]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def points(self, seeds: range) -> Iterator[Any]:
        """Yield the points of some seeds, one after the other, in this process."""
        with benches(*self.options) as bench:
            for seed in seeds:
                yield self.strike(bench, seed)

    def main(self, description: str) -> int:
        """Run from the command line; return 1 if a promise does not hold."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.module}", description=description)
        parser.add_argument("--seed", type=int, default=0, help="the first point (0)")
        parser.add_argument("--count", type=int, default=1, help="how many points (1)")
        parser.add_argument("--step", type=int, default=1, help="the next seed, from one to the next (1)")
        parser.add_argument("--workers", type=int, default=0, help="spread over so many processes (0: this one)")
        parser.add_argument("--json", action="store_true", help="print each point as a line of JSON, and no figures")
        options = parser.parse_args()
        if options.workers:
            figures = self.measure(options.count, options.seed, options.workers)
        else:
            points = []
            for point in self.points(range(options.seed, options.seed + options.count * options.step, options.step)):
                points.append(point)
                print(json.dumps(asdict(point)), flush=True)
            if options.json:
                return 0
            figures = self.figures(points)
        print(*table(figures), sep="\n")
        return int(not all(figure.holds for figure in figures))
