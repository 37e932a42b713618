"""Kills crawls with --files anywhere, by seed: documents, texts and files come out as of an undisturbed crawl."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from . import kills
from .bench import Bench
from .figures import Figure, judge
from .spread import Proof

TOO_OFTEN = "documents and files were asked for"


def strike(bench: Bench, seed: int) -> kills.Point:
    """Kill a crawl by seed, run it again until its end, and count what it asked for beside listings."""
    before = len(bench.sample.beside())
    point = kills.strike(bench, seed)
    asked = Counter(bench.sample.beside()[before:])
    again = asked if point.scene == "second" else asked - Counter(set(asked))  # the second has them all when it begins
    if again.total() <= len(point.kills) - point.missed:
        return point
    return replace(point, wrongs=[*point.wrongs, f"{TOO_OFTEN} too often: {', '.join(sorted(again))[:300]}"])


def judge_points(points: Sequence[kills.Point]) -> list[Figure]:
    """Return what the points amount to."""
    asked = "asks again for one document or file a kill at most"
    figures = [*kills.judge_points(points), judge(asked, points, _asks_little, kills.replay)]
    told = "soak.kills", "soak.document_kills"
    return [
        replace(figure, promise=f"--files: {figure.promise}", replay=tuple(r.replace(*told) for r in figure.replay))
        for figure in figures
    ]


def _asks_little(point: kills.Point) -> bool:
    return not any(wrong.startswith(TOO_OFTEN) for wrong in point.wrongs)


PROOF = Proof("tests.soak.document_kills", kills.Point, strike, judge_points, ("--files",))
measure = PROOF.measure

if __name__ == "__main__":
    sys.exit(PROOF.main(__doc__ or ""))
