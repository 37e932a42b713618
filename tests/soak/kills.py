"""Kills crawls anywhere, by seed, and proves that the same command brings them to the same end."""

import random
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .bench import Bench, Scene, published, state_of, struck
from .feeds import told
from .figures import Figure, judge
from .spread import Proof
from .strikes import Kill

WHENS = ("before", "within", "after")


@dataclass(frozen=True, slots=True)
class Point:
    """One crawl, killed once or twice, and what became of it."""

    seed: int
    scene: str
    kills: list[str]  # where each was struck
    states: list[str]  # what a reader met after each
    missed: int  # strikes that came too late: the crawl had ended by itself
    repeated: int  # pages asked for again
    resumed: bool  # a later run went on where an earlier one was, instead of beginning anew
    code: int
    said: str
    wrongs: list[str] = field(default_factory=list)


def strike(bench: Bench, seed: int) -> Point:
    """Kill a crawl by seed, and run it again until its end."""
    chance = random.Random(seed)
    scene = bench.draw_scene(chance, (5, 2, 3))
    strikes = 2 if chance.random() < 0.25 else 1
    folder = bench.folder / f"kill-{seed}"
    scene.set_up(folder)
    asked, walks, kills, states, missed, feeds = bench.sample.pages(), 1, [], [], 0, told(folder)
    for _ in range(strikes):
        before = published(folder)
        where, code = _kill(bench, scene, chance, folder)
        kills.append(where)
        feeds += told(folder)
        missed += code >= 0
        walks += published(folder) != before  # it had done all: the next run rightly begins anew
        states.append(state_of(folder))
    ended = bench.sample.crawl(folder)
    wrongs = bench.wrongs(folder, scene, feeds) if ended.code == 0 else []
    shutil.rmtree(folder)
    repeated = bench.repeated(bench.sample.pages() - asked, walks)
    resumed = "going on after" in ended.said
    return Point(seed, scene.name, kills, states, missed, repeated, resumed, ended.code, ended.said, wrongs)


def _kill(bench: Bench, scene: Scene, chance: random.Random, folder: Path) -> tuple[str, int]:
    """Run the crawl to its death; return where that was to be, and the exit code (negative: by signal)."""
    if chance.random() < 0.4:
        share = chance.random() * 0.9  # a crawl that goes on is shorter
        return f"after {share:.0%} of its time", bench.sample.crawl(folder, kill_after=share * scene.seconds).code
    kill = Kill(scene.draw_place(chance), chance.choice(WHENS))
    what = "file operation" if kill.place.of_files else "operation"
    return f"{kill.when} {what} {kill.place.number}", bench.sample.crawl(folder, struck(folder, kill)).code


def judge_points(points: Sequence[Point]) -> list[Figure]:
    """Return what the points amount to."""
    second = [point for point in points if point.scene != "first"]
    kinds = Counter("time" if "time" in kill else "operation" for point in points for kill in point.kills)
    states = Counter(state for point in points for state in point.states)
    struck_at = (
        f"{kinds['operation']} kills at an operation, {kinds['time']} at a time, {_missed(points)} came too late"
    )
    met = ", ".join(f"{states[state]} {state}" for state in ("whole", "nothing", "between", "torn") if states[state])
    return [
        judge("a crawl killed anywhere ends with 0", points, lambda point: point.code == 0, replay, struck_at),
        judge("and publishes an undisturbed crawl's bytes", points, lambda p: p.code == 0 and not p.wrongs, replay),
        judge("asks again for one page a kill at most", points, _asks_little, replay, _most(points)),
        judge("no file is ever torn", points, lambda point: "torn" not in point.states, replay, f"met {met}"),
        judge("a dataset never goes missing", second, lambda point: "nothing" not in point.states, replay),
    ]


def _asks_little(point: Point) -> bool:
    return point.repeated <= len(point.kills) - point.missed


def _most(points: Sequence[Point]) -> str:
    return f"at most {max((point.repeated for point in points), default=0)} asked again"


def _missed(points: Sequence[Point]) -> int:
    return sum(point.missed for point in points)


def replay(point: Point) -> str:
    """Return the command that strikes a point again."""
    return f"python -m tests.soak.kills --seed {point.seed}"


PROOF = Proof("tests.soak.kills", Point, strike, judge_points)
measure = PROOF.measure

if __name__ == "__main__":
    sys.exit(PROOF.main(__doc__ or ""))
