"""Kills crawls with --snapshot anywhere, by seed: afterwards the snapshots are whole, and hold all that is told."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from . import kills
from .figures import Figure
from .spread import Proof


def judge_points(points: Sequence[kills.Point]) -> list[Figure]:
    """Return what the points amount to."""
    return [named(figure, "kills") for figure in kills.judge_points(points)]


def named(figure: Figure, proof: str) -> Figure:
    """Return a figure as one of crawls with a snapshot, with the commands that show those again."""
    replays = tuple(told.replace(f"soak.{proof}", f"soak.snapshot_{proof}") for told in figure.replay)
    return replace(figure, promise=f"--snapshot: {figure.promise}", replay=replays)


PROOF = Proof("tests.soak.snapshot_kills", kills.Point, kills.strike, judge_points, ("--snapshot",))
measure = PROOF.measure

if __name__ == "__main__":
    sys.exit(PROOF.main(__doc__ or ""))
