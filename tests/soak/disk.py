"""Lets the disk fail under crawls, by seed, and proves that they say so, spoil nothing and go on once it is well."""

import errno
import random
import re
import resource
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .bench import Bench, Scene, contents, published, state_of, struck
from .feeds import told
from .figures import Figure, judge
from .spread import Proof
from .strikes import Fail

FAULTS = ("full", "broken", "file size", "database size")
# A sentence on the disk and an advice, and nothing else than what a crawl says on its way.
_PLAIN = re.compile(r"(/search: .*\n)*harvest: (the disk is full|the disk failed|\S+ cannot be written).*\n  \S.+\n")
_LEDGER_PAGES = 35  # of 4,096 bytes, when the sample archive is in it


@dataclass(frozen=True, slots=True)
class Point:
    """One crawl on a disk that fails, and what became of it."""

    seed: int
    scene: str
    fault: str  # what failed, and from where on
    code: int
    said: str
    state: str  # what a reader met after it
    kept: bool  # the files published before are as they were, byte for byte; True if there were none
    repeated: int  # pages asked for again by the next crawl, on a disk that is well
    next_code: int
    next_said: str
    wrongs: list[str] = field(default_factory=list)

    @property
    def felt(self) -> bool:
        """Return whether the crawl noticed: a limit may be wider than what it needs."""
        return self.code != 0


def strike(bench: Bench, seed: int) -> Point:
    """Crawl on a disk that fails by seed, and again on one that is well."""
    chance = random.Random(seed)
    scene = bench.draw_scene(chance, (4, 3, 3))
    folder = bench.folder / f"disk-{seed}"
    scene.set_up(folder)
    fault, prepare = _draw(bench, scene, chance, folder)
    asked, before = bench.sample.pages(), published(folder)
    ended = bench.sample.crawl(folder, prepare)
    had_all = published(folder) != before  # it could not note its end, nothing else: the next run rightly begins anew
    state, feeds = state_of(folder), told(folder)
    kept = scene.before is None or contents(folder) == contents(scene.before)
    again = bench.sample.crawl(folder)
    wrongs = bench.wrongs(folder, scene, feeds) if again.code == 0 else []
    shutil.rmtree(folder)
    repeated = bench.repeated(bench.sample.pages() - asked, 2 if ended.code == 0 or had_all else 1)
    return Point(seed, scene.name, fault, ended.code, ended.said, state, kept, repeated, again.code, again.said, wrongs)


def _draw(bench: Bench, scene: Scene, chance: random.Random, folder: Path) -> tuple[str, Callable[[], None]]:
    """Draw a fault; return it in words, and what brings it about in a child."""
    fault = chance.choices(FAULTS, (3, 3, 2, 2))[0]
    if fault == "file size":
        size = chance.randint(0, bench.largest)
        return f"no file above {size} bytes", partial(limit_files, size)
    if fault == "database size":
        pages = chance.randint(1, _LEDGER_PAGES)
        return f"no database above {pages} pages", partial(limit_databases, pages)
    number = errno.ENOSPC if fault == "full" else errno.EIO
    fail = Fail(scene.draw_place(chance), number, lasting=chance.random() < 0.5)
    kind = "file operation" if fail.place.of_files else "operation"
    when = "from" if fail.lasting else "at"
    return f"{fault} {when} {kind} {fail.place.number} ({scene.kind_at(fail.place)})", struck(folder, fail)


def limit_files(size: int) -> None:
    """Let no file of this process grow beyond a size: the system itself says "File too large"."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def limit_databases(pages: int) -> None:
    """Let no database of this process grow beyond a number of pages: SQLite itself says that it is full."""
    connect = sqlite3.connect

    def limited(*args: object, **kwargs: object) -> sqlite3.Connection:
        connection = connect(*args, **kwargs)  # type: ignore[call-overload]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    sqlite3.connect = limited


def judge_points(points: Sequence[Point]) -> list[Figure]:
    """Return what the points amount to."""
    felt = [point for point in points if point.felt]
    second = [point for point in felt if point.scene != "first"]
    faults = Counter(point.fault.split()[0].replace("no", "limit") for point in felt)
    felt_ones = f"{len(points) - len(felt)} faults not felt; " + ", ".join(f"{n} {name}" for name, n in faults.items())
    renames = sum("(replace)" in point.fault for point in second)
    met = f"{sum(point.kept for point in second)} byte for byte; a rename failed in {renames}"
    most = f"at most {max((point.repeated for point in points), default=0)} asked again"
    return [
        judge("a failing disk ends a crawl with 7", felt, lambda point: point.code == 7, replay, felt_ones),
        judge(
            "with a sentence on the disk and an advice", felt, lambda point: bool(_PLAIN.fullmatch(point.said)), replay
        ),
        judge("an earlier dataset stays whole, but for a rename", second, _is_spared, replay, met),
        judge("no file is ever torn", points, lambda point: point.state != "torn", replay),
        judge("the same command then ends with 0", points, lambda point: point.next_code == 0, replay),
        judge("and publishes an undisturbed crawl's bytes", points, _is_right, replay),
        judge("asks again for two pages at most", points, lambda point: point.repeated <= 2, replay, most),
    ]


def _is_spared(point: Point) -> bool:
    """Return whether a reader finds a whole dataset; where a rename failed, datapackage.json shows it otherwise."""
    return point.state == "whole" or (point.state == "between" and "(replace)" in point.fault)


def _is_right(point: Point) -> bool:
    return point.next_code == 0 and not point.wrongs


def replay(point: Point) -> str:
    """Return the command that strikes a point again."""
    return f"python -m tests.soak.disk --seed {point.seed}"


PROOF = Proof("tests.soak.disk", Point, strike, judge_points)
measure = PROOF.measure

if __name__ == "__main__":
    sys.exit(PROOF.main(__doc__ or ""))
