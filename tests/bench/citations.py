"""Measures the bibliographies by hand: `python tests/bench/citations.py [RECORDS] [MEGABYTES OF THE LAST SUMMARY]`.

Seconds and peak memory of a process for each, and for JSON Lines beside them, of a dataset in which every record has a
document and four captures.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMS = (".jsonl", ".csl.json", ".bib", ".ris", ".dc.xml")
NAMES = ("records.jsonl", "provenance.jsonl", "documents.jsonl")
SUMMARY = " ".join(["A conversation on aid, borders & the price of grain (100%), as noted by the embassy."] * 6)


def build(folder: Path, count: int, megabytes: int) -> None:
    """Publish a few records, and repeat what has a document until there are enough."""
    from biting import publish_bites

    publish_bites(folder, long=False)
    read = {name: [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()] for name in NAMES}
    document = read["documents.jsonl"][0]
    line = {name: next(one for one in lines if one["id"] == document["id"]) for name, lines in read.items()}
    line["provenance.jsonl"]["captures"] *= 2
    package = json.loads((folder / "datapackage.json").read_bytes())
    for name, one in line.items():
        with (folder / name).open("w", encoding="utf-8") as file:
            for number in range(count):
                long = megabytes and number == count - 1
                told = {
                    "title": f"Letter {number} from Łódź",
                    "summary": "word " * (megabytes << 18) if long else SUMMARY,
                }
                more = {} if name == "provenance.jsonl" else told
                file.write(json.dumps({**one, **more, "id": f"wilson-{number:016x}"}) + "\n")
        (resource_,) = [one for one in package["resources"] if one["path"] == name]
        resource_["hash"] = "sha256:" + hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def main() -> None:
    """Measure each form in a process of its own."""
    count, megabytes = ([int(word) for word in sys.argv[1:]] + [16_756, 0][len(sys.argv) - 1 :])[:2]
    with tempfile.TemporaryDirectory() as made:
        build(Path(made) / "d", count, megabytes)
        for form in FORMS:
            target = Path(made) / f"all{form}"
            began = time.perf_counter()
            script = (
                "import atexit; from harvester.cli import main;"
                "import sys; from pathlib import Path; status = Path('/proc/self/status');"
                # Not ru_maxrss: that is inherited from the process that started this one.
                "atexit.register(lambda: print(status.read_text().split('VmHWM:')[1].split()[0]));"
                "main(['export', *sys.argv[1:]])"
            )
            words = [sys.executable, "-c", script, str(Path(made) / "d"), str(target)]
            ran = subprocess.run(words, capture_output=True, text=True, check=True)
            seconds, peak = time.perf_counter() - began, int(ran.stdout.split()[-1]) // 1024
            print(f"{form:10} {seconds:6.2f} s  {peak:5d} MB peak  {target.stat().st_size / 1e6:7.1f} MB")


if __name__ == "__main__":
    main()
