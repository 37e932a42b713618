"""A mirror of the whole archive, one tar.zst, replayed in one command of its own: all records, in flat memory."""

import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from pathlib import Path
from time import monotonic

from backports import zstd

from harvester.sample import Archive, render_listing
from tests.soak.figures import Figure

RECORDS = 16_756  # as many as the site had in the mirror of March 2025: 1,676 pages
MOST_GROWTH = 30  # MB that a tenfold mirror may cost more, most of it in publishing; its pages have 93 MB


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay of a mirror gave and cost."""

    pages: int
    records: int
    complete: bool
    seconds: float
    peak: float  # MB


def write_mirror(path: Path, records: int) -> int:
    """Write the listing pages of an archive into a tar.zst, named as in the mirror known; return how many."""
    archive, pages = Archive(records), ceil(records / 10)
    with zstd.ZstdFile(path, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for number in range(pages):
            body = render_listing(archive, f"page={number}").encode()
            member = tarfile.TarInfo(f"search-results/search-results/page-{number}")
            member.size = len(body)
            tar.addfile(member, BytesIO(body))
    return pages


# The peak of the process itself: getrusage counts in what its parent held when it was begun (Linux keeps it over exec).
_CHILD = """
import sys
from harvester.cli import main
try:
    main(sys.argv[1:])
finally:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""


def replay_mirror(records: int) -> Replayed:
    """Replay a mirror of so many records, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path, dataset = Path(folder, "search-results.tar.zst"), Path(folder, "dataset")
        pages = write_mirror(path, records)
        begun = monotonic()
        command = [sys.executable, "-W", "error", "-c", _CHILD, "replay", str(path), "-o", str(dataset)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = monotonic() - begun
        peak = int(done.stderr.split()[-1]) / 1024
        (listing,) = json.loads((dataset / "coverage.json").read_bytes())["listings"]
        complete = done.returncode == 0 and listing["verdict"].startswith("complete")
        found = sum(1 for _ in _lines(dataset / "records.jsonl"))
        return Replayed(pages, found, complete, seconds, peak)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def measure(records: int, seed: int, workers: int) -> list[Figure]:
    """Replay the mirror, and a tenth of it beside it."""
    whole, tenth = replay_mirror(records), replay_mirror(max(10, records // 10))
    told = f"{whole.records:,} of {records:,} from {whole.pages:,} pages in {whole.seconds:.1f} seconds"
    is_whole = whole.complete and whole.records == records
    is_flat = whole.peak - tenth.peak <= MOST_GROWTH
    peaks = f"{whole.peak:.0f} MB at its peak; {tenth.peak:.0f} MB for {tenth.records:,} records"
    again = (f"python -m tests.soak mirror --scale {records / RECORDS:g}",)
    return [
        Figure("a whole mirror in one tar.zst is complete in one command", told, is_whole, () if is_whole else again),
        Figure("and its memory is flat", peaks, is_flat, () if is_flat else again),
    ]
