"""A dataset cited by Pandoc itself, as docs/downstream.md shows it; run by `make look`, as it needs pandoc."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SHOWN = (ROOT / "docs" / "downstream.md").read_text(encoding="utf-8").partition("## Pandoc and LaTeX\n")[2]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", SHOWN, re.S)


def test_pandoc_cites_a_record_by_its_id(tmp_path: Path) -> None:
    page = ROOT / "fixtures" / "results-page-8.txt"
    harvest = [sys.executable, "-m", "harvester"]
    subprocess.run([*harvest, "replay", str(page), "-o", "output/wilson"], cwd=tmp_path, check=False)
    for command in re.findall(r"^\$ harvest (.*)$", blocks("console")[0], re.M):
        subprocess.run([*harvest, *command.split()], cwd=tmp_path, check=True)
    (article,), (command,) = blocks("markdown"), blocks("sh")
    record = json.loads((tmp_path / "output" / "wilson" / "records.jsonl").read_bytes().splitlines()[0])
    key = record["id"]
    (tmp_path / "article.md").write_text(re.sub(r"@[\w-]+", f"@{key}", article), encoding="utf-8")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not done.stderr
    html = (tmp_path / "article.html").read_text(encoding="utf-8")
    words = record["title"].rstrip(".").split()
    assert re.search(r"\s+".join(map(re.escape, words)), html)
    assert f'id="ref-{key}"' in html and record["date_earliest"][:4] in html
