"""Runs the long proofs one after the other, prints what was measured, and ends with 1 if a promise does not hold.

SCALE multiplies the numbers: 1 takes about eighteen minutes on two cores. Each part prints how to repeat what failed.
"""

import argparse
import sys
from collections.abc import Callable
from time import monotonic

from tests.soak import (
    bells,
    disk,
    document_kills,
    fresh_kills,
    fuzz,
    kills,
    mirror,
    schedules,
    second_run,
    snapshot_disk,
    snapshot_kills,
    walks,
    wayback,
    wayback_documents,
    year,
)
from tests.soak.figures import Figure, table

PARTS: dict[str, tuple[Callable[[int, int, int], list[Figure]], int]] = {
    "schedules": (schedules.measure, 1_000),
    "kills": (kills.measure, 500),
    "disk": (disk.measure, 200),
    "snapshot_kills": (snapshot_kills.measure, 100),
    "snapshot_disk": (snapshot_disk.measure, 50),
    "document_kills": (document_kills.measure, 100),
    "fresh_kills": (fresh_kills.measure, 100),
    "walks": (walks.measure, 20_000),
    "wayback": (wayback.measure, 300),
    "wayback_documents": (wayback_documents.measure, 60),
    "fuzz": (fuzz.measure, 20_000),
    "mirror": (mirror.measure, mirror.RECORDS),
    "year": (year.measure, 365),
    "bells": (bells.measure, 120),
    "second_run": (second_run.measure, second_run.RECORDS),
}


def main() -> None:
    """Run what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], help="default: all of them")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies how often each thing is tried")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    figures: list[Figure] = []
    for name in given.parts or PARTS:
        measure, count = PARTS[name]
        begun = monotonic()
        found = measure(max(1, round(count * given.scale)), given.seed, given.workers)
        print(f"{name}: {monotonic() - begun:.0f} seconds, from seed {given.seed} on", flush=True)
        print("\n".join(table(found)), end="\n\n", flush=True)
        figures += found
    failed = sum(not figure.holds for figure in figures)
    print(f"{len(figures) - failed} of {len(figures)} promises hold")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
