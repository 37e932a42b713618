"""Runs the benchmarks and prints their tables; ends with 1 if a ratio that is promised does not hold."""

import argparse
import sys
from collections.abc import Callable

from tests.bench import files, postgres, sqlite
from tests.bench.timing import Timings

PARTS: dict[str, Callable[[int, int], Timings | files.Sizes]] = {
    "postgres": postgres.measure,
    "sqlite": sqlite.measure,
    "files": files.measure,
}


def main() -> None:
    """Run what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], help="default: all of them")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    held = True
    for name in given.parts or PARTS:
        timings = PARTS[name](given.records, given.repeat)
        print(f"{name}: {given.records:,} records, {given.repeat} times", *timings.table(), sep="\n")
        held = held and timings.hold
    sys.exit(not held)


if __name__ == "__main__":
    main()
