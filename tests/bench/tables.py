"""Seconds and memory of tables, each in a process of its own: `python -m tests.bench.tables [RECORDS ...]`.

Ends with 1 if the largest dataset takes half as much memory again as the one before it: memory is not to grow with it.
"""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from many_records import Many, records

FORMS = ("jsonl", "csv", "xlsx", "parquet")
COUNTS = (16_756, 100_000, 300_000)
# Not ru_maxrss: a process inherits it from the one that started it.
RUN = """
import atexit, sys, time
from pathlib import Path
from harvester.cli import main
peak = lambda: Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
atexit.register(lambda: print(time.process_time(), peak(), file=sys.stderr))
main(["export", *sys.argv[1:]])
"""


def measure(dataset: Path, form: str) -> tuple[float, int, float]:
    """Return the processor's seconds, the megabytes of memory at most, and those of the file."""
    target = dataset.with_name(f"r.{form}")
    words = [sys.executable, "-c", RUN, str(dataset), str(target)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), int(peak) // 1024, target.stat().st_size / 1e6


def main() -> None:
    """Measure each form of each size."""
    counts = tuple(int(word) for word in sys.argv[1:]) or COUNTS
    peaks: dict[str, list[int]] = {form: [] for form in FORMS}
    for count in counts:
        with TemporaryDirectory() as made:
            dataset = Path(made) / "d"
            Many(dataset).publish(records(count))
            size = (dataset / "records.jsonl").stat().st_size / 1e6
            print(f"{count:,} records, {size:.0f} MB")
            for form in FORMS:
                seconds, peak, written = measure(dataset, form)
                peaks[form].append(peak)
                print(f"  {form:8} {seconds:6.1f} s  {peak:5d} MB peak  {written:7.1f} MB", flush=True)
    sys.exit(any(after > before * 1.5 for told in peaks.values() for before, after in list(pairwise(told))[-1:]))


if __name__ == "__main__":
    main()
