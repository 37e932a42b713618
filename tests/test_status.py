"""What `harvest status` says of datasets, whatever state they are in; and that looking changes nothing."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, Ran
from old_ledgers import lay_out
from test_history import crawl
from test_holding import under_way
from test_kills import WITHOUT_ROOTS_RIGHTS

from harvester.ledger import Ledger
from harvester.ledger.folding import fold_versions
from harvester.ledger.held_by import held_by
from harvester.sample import Answer, Archive, Server, running

QUIET = {"trouble": None, "next": None, "silent": False, "running": None, "lacking": []}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a dataset of two nights: 103 records, then one more and one that changed."""
    folder = tmp_path_factory.mktemp("made") / "d"
    with running(Archive()) as server:
        for night in range(2):
            if night:
                server.archive.add("New in the night", "June 1, 1960")
                server.archive.change(server.archive.records[3].node, title="Another title")
            command = ["crawl", f"{server.url}/search", "--site", "wilson", "--page-size", "10", "-o", str(folder)]
            subprocess.run([sys.executable, "-m", "harvester", *command], check=True, capture_output=True, timeout=60)
    yield folder


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(made, tmp_path / "d"))


def told(ran: Ran) -> list[dict[str, Any]]:
    return ran.lines


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a folder, with its time and bytes, and the folder's own time."""
    files = {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    return files | {".": (folder.stat().st_mtime_ns, b"")}


def test_a_dataset_that_is_well(harvest: Harvest, dataset: Path) -> None:
    ran = harvest("status", dataset, "--json")
    (one,) = told(ran)
    assert ran.code == one["code"] == 0 and ran.err == ""
    assert one.items() >= QUIET.items()
    assert (one["verdict"], one["records"], one["withdrawn"], one["site"]) == ("complete", 104, 0, "wilson")
    run = one["last_run"]
    assert (run["run"], run["command"], run["code"], run["how"], run["requests"]) == (2, "crawl", 0, "complete", 12)
    assert run["changes"] == {"added": 1, "changed": 1, "withdrawn": 0, "returned": 0, "merged": 0, "dropped": 0}
    assert one["heard"] == run["ended"] >= one["walked"] == one["listings"][0]["walked"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["heard"])


def test_the_history_is_told_newest_first(harvest: Harvest, dataset: Path) -> None:
    (one,) = told(harvest("status", dataset, "--json", "--runs"))
    assert [(run["run"], run["changes"]["added"]) for run in one["runs"]] == [(2, 1), (1, 103)]
    assert all(run["bytes"] > 50_000 and run["took"] >= 0 and run["troubles"] == [] for run in one["runs"])
    assert one["runs"][0] == one["last_run"]


def test_the_table_has_all_that_matters_in_eighty_columns(harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    named = dataset.rename(tmp_path / "Архив-文書館")
    ran = harvest("status", named.name, "--runs")
    assert ran.code == 0 and "\x1b" not in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    for words in ("Архив-文書館", "complete", "104", "1 new, 1 changed", "103 new", "crawl: complete", "12"):
        assert words in ran.out, words
    assert "next:" not in ran.out  # nothing is to be done


def test_nothing_is_written_and_no_right_to_write_is_needed(harvest: Harvest, dataset: Path) -> None:
    for path in (*dataset.rglob("*"), dataset):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = state_of(dataset)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ROOTS_RIGHTS, "status", str(dataset), "--runs", "--json"],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(json.loads(done.stdout)["runs"]) == 2
    assert state_of(dataset) == before
    dataset.chmod(0o755)


def test_while_a_harvest_is_under_way(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        listed = sorted(path.name for path in (tmp_path / "d").iterdir())
        ran = harvest("status", tmp_path / "d", "--json", "--runs")
        (one,) = told(ran)
        assert ran.code == 0
        assert one["running"]["pid"] == crawler.pid and one["running"]["since"].endswith("Z")
        assert [run["run"] for run in one["runs"]] == [1]  # the second is no history yet
        assert f"running since {one['running']['since']}" in (table := harvest("status", tmp_path / "d").out)
        assert f"by process {crawler.pid} on" in table
        assert sorted(path.name for path in (tmp_path / "d").iterdir()) == listed
        crawler.wait(timeout=60)
        assert crawler.returncode == 0  # nobody disturbed it
    assert told(harvest("status", tmp_path / "d", "--json"))[0]["last_run"]["run"] == 2


def test_a_first_harvest_that_is_under_way(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        ran = harvest("status", tmp_path / "d", "--json")
        (one,) = told(ran)
        assert (ran.code, one["records"], one["trouble"]) == (3, None, "nothing is published yet")
        assert one["running"]["pid"] == crawler.pid and one["next"] == "wait for the run that is under way"


def test_after_a_kill(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        crawler.send_signal(signal.SIGKILL)
        crawler.wait()
        assert (tmp_path / "d" / "ledger.sqlite-wal").stat().st_size  # what it wrote last stands there alone
        before = state_of(tmp_path / "d")
        ran = harvest("status", tmp_path / "d", "--json")
        (one,) = told(ran)
        assert (ran.code, one["running"], one["last_run"]["how"]) == (3, None, "killed")
        assert (one["last_run"]["run"], one["last_run"]["code"], one["last_run"]["ended"]) == (2, None, None)
        assert one["verdict"] == "complete" and one["records"] == 103  # what was published stands
        assert state_of(tmp_path / "d") == before


def test_a_kill_before_anything_was_published(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    with under_way(server, tmp_path / "d", pages=3) as crawler:
        crawler.kill()
    ran = harvest("status", tmp_path / "d")
    assert ran.code == 3 and "nothing is published yet" in ran.out and "next: run it again" in ran.out


def test_a_run_that_failed_is_the_exit_code_though_the_dataset_is_whole(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl(harvest, server, tmp_path / "d")
    server.intercept = lambda request: Answer(403, {}, "Access denied") if request.path == "/search" else None
    crawl(harvest, server, tmp_path / "d")
    ran = harvest("status", tmp_path / "d")
    assert ran.code == 4 and "refused" in ran.out and "next: write to the archive" in ran.out


@pytest.mark.parametrize(
    ("ended", "how", "code"),
    [
        ("1", "failed", 1),
        ("2", "refused to begin", 3),
        ("3", "incomplete", 3),
        ("6", "unreadable", 6),
        ("7", "dataset failed", 7),
        ("130", "interrupted", 3),
        ("NULL", "killed", 3),
    ],
)
def test_every_end_of_a_run_has_a_word_a_code_and_an_advice(
    harvest: Harvest, dataset: Path, ended: str, how: str, code: int
) -> None:
    with_meta(dataset, f"UPDATE run SET code = {ended} WHERE id = 2")
    ran = harvest("status", dataset, "--json")
    (one,) = told(ran)
    assert (ran.code, one["code"], one["last_run"]["how"]) == (code, code, how)
    assert one["next"] and one["trouble"] is None


def test_of_runs_whose_changes_were_folded_no_count_is_made_up(harvest: Harvest, dataset: Path) -> None:
    with closing(Ledger(dataset, "wilson")) as ledger, ledger.db:
        ledger.db.execute("UPDATE run SET started = '2020-01-01T00:00:00.000000Z' WHERE id = 1")
        fold_versions(ledger.db, "2021-01-01T00:00:00Z")
    (one,) = told(harvest("status", dataset, "--json", "--runs"))
    assert [(run["run"], run["changes"] and run["changes"]["added"]) for run in one["runs"]] == [(2, 1), (1, None)]


def test_a_fresh_build_is_a_run_whether_it_took_the_place_or_not(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    crawl(harvest, server, tmp_path / "d")
    server.intercept = lambda request: Answer(500, {}, "") if request.path_qs.endswith("page=4") else None
    assert crawl(harvest, server, tmp_path / "d", "--fresh") == 5
    (one,) = told(harvest("status", tmp_path / "d", "--json", "--runs"))
    assert [(run["run"], run["code"]) for run in one["runs"]] == [(2, 5), (1, 0)]
    assert (one["code"], one["verdict"], one["records"]) == (5, "complete", 103)
    server.intercept = None
    assert crawl(harvest, server, tmp_path / "d", "--fresh") == 0
    (one,) = told(harvest("status", tmp_path / "d", "--json", "--runs"))
    assert [(run["run"], run["code"]) for run in one["runs"]] == [(3, 0), (2, 5), (1, 0)]


def test_a_dataset_that_is_not_complete_says_what_is_missing(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    server.intercept = lambda request: Answer(500, {}, "") if request.path_qs.endswith("page=4") else None
    crawl(harvest, server, tmp_path / "d")
    ran = harvest("status", tmp_path / "d", "--json")
    (one,) = told(ran)
    assert ran.code == 5 and one["verdict"] == "incomplete" and one["walked"] is None
    assert one["lacking"] == ["/search: 40 of 103, missing 41-103 - incomplete"]
    assert "not complete: " in (table := harvest("status", tmp_path / "d").out) and "missing 41-103" in table


def test_withdrawn_records_are_counted_as_published(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    server.archive.remove(server.archive.records[50].node)
    for _ in range(3):  # the first may begin in the second in which the record was seen last
        crawl(harvest, server, tmp_path / "d")
    (one,) = told(harvest("status", tmp_path / "d", "--json", "--runs"))
    assert (one["records"], one["withdrawn"]) == (103, 1)
    assert sum(run["changes"]["withdrawn"] for run in one["runs"]) == 1
    assert "1 withdrawn" in harvest("status", tmp_path / "d").out


def damage(dataset: Path, how: str) -> None:
    if how == "ledger-cut":
        os.truncate(dataset / "ledger.sqlite", 9000)
    elif how == "ledger-gone":
        (dataset / "ledger.sqlite").unlink()
    elif how == "ledger-text":
        (dataset / "ledger.sqlite").write_text("a letter" * 1000, encoding="utf-8")
    elif how == "ledger-of-tomorrow":
        with_meta(dataset, "UPDATE meta SET value = '99' WHERE name = 'format'")
    elif how == "records-cut":
        os.truncate(dataset / "records.jsonl", 100)
    elif how == "coverage-gone":
        (dataset / "coverage.json").unlink()
    elif how == "package-text":
        (dataset / "datapackage.json").write_text("[]", encoding="utf-8")


def with_meta(dataset: Path, statement: str) -> None:
    with closing(sqlite3.connect(dataset / "ledger.sqlite")) as db, db:
        db.execute(statement)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("ledger-cut", "is damaged"),
        ("ledger-gone", "has no ledger.sqlite"),
        ("ledger-text", "is damaged"),
        ("ledger-of-tomorrow", "has format 99; this version reads 5 and older ones"),
        ("records-cut", "records.jsonl is not the file that was published"),
        ("coverage-gone", "coverage.json is missing"),
        ("package-text", "is no data package"),
    ],
)
def test_what_is_damaged_is_told_of_and_the_others_are_shown(
    harvest: Harvest, dataset: Path, made: Path, how: str, words: str
) -> None:
    damage(dataset, how)
    ran = harvest("status", dataset, made, "--json")
    broken, well = told(ran)
    assert ran.code == broken["code"] == 7 and words in broken["trouble"] and broken["next"]
    assert (well["code"], well["records"]) == (0, 104)
    table = harvest("status", dataset, made)
    assert table.code == 7 and words in table.out and "104" in table.out


def test_a_folder_that_is_not_there(harvest: Harvest, made: Path, tmp_path: Path) -> None:
    ran = harvest("status", tmp_path / "none", made)
    assert ran.code == 7 and f"there is no dataset in {tmp_path / 'none'}" in ran.out and "104" in ran.out


@pytest.mark.parametrize("form", ["2", "3", "4"])
def test_a_dataset_of_an_older_version_has_no_history(harvest: Harvest, tmp_path: Path, form: str) -> None:
    lay_out(tmp_path / "d", form)
    before = state_of(tmp_path / "d")
    (one,) = told(harvest("status", tmp_path / "d", "--json", "--runs"))
    assert [(run["how"], run["code"], run["changes"]) for run in one["runs"]] == [("not known", None, None)] * 3
    assert state_of(tmp_path / "d") == before


def test_without_arguments_all_datasets_in_output(harvest: Harvest, made: Path, tmp_path: Path) -> None:
    for name in ("b", "a"):
        shutil.copytree(made, tmp_path / "output" / name)
    (tmp_path / "output" / "letters").mkdir()
    assert [one["name"] for one in told(harvest("status", "--json"))] == ["output/a", "output/b"]


def test_without_anything_there_is_an_advice(harvest: Harvest) -> None:
    ran = harvest("status")
    assert ran.code == 2 and "no dataset in output/" in ran.err


HARVESTS = """
[harvest.wilson]
listings = ["https://digitalarchive.wilsoncenter.org/search"]
output = "{}"
contact = "you@example.org"
[harvest.wilson.notify]
max_age = "2 days"
[harvest.never]
listings = ["https://digitalarchive.wilsoncenter.org/search"]
output = "nowhere"
contact = "you@example.org"
"""


def declare(tmp_path: Path, dataset: Path) -> Path:
    (tmp_path / "harvest.toml").write_text(HARVESTS.format(dataset), encoding="utf-8")
    return tmp_path / "harvest.toml"


def test_declared_harvests_by_name(harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    declare(tmp_path, dataset)
    ran = harvest("status", "--json")
    wilson, never = told(ran)
    assert (wilson["name"], wilson["code"], wilson["max_age"], wilson["silent"]) == ("wilson", 0, 172_800, False)
    assert (never["name"], never["code"], never["trouble"]) == ("never", 3, "no run has read a page yet")
    assert ran.code == 3
    assert harvest("status", "wilson").code == 0
    assert harvest("status", "wilson", "--config", tmp_path / "harvest.toml", cwd=tmp_path.parent).code == 0
    wrong = harvest("status", "willson")
    assert wrong.code == 2 and "Did you mean wilson?" in wrong.err
    assert harvest("status", "--config", "other.toml").code == 2


def backdate(dataset: Path, days: int) -> None:
    with_meta(
        dataset, f"UPDATE run SET ended = strftime('%Y-%m-%dT%H:%M:%SZ', ended, '-{days} days') WHERE ended IS NOT NULL"
    )


@pytest.mark.parametrize(("days", "code"), [(1, 0), (3, 3)])
def test_a_harvest_that_was_not_heard_of_for_too_long(
    harvest: Harvest, dataset: Path, tmp_path: Path, days: int, code: int
) -> None:
    backdate(dataset, days)
    declare(tmp_path, dataset)
    for arguments in (("wilson",), (dataset, "--max-age", "2 days")):
        ran = harvest("status", *arguments, "--json")
        (one,) = told(ran)
        assert (ran.code, one["code"], one["silent"]) == (code, code, bool(code))
        assert ("is silent: last heard " in ran.err) == bool(code)
    assert harvest("status", dataset).code == 0  # nobody said how long is too long


BELL = """
[harvest.wilson]
listings = ["https://digitalarchive.wilsoncenter.org/search"]
output = "d"
contact = "you@example.org"
[harvest.wilson.notify]
command = ["{}", "-c", "import sys; print(sys.stdin.read(), file=open('rung', 'a')); sys.exit({})"]
max_age = "2 days"
"""


def test_the_bell_rings_once_for_a_harvest_that_is_silent(harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    backdate(dataset, 3)
    (tmp_path / "harvest.toml").write_text(BELL.format(sys.executable, 0), encoding="utf-8")
    assert harvest("status", "--max-age", "2 days").code == 3 and not (tmp_path / "rung").exists()  # only looked
    assert [harvest("status").code for _ in range(2)] == [3, 3]
    (notice,) = [json.loads(line) for line in (tmp_path / "rung").read_text().splitlines() if line]
    assert (notice["harvest"], notice["kind"]) == ("wilson", "silent")


def test_a_bell_that_fails_is_told_of(harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    backdate(dataset, 3)
    (tmp_path / "harvest.toml").write_text(BELL.format(sys.executable, 9), encoding="utf-8")
    ran = harvest("status", "--json")
    assert ran.code == 3 and "bell" in ran.err and len(told(ran)) == 1


def test_runs_that_read_nothing_are_not_heard(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    backdate(tmp_path / "d", 3)
    harvest("crawl", "http://127.0.0.1:9/search", "--site", "wilson", "-o", tmp_path / "d")
    (one,) = told(harvest("status", tmp_path / "d", "--json", "--max-age", "2 days"))
    assert (one["last_run"]["code"], one["silent"], one["code"]) == (5, True, 5)


def test_a_hundred_datasets_take_seconds(harvest: Harvest, made: Path, tmp_path: Path) -> None:
    for number in range(100):
        shutil.copytree(made, tmp_path / "output" / f"{number:03}")
    begun = time.monotonic()
    assert len(told(harvest("status", "--json", "--runs"))) == 100
    assert time.monotonic() - begun < 10


def test_a_note_that_a_killed_process_left_is_believed_by_nobody(dataset: Path) -> None:
    note = {"pid": os.getpid(), "host": "here", "since": "2026-01-01T00:00:00Z"}
    (dataset / ".ledger.sqlite.holder").write_text(json.dumps(note), encoding="utf-8")
    assert held_by(dataset / "ledger.sqlite") is None


def test_names_that_a_terminal_would_obey_are_shown_tamed(harvest: Harvest, made: Path, tmp_path: Path) -> None:
    name = "a\x1b[31mb[red]"
    shutil.copytree(made, tmp_path / "output" / name)
    ran = harvest("status", env={"COLUMNS": "200"})
    assert ran.code == 0 and "\x1b" not in ran.out and "b[red]" in ran.out
    assert harvest("status", "--json").lines[0]["name"] == "output/a\N{REPLACEMENT CHARACTER}[31mb[red]"


def test_an_update_that_stopped_early_is_no_whole_walk(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    crawl(harvest, server, tmp_path / "d")
    (before,) = told(harvest("status", tmp_path / "d", "--json"))
    time.sleep(1.1)  # times of pages are whole seconds
    server.archive.add("New in the night", "June 1, 1960")
    ran = harvest("update", tmp_path / "d", "--origin", server.url)
    assert ran.code == 0, ran.err
    (one,) = told(harvest("status", tmp_path / "d", "--json"))
    run = one["last_run"]
    assert (run["command"], run["code"], run["changes"]["added"]) == ("update", 0, 1)
    assert run["requests"] < 5 and run["bytes"] < before["last_run"]["bytes"] / 2
    assert one["walked"] == before["walked"] < one["heard"]
    assert one["listings"][0]["looked"]["new"] == 1 and one["records"] == 104


def test_what_only_captures_can_fill_in_is_not_asked_for_again(harvest: Harvest, tmp_path: Path) -> None:
    page = Path(__file__).parents[1] / "fixtures" / "results-page-8.txt"
    assert harvest("replay", page, "-o", tmp_path / "d").code == 3
    told = json.loads(harvest("status", tmp_path / "d", "--json").out)
    assert (told["code"], told["next"]) == (3, "replay captures of what is missing into it")
