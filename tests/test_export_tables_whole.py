"""A table appears whole or not at all, and the same dataset gives the same bytes."""

import os
import resource
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import frictionless
import openpyxl
import pytest
from biting import publish_bites
from conftest import Harvest, Ran, read_json
from exporting import export
from pyarrow import parquet
from tables import csv_by_csv, excel_by_openpyxl, parquet_by_pyarrow

FORMS = ("csv", "xlsx", "parquet")
BEFORE = b"as it was before"
# What the program is to die of, by itself: at a record in the middle, or with all written and nothing renamed.
DYING = """
import os, signal, sys
from harvester.cli import main
from harvester.exports.source import Source
whole, seen, at = Source.records, [], sys.argv[1]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def records(self):
    for record in whole(self):
        seen.append(record)
        if len(seen) == int(at):
            die()
        yield record
if at == "sync":
    os.fsync = die
else:
    Source.records = records
sys.argv = ["harvest", *sys.argv[2:]]
main()
"""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bites") / "d"
    publish_bites(folder, documents=False, long=False)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset with a summary of ten megabytes, more than any buffer holds back."""
    folder = tmp_path_factory.mktemp("large") / "d"
    publish_bites(folder, documents=False)
    return folder


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """Return a folder in which files of all forms lie already."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("r.csv", "r.datapackage.json", "r.xlsx", "r.parquet"):
        (folder / name).write_bytes(BEFORE)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(*args: object, before: object = None, code: tuple[str, ...] = ("-m", "harvester")) -> Ran:
    done = subprocess.run(
        [sys.executable, *code, *map(str, args)], capture_output=True, check=False, timeout=60, preexec_fn=before,
        env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    ("form", "room"),
    [("csv", 5_000), ("csv", 400_000), ("xlsx", 0), ("xlsx", 30_000), ("parquet", 0), ("parquet", 400_000)],
)
def test_where_there_is_no_room_the_file_before_stays(large: Path, placed: Path, form: str, room: int) -> None:
    before = contents(placed)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (room, room))
    ran = run("export", large, placed / f"r.{form}", before=limit)
    assert (ran.code, ran.out) == (8, "")
    assert ran.err.splitlines() == [
        f"harvest: {placed / f'r.{form}'} cannot be written: File too large", "  Nothing was changed there.",
    ]  # fmt: skip
    assert contents(placed) == before


@pytest.mark.parametrize(
    ("form", "at"), [("csv", "9"), ("xlsx", "40"), ("parquet", "9"), *((one, "sync") for one in FORMS)]
)
def test_killed_in_the_middle_it_leaves_the_file_before(dataset: Path, placed: Path, form: str, at: str) -> None:
    before = contents(placed)
    ran = run(at, "export", dataset, placed / f"r.{form}", code=("-c", DYING))
    assert ran.code == -signal.SIGKILL
    after = {path.name: path.read_bytes() for path in placed.iterdir() if not path.name.startswith(".")}
    assert after == before
    assert run("export", dataset, placed / f"r.{form}").code == 0
    read = {"csv": csv_by_csv, "xlsx": excel_by_openpyxl, "parquet": parquet_by_pyarrow}[form]
    assert len(read(placed / f"r.{form}")) == 28


def test_a_csv_whose_package_cannot_be_written_is_not_written(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "r.datapackage.json").mkdir()
    (tmp_path / "r.csv").write_bytes(BEFORE)
    assert run("export", dataset, tmp_path / "r.csv").code == 8
    assert (tmp_path / "r.csv").read_bytes() == BEFORE


@pytest.mark.parametrize("form", FORMS)
def test_the_same_dataset_gives_the_same_bytes(dataset: Path, tmp_path: Path, harvest: Harvest, form: str) -> None:
    for name, env in (
        ("one", {"PYTHONHASHSEED": "1"}),
        ("two", {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"}),
    ):
        ran = harvest("export", dataset, f"{name}/r.{form}", env=env)
        assert ran.code == 0, ran.err
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == {f"r.{form}"} | ({"r.datapackage.json"} if form == "csv" else set())


def test_a_csv_that_was_written_over_another_has_a_package_of_its_own(dataset: Path, placed: Path) -> None:
    export(dataset, placed / "r.csv")
    assert frictionless.validate(str(placed / "r.datapackage.json")).valid


def test_a_selection_says_by_what_it_was_made(dataset: Path, tmp_path: Path) -> None:
    for form in FORMS:
        assert run("export", dataset, tmp_path / f"r.{form}", "--matching", "Winter 1956").code == 0
    told = read_json(tmp_path / "r.datapackage.json")
    about = list(openpyxl.load_workbook(tmp_path / "r.xlsx")["about"].iter_rows(values_only=True))
    assert told["selection"] == "Winter 1956"
    assert ("Only what is found by", "Winter 1956") in about
    assert parquet.read_metadata(tmp_path / "r.parquet").metadata[b"selection"] == b"Winter 1956"
    counts = {
        len(csv_by_csv(tmp_path / "r.csv")),
        len(excel_by_openpyxl(tmp_path / "r.xlsx")),
        told["resources"][0]["rows"],
    }
    assert counts == {len(parquet_by_pyarrow(tmp_path / "r.parquet"))} != {28}
