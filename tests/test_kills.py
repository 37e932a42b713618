"""A crawl survives being killed anywhere, and a failing disk loses nothing; `python -m tests.soak.kills` does more."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Harvest, Ran, read_lines
from soak import disk, document_kills, fresh_kills, kills
from soak.bench import PUBLISHED
from soak.figures import Figure, table

from harvester.sample import Archive, Server, running

CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24  # capabilities(7), prctl(2)
# Root may write to whatever it likes, by a capability that no program started from here shall have.
WITHOUT_ROOTS_RIGHTS = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl({PR_CAPBSET_DROP}, {CAP_DAC_OVERRIDE}, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "harvester", *sys.argv[1:]])
"""
WITHOUT_ROOM = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
os.execv(sys.executable, [sys.executable, "-m", "harvester", *sys.argv[1:]])
"""


@pytest.mark.parametrize(("measure", "seed"), [(kills.measure, 0), (disk.measure, 12)], ids=["killed", "failed"])
def test_twelve_points_lose_nothing(measure, seed: int) -> None:
    figures: list[Figure] = measure(12, first_seed=seed, workers=1)
    assert all(figure.holds for figure in figures), "\n".join(table(figures))


def test_documents_and_files_are_lost_to_no_kill() -> None:
    figures: list[Figure] = document_kills.measure(4, first_seed=3, workers=1)
    assert all(figure.holds for figure in figures), "\n".join(table(figures))


def test_the_feed_goes_on_over_a_rebuild_that_is_killed() -> None:
    figures: list[Figure] = fresh_kills.measure(6, first_seed=0, workers=1)
    assert all(figure.holds for figure in figures), "\n".join(table(figures))


@pytest.fixture(scope="module")
def archive() -> Iterator[Server]:
    with running(Archive()) as server:
        yield server


@pytest.fixture(scope="module")
def good(archive: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset of all 103 records."""
    folder = tmp_path_factory.mktemp("good") / "d"
    assert run(["-m", "harvester"], archive, folder).code == 0
    return folder


@pytest.fixture
def dataset(good: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(good, tmp_path / "d"))


def run(python: list[str], server: Server, folder: Path) -> Ran:
    """Run `harvest crawl` by some arguments to Python."""
    crawl = ["crawl", f"{server.url}/search", "--site", "wilson", "--page-size", "10", "-o", str(folder)]
    done = subprocess.run(
        [sys.executable, *python, *crawl],
        capture_output=True,
        cwd=folder.parent,
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PYTHONWARNINGS": "error"},
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != "ledger.sqlite"}


def said(ran: Ran) -> str:
    """Return the one sentence of a crawl that cannot work in its folder; below it stands an advice, and that is all."""
    assert ran.code == 7, ran.out + ran.err
    sentence, advice = ran.err.splitlines()
    assert sentence.startswith("harvest: ") and advice.startswith("  ")
    return sentence


def test_a_folder_that_may_not_be_written(archive: Server, dataset: Path) -> None:
    before = files_of(dataset)
    (dataset / "ledger.sqlite").chmod(0o444)
    dataset.chmod(0o555)
    ran = run(["-c", WITHOUT_ROOTS_RIGHTS], archive, dataset)
    dataset.chmod(0o755)
    (dataset / "ledger.sqlite").chmod(0o644)
    assert "cannot be written" in said(ran)
    assert files_of(dataset) == before
    assert run(["-m", "harvester"], archive, dataset).code == 0


def test_a_place_where_no_folder_may_be_made(archive: Server, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    ran = run(["-c", WITHOUT_ROOTS_RIGHTS], archive, tmp_path / "closed" / "d")
    assert "cannot be written" in said(ran)


def test_a_folder_that_is_a_file(archive: Server, tmp_path: Path) -> None:
    (tmp_path / "d").write_text("a letter", encoding="utf-8")
    assert said(run(["-m", "harvester"], archive, tmp_path / "d")).endswith("/d cannot be written: File exists")
    assert (tmp_path / "d").read_text(encoding="utf-8") == "a letter"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_ledger_cut_in_its_middle(archive: Server, dataset: Path, share: float) -> None:
    before = files_of(dataset)
    ledger = dataset / "ledger.sqlite"
    os.truncate(ledger, int(ledger.stat().st_size * share))
    assert "damaged" in said(run(["-m", "harvester"], archive, dataset))
    assert files_of(dataset) == before


def test_a_ledger_that_is_a_folder(archive: Server, dataset: Path) -> None:
    before = files_of(dataset)
    (dataset / "ledger.sqlite").unlink()
    (dataset / "ledger.sqlite").mkdir()
    assert "cannot be written" in said(run(["-m", "harvester"], archive, dataset))
    assert files_of(dataset) == before


def test_a_log_of_another_database(archive: Server, harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript("CREATE TABLE letter (text); INSERT INTO letter VALUES ('from elsewhere');")
        shutil.copy(f"{other}-wal", dataset / "ledger.sqlite-wal")
    before = {name: data for name, data in files_of(dataset).items() if name in PUBLISHED}
    # SQLite cannot tell that the log is another's, and takes it in: the ledger is lost, what is published is not.
    assert "damaged" in said(run(["-m", "harvester"], archive, dataset))
    assert files_of(dataset) == before
    assert harvest("verify", dataset).code == 0


def test_a_record_written_by_half(archive: Server, harvest: Harvest, dataset: Path) -> None:
    records = dataset / "records.jsonl"
    whole = records.read_bytes()
    os.truncate(records, len(whole) - 100)
    checked = harvest("verify", dataset)
    assert checked.code == 7 and "records.jsonl is not the file that was published" in checked.err
    assert run(["-m", "harvester"], archive, dataset).code == 0
    assert records.read_bytes() == whole and len(read_lines(records)) == 103
    assert harvest("verify", dataset).code == 0


@pytest.mark.parametrize("begun", [False, True], ids=["new", "good"])
def test_no_room_at_all(archive: Server, dataset: Path, tmp_path: Path, begun: bool) -> None:
    folder = dataset if begun else tmp_path / "new"
    before = files_of(folder) if begun else None
    assert "the disk failed" in said(run(["-c", WITHOUT_ROOM], archive, folder))
    assert (files_of(folder) if begun else None) == before
    assert run(["-m", "harvester"], archive, folder).code == 0
