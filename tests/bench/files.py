"""How long each format of a file takes, beside JSON Lines, and how much memory: of few records and of many more.

Every record has a document. Each export is a process of its own, so that its peak of memory is its own.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from many_records import records
from published import document, publish

from harvester.exports.destination import FORMATS

FORMS = tuple(one.form for one in FORMATS if one.form.startswith(".") and one.module != "sqlite")
MORE = 4
GROWTH = 1.5  # memory may grow by half at most where there is four times as much
# Not ru_maxrss: a process inherits it from the one that started it.
RUN = """
import atexit, sys, time
from pathlib import Path
from harvester.cli import main
peak = lambda: Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
atexit.register(lambda: print(time.process_time(), peak(), file=sys.stderr))
main(["export", *sys.argv[1:]])
"""


class Sizes:
    """Processor's seconds and megabytes of memory, by format, of each size."""

    def __init__(self) -> None:
        self.measured: dict[str, list[tuple[float, int]]] = {form: [] for form in FORMS}

    @property
    def hold(self) -> bool:
        """Return whether memory grew nowhere as the dataset did."""
        return not self.grown()

    def grown(self) -> list[str]:
        """Return the formats of which more records took more memory."""
        return [form for form, (few, many) in self.measured.items() if many[1] > few[1] * GROWTH]

    def table(self) -> Iterator[str]:
        """Yield the lines of a table: seconds, their ratio to JSON Lines, and memory, of few and of many records."""
        least = [seconds for seconds, _ in self.measured[".jsonl"]]
        yield f"{'':<10}    few:  s  ratio    MB   many:  s  ratio    MB"
        for form, sizes in self.measured.items():
            told = (f"{one:9.1f} {one / to:6.1f} {peak:5d}" for (one, peak), to in zip(sizes, least, strict=True))
            yield f"{form:<10}" + "   ".join(told)
        yield f"FAILS: memory of {', '.join(self.grown())}" if self.grown() else "holds: memory does not grow by half"


def measure(count: int, repeat: int) -> Sizes:
    """Measure every format of so many records, and of four times as many."""
    sizes = Sizes()
    for number in (count, count * MORE):
        with TemporaryDirectory() as made:
            dataset = Path(made) / "d"
            publish(dataset, lines := list(records(number)), (_document(line) for line in lines))
            for form in FORMS:
                runs = [_export(dataset, form) for _ in range(repeat)]
                sizes.measured[form].append((median(one for one, _ in runs), max(peak for _, peak in runs)))
    return sizes


def _document(line: dict[str, object]) -> dict[str, object]:
    return {**document(1), "id": line["id"], "url": line["url"], "title": line["title"], "texts": [], "aliases": []}


def _export(dataset: Path, form: str) -> tuple[float, int]:
    words = [sys.executable, "-c", RUN, str(dataset), str(dataset.with_name(f"r{form}"))]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), int(peak) // 1024
