"""Lets the disk fail under crawls with --snapshot, by seed: they say so, and the next one packs what was kept."""

import sys
from collections.abc import Sequence

from . import disk
from .figures import Figure
from .snapshot_kills import named
from .spread import Proof


def judge_points(points: Sequence[disk.Point]) -> list[Figure]:
    """Return what the points amount to."""
    return [named(figure, "disk") for figure in disk.judge_points(points)]


PROOF = Proof("tests.soak.snapshot_disk", disk.Point, disk.strike, judge_points, ("--snapshot",))
measure = PROOF.measure

if __name__ == "__main__":
    sys.exit(PROOF.main(__doc__ or ""))
