"""How long a load into SQLite takes and how much memory, against the same rows put there by executemany alone.

python -m tests.bench.sqlite [COUNT]: a first load, nothing changed, 1 % changed, all changed; each in a process of its
own, so that its peak of memory is its own. The plain way writes the same rows into tables without keys, indexes or
search, in one transaction, reading the same published files.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from many_records import Many, records

from harvester.exports.destination import Options
from harvester.exports.relational import RECORDS
from harvester.exports.source import Source
from harvester.exports.sqlite import export
from tests.bench.timing import Timings

PLAIN = "plain executemany"


def _load(folder: Path, path: Path) -> None:
    with Source(folder) as source:
        export(source, str(path), Options())


def _plain(folder: Path, path: Path) -> None:
    with Source(folder) as source, closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN")
        for table in RECORDS.tables:
            db.execute(f"CREATE TABLE {table.name} ({', '.join(table.names)})")
            marks = ", ".join("?" * len(table.names))
            db.executemany(f"INSERT INTO {table.name} VALUES ({marks})", RECORDS.rows(table, source))
        db.execute("COMMIT")


def _measured(way: str, folder: Path, path: Path) -> tuple[float, float]:
    """Return seconds and the peak of memory in MiB of one load in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.sqlite", "--way", way, str(folder), str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, peak = json.loads(ran.stdout)
    return seconds, peak


def measure(count: int, repeat: int) -> Timings:
    """Time loads of so many records against the plain way, in turns."""
    timings = Timings({("first load", PLAIN): 4, ("1 % changed", PLAIN): 2, ("nothing changed", PLAIN): 0.5})
    with tempfile.TemporaryDirectory() as name:
        many, lines = Many(Path(name) / "d"), list(records(count))
        for turn in range(repeat):
            for step, seconds, _ in _steps(many, lines, Path(name) / f"{turn}.db"):
                timings.seconds.setdefault(step, []).append(seconds)
    return timings


def _steps(many: Many, lines: list[dict[str, Any]], path: Path) -> Iterator[tuple[str, float, float]]:
    """Yield what is measured: its name, seconds, and the peak of memory."""
    many.publish(lines)
    yield PLAIN, *_measured("plain", many.folder, path.with_suffix(".plain"))
    yield "first load", *_measured("load", many.folder, path)
    yield "nothing changed", *_measured("load", many.folder, path)
    many.publish({**one, "title": f"{one['title']} (rev.)"} if n % 100 == 0 else one for n, one in enumerate(lines))
    yield "1 % changed", *_measured("load", many.folder, path)
    many.publish({**one, "summary": f"{one['summary']} (rev.)"} for one in lines)
    yield "all changed", *_measured("load", many.folder, path)


def _print_peaks(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        first = 0.0
        for step, seconds, peak in _steps(Many(Path(name) / "d"), list(records(count)), Path(name) / "o.db"):
            first = first or seconds
            print(f"{count:>7} records  {step:<18} {seconds:6.2f} s  {seconds / first:5.2f} x  {peak:5.0f} MiB")


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="*")
    parser.add_argument("--way", choices=("load", "plain"))
    given = parser.parse_args()
    if given.way is None:
        for count in given.count or ("16756", "100000"):
            _print_peaks(int(count))
        return
    began = time.perf_counter()
    (_load if given.way == "load" else _plain)(*map(Path, given.count))
    seconds = time.perf_counter() - began
    # Not getrusage: its peak would begin with that of the process that started this one.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps([seconds, int(peak.split()[1]) / 1024]))


if __name__ == "__main__":
    main()
