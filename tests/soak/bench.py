"""What kills and faults are measured against: an undisturbed crawl, its operations, and what a whole dataset is."""

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from harvester.dataset.package import CHANGES, NAMES
from harvester.dataset.verify import verify
from harvester.errors import DatasetError

from .crawls import PAGES, RECORDS, Sample, serving
from .feeds import feed_wrongs, make_yesterday
from .operations import Operations, watch
from .packed import snapshot_wrongs
from .strikes import IN_DATABASE, Fail, Kill, Place

PUBLISHED = (*NAMES, CHANGES, "datapackage.json")
FILES = {*PUBLISHED, "ledger.sqlite"}
SNAPSHOTS = "snapshot"
FOLDERS = {SNAPSHOTS, "texts", "files"}
# A crawl into no folder at all; into a good dataset; into one from which the archive differs (not with --snapshot or
# --files).
SCENES = ("first", "second", "changed")


@dataclass(frozen=True, slots=True)
class Scene:
    """A crawl that is to be struck: the folder it begins with (None: none), and its operations when undisturbed."""

    name: str
    before: Path | None
    kinds: tuple[str, ...]
    seconds: float

    def set_up(self, folder: Path) -> None:
        """Make the folder what it is before the crawl."""
        if self.before is not None:
            shutil.copytree(self.before, folder)

    def on_files(self) -> list[str]:
        """Return the kinds of its operations on files, in order."""
        return [kind for kind in self.kinds if kind not in IN_DATABASE]

    def kind_at(self, place: Place) -> str:
        """Return the kind of an operation."""
        return (self.on_files() if place.of_files else self.kinds)[place.number - 1]

    def draw_place(self, chance: random.Random) -> Place:
        """Draw an operation: often a rename, mostly one on files, as statements are many and those few."""
        draw, files = chance.random(), self.on_files()
        if draw < 0.2:
            return Place(chance.choice([i for i, kind in enumerate(files, 1) if kind == "replace"]), of_files=True)
        if draw < 0.6:
            return Place(chance.randint(1, len(files)), of_files=True)
        return Place(chance.randint(1, len(self.kinds)))


class Bench:
    """A server, a place to work, and an undisturbed crawl of each scene."""

    def __init__(self, folder: Path, sample: Sample) -> None:
        self.folder = folder
        self.sample = sample
        good = folder / "good"
        self.scenes = {"first": self._time("first", good, None)}
        self.records = {"first": (good / "records.jsonl").read_bytes()}
        self.beside = beside(good)
        self._add("second", good)
        if not {"--snapshot", "--files"} & {*sample.options}:
            make_yesterday(good, folder / "yesterday")
            self._add("changed", folder / "yesterday")
        self.largest = self._largest()

    def _add(self, name: str, before: Path) -> None:
        """Add the scene of a crawl into a dataset."""
        folder = self.folder / f"{name}-undisturbed"
        shutil.copytree(before, folder)
        self.scenes[name] = self._time(name, folder, before)
        self.records[name] = (folder / "records.jsonl").read_bytes()

    def draw_scene(self, chance: random.Random, weights: tuple[float, float, float]) -> Scene:
        """Draw a scene, of those that there are."""
        return self.scenes[chance.choices([*self.scenes], weights[: len(self.scenes)])[0]]

    def _time(self, name: str, folder: Path, before: Path | None) -> Scene:
        log = self.folder / f"{name}.operations"
        ended = self.sample.crawl(folder, partial(_note, folder, log))
        assert ended.code == 0, ended.said
        return Scene(name, before, tuple(log.read_text(encoding="utf-8").split()), ended.seconds)

    def _largest(self) -> int:
        """Return the size in bytes of the largest file that there is during a crawl."""
        killed = self.folder / "killed"
        at_its_end = Kill(Place(len(self.scenes["first"].kinds) - 1), "before")
        assert self.sample.crawl(killed, struck(killed, at_its_end)).code < 0
        return max(file.stat().st_size for file in killed.iterdir())

    def wrongs(self, folder: Path, scene: Scene, feeds: Sequence[bytes] = ()) -> list[str]:
        """Return what is wrong with a folder that should be a whole dataset of the whole archive.

        `feeds` are the change feeds that were told of on the way.
        """
        if (held := {file.name for file in folder.iterdir()} - FOLDERS - self.beside.keys()) != FILES:
            return [f"the folder holds {sorted(held)}"]
        try:
            findings, coverage = verify(folder)
        except DatasetError as error:
            return [str(error)]
        (listing,) = coverage["listings"]
        told = {name: listing[name] for name in ("verdict", "rows", "total", "duplicates", "missing", "rejects")}
        right = {"verdict": "complete", "rows": RECORDS, "total": RECORDS, "duplicates": [], "missing": []}
        wrongs = [
            *findings.faults,
            *feed_wrongs(folder, feeds),
            *([] if told == right | {"rejects": 0} else [f"certified as {told}"]),
        ]
        records = self.records[scene.name]
        if (folder / "records.jsonl").read_bytes() != records:
            wrongs.append("records.jsonl differs from an undisturbed crawl's")
        found = beside(folder)
        wrongs += [
            f"{name} differs" for name in sorted(found.keys() | self.beside) if found.get(name) != self.beside.get(name)
        ]
        return wrongs + (snapshot_wrongs(folder, records) if "--snapshot" in self.sample.options else [])

    def repeated(self, asked: int, walks: int) -> int:
        """Return how many pages were asked for twice, of walks that needed PAGES each."""
        return asked - PAGES * walks


def struck(folder: Path, strike: Kill | Fail) -> partial[None]:
    """Return what makes a child be struck at an operation on a folder."""
    return partial(watch, folder, Operations(strike))


def _note(folder: Path, log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    watch(folder, Operations(None, lambda kind: os.write(handle, f"{kind}\n".encode())))


@contextmanager
def benches(*options: str) -> Iterator[Bench]:
    """Give a bench in a folder that is removed at the end; crawls have some options more."""
    with TemporaryDirectory(prefix="soak-") as name, serving(Path(name), *options) as sample:
        yield Bench(Path(name), sample)


def beside(folder: Path) -> dict[str, bytes]:
    """Return what a dataset has of documents: their lines, texts and files, and whatever else lies with those."""
    paths = [folder / "documents.jsonl", *folder.glob("texts/*"), *folder.glob("files/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def published(folder: Path) -> int:
    """Return the last page that is noted as published, 0 if none; looks at a copy, as looking repairs."""
    with TemporaryDirectory(prefix="soak-") as name:
        copy = Path(name)
        for file in folder.glob("ledger.sqlite*"):
            shutil.copy(file, copy)
        if not (copy / "ledger.sqlite").exists():
            return 0
        with closing(sqlite3.connect(copy / "ledger.sqlite")) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                return 0
            row = db.execute("SELECT value FROM meta WHERE name = 'published'").fetchone()
            return int(row[0]) if row else 0


def state_of(folder: Path) -> str:
    """Return what a reader meets: nothing, a whole dataset, whole files that differ in age, or a torn file."""
    files = contents(folder)
    if not files:
        return "nothing"
    try:
        if not verify(folder)[0].faults:
            return "whole"
    except DatasetError:
        pass  # a file is missing, or torn: looked at now
    return "between" if all(_is_whole(name, data) for name, data in files.items()) else "torn"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the published files that there are."""
    return {name: (folder / name).read_bytes() for name in PUBLISHED if (folder / name).exists()}


def _is_whole(name: str, data: bytes) -> bool:
    try:
        for value in data.splitlines() if name.endswith(".jsonl") else [data]:
            orjson.loads(value)
    except ValueError:
        return False
    return data.endswith(b"\n") or not data
