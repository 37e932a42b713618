"""Kills crawls with --fresh anywhere, by seed: the rebuild takes its place whole, and the feed goes on over it."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from . import kills
from .figures import Figure
from .spread import Proof


def judge_points(points: Sequence[kills.Point]) -> list[Figure]:
    """Return what the points amount to.

    How much is asked for again is no promise here: after a rebuild that took its place the same command begins another.
    """
    told = "soak.kills", "soak.fresh_kills"
    return [
        replace(figure, promise=f"--fresh: {figure.promise}", replay=tuple(r.replace(*told) for r in figure.replay))
        for figure in kills.judge_points(points)
        if not figure.promise.startswith("asks again")
    ]


PROOF = Proof("tests.soak.fresh_kills", kills.Point, kills.strike, judge_points, ("--fresh",))
measure = PROOF.measure

if __name__ == "__main__":
    sys.exit(PROOF.main(__doc__ or ""))
