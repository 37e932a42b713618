"""What a person sees in a real terminal; run by `make look`, as it needs tmux."""

import re
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

from harvester.sample import Archive
from harvester.sample.running import serving
from harvester.sample.visits import HOST
from harvester.sample.wayback import Wayback, shoot

ROOT = Path(__file__).parent.parent.parent


def screen_of(command: str, session: str, cwd: Path, columns: int = 100) -> str:
    """Run a command in a terminal of so many columns; return the screen when it has ended."""
    tmux = ["tmux", "-u", "-L", session]
    subprocess.run(
        [*tmux, "new-session", "-d", "-x", str(columns), "-y", "30", f"{command}; echo ENDED $?; sleep 20"],
        cwd=cwd,
        check=True,
    )
    try:
        for _ in range(300):
            shown = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True).stdout
            if "ENDED" in shown:
                return shown
            time.sleep(0.1)
        raise AssertionError(f"it did not end:\n{shown}")
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def test_a_crawl_shows_a_bar_and_ends_with_the_certificate(tmp_path: Path) -> None:
    harvest = f"{sys.executable} -m harvester crawl '{{url}}/search' --site wilson --page-size 10 -o {tmp_path / 'd'}"
    shown = screen_of(f"{sys.executable} -m harvester.sample run -- {harvest}", "look-bar", ROOT)
    assert "103/103" in shown and "━" in shown
    assert "/search: 103 of 103 - complete" in shown
    assert "ENDED 0" in shown


def test_a_listing_from_a_web_archive_shows_a_bar_and_not_a_line_a_page(tmp_path: Path) -> None:
    urls = [f"https://{HOST}/search?page={page}" for page in range(11)]
    shots = [shoot(Archive(), f"202503160000{second:02d}", url) for second, url in enumerate(urls)]
    with serving(Wayback(shots)) as server:
        told = f"--via wayback --wayback {server.url} -o d"
        shown = screen_of(f"{sys.executable} -m harvester crawl https://{HOST}/search {told}", "look-web", tmp_path)
    assert "103/103" in shown and "━" in shown and "11/?" in shown
    assert "/search: 103 of 103 - complete as captured" in shown and "ENDED 0" in shown
    assert len([line for line in shown.splitlines() if line.strip()]) < 10


def test_the_status_of_datasets_stands_in_eighty_columns(tmp_path: Path) -> None:
    harvest = f"{sys.executable} -m harvester"
    crawl = f"{harvest} crawl {{url}}/search --site wilson --page-size 10 -o {tmp_path}/output/Архив-文書館"
    screen_of(f"{sys.executable} -m harvester.sample run -- {crawl}", "look-made", ROOT)
    (tmp_path / "output" / "damaged").mkdir()
    (tmp_path / "output" / "damaged" / "ledger.sqlite").write_bytes(b"no database " * 400)
    shown = screen_of(f"{harvest} status", "look-status", tmp_path, columns=80)
    heads, *rows = [line for line in shown.splitlines() if line.strip()]
    at = heads.index("Last run"), heads.index("Walked whole")
    (row,) = [line for line in rows if line.startswith("output/Архив")]
    assert "complete" in row and "103" in row
    assert [cells_before(row, place)[-1:] for place in at] == [" ", " "]  # wide letters shift no column
    assert len(re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", row)) == 2 and "ago: complete" in shown and "103 new" in shown
    assert "output/damaged" in shown and "is damaged" in shown and "ENDED 7" in shown


def cells_before(line: str, place: int) -> str:
    """Return what stands on a screen before a column of it; some letters take two."""
    taken = 0
    for number, letter in enumerate(line):
        if taken >= place:
            return line[:number]
        taken += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
    return line


def test_an_error_is_a_sentence_and_an_advice(tmp_path: Path) -> None:
    shown = screen_of(f"{sys.executable} -m harvester crawl https://example.org/search", "look-error", tmp_path)
    assert "no site is known" in shown and "--site" in shown and "ENDED 2" in shown
    assert "Traceback" not in shown
