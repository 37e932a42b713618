"""An update that is killed anywhere is made up for by the next one: nothing is lost, and nothing is claimed."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, read_lines

from harvester.dataset.verify import verify
from harvester.sample import Archive, Server, running

NEW = 30
POINTS = 6
# Arguments: the number of the operation to be killed after (0: none), where to write how many there were, the folder.
DRIVER = """
import sys
from pathlib import Path
from tests.soak.operations import Operations, watch
from tests.soak.strikes import Kill, Place
from harvester.cli import main
number, count, folder = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
operations = Operations(Kill(Place(number), "after") if number else None)
watch(folder, operations)
try:
    main(["update", str(folder), "--origin", sys.argv[4]])
finally:
    count.write_text(str(operations.all))
"""


def update(server: Server, folder: Path, number: int = 0) -> int:
    command = [sys.executable, "-c", DRIVER, str(number), str(folder.parent / "count"), str(folder), server.url]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)
    assert done.returncode in {0, -9}, done.stderr.decode()
    return done.returncode


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory):
    """Yield the sample archive with records that came since it was crawled, and the dataset of before."""
    folder = tmp_path_factory.mktemp("before") / "d"
    with running(Archive()) as server:
        command = ["crawl", f"{server.url}/search", "--site", "wilson", "--page-size", "25", "-o", str(folder)]
        subprocess.run([sys.executable, "-m", "harvester", *command], check=True, capture_output=True)
        for number in range(NEW):
            server.archive.add(f"New {number}", "June 1, 1960")
        yield server, folder


@pytest.fixture(scope="module")
def undisturbed(news: tuple[Server, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, int]:
    """Return what an update publishes that nothing happens to, and how many operations it takes."""
    server, before = news
    folder = Path(shutil.copytree(before, tmp_path_factory.mktemp("undisturbed") / "d"))
    asked = len(server.pages())
    assert update(server, folder) == 0
    assert len(server.pages()) - asked == 3
    return (folder / "records.jsonl").read_bytes(), int((folder.parent / "count").read_text())


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_update_is_made_up_for(
    news: tuple[Server, Path], undisturbed: tuple[bytes, int], tmp_path: Path, point: int
) -> None:
    server, before = news
    records, operations = undisturbed
    number = random.Random(point).randrange(operations * point // POINTS, operations * (point + 1) // POINTS) + 1
    folder = Path(shutil.copytree(before, tmp_path / "d"))
    assert update(server, folder, number) == -9, number
    assert update(server, folder) == 0, number
    assert (folder / "records.jsonl").read_bytes() == records, number
    assert verify(folder)[0].faults == [], number
    changes = [line["change"] for line in read_lines(folder / "changes.jsonl")]
    assert changes == ["added"] * (103 + NEW), number
