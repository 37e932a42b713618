"""`harvest export` after each run of a harvest, as harvest.toml declares it: from the archive into the tools."""

import json
import re
import sqlite3
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ROOT, Harvest, read_lines
from test_update_named import declare, declared

from harvester.sample import Server

ELSEWHERE = {"PATH": "/usr/bin:/bin"}  # as of systemd or cron: no virtual environment in it
SECRET = "hunter2x"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def exporting(*commands: str) -> str:
    return f"exports = {json.dumps(commands)}"


def test_what_the_document_declares_is_exported_after_the_run(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    document = (ROOT / "docs" / "harvest-toml.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(# into a database.*?)```", document, re.S)
    sqlite, selection, postgres = tomllib.loads(block)["harvest"]["wilson"]["exports"]
    assert postgres == "harvest export {dataset} postgresql:///archive"
    declare(tmp_path, declared("wilson", server.url, exporting(sqlite, selection.replace(".csv", ".jsonl"))))
    ran = harvest("update", "wilson", env=ELSEWHERE)
    assert ran.code == 0, ran.err
    assert "103 records in sqlite:///catalogue.db" in ran.out
    assert rows(tmp_path / "catalogue.db", "SELECT count(*) FROM records") == [(103,)]
    found = harvest("find", "output/wilson", "Gromyko", "--json").lines
    assert sorted(record["id"] for record in found) == [one["id"] for one in read_lines(tmp_path / "gromyko.jsonl")]


def test_every_further_night_brings_what_is_new_and_nothing_where_nothing_is(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    table = "harvest export {dataset} table.csv"
    declare(tmp_path, declared("x", server.url, exporting("harvest export {dataset} x.db", table)))
    assert harvest("update", "x", env=ELSEWHERE).code == 0
    before = (tmp_path / "x.db").read_bytes()
    ran = harvest("update", "x", env=ELSEWHERE)
    assert ran.code == 0, ran.err
    assert "103 records in x.db: nothing had changed" in ran.out
    assert "103 records in table.csv" in ran.out
    assert rows(tmp_path / "x.db", "SELECT count(*), sum(withdrawn) FROM records") == [(103, 0)]
    assert len(before) == (tmp_path / "x.db").stat().st_size


@pytest.mark.parametrize(
    ("command", "code"),
    [("harvest export {dataset} file/x.db", 8), ("harvest exportt", 2)],
)
def test_an_export_that_fails_is_told_with_the_bell_and_the_next_is_run(
    harvest: Harvest, server: Server, tmp_path: Path, command: str, code: int
) -> None:
    (tmp_path / "file").write_text("")
    bell = f'[harvest.x.notify]\ncommand = ["sh", "-c", "cat >> {tmp_path}/rung"]'
    next_one = "harvest export {dataset} next.jsonl"
    declare(tmp_path, declared("x", server.url, exporting(command, next_one), bell))
    ran = harvest("update", "x", env=ELSEWHERE)
    assert ran.code == 3
    assert f"the export `{command}` ended with {code}" in ran.err
    assert len(read_lines(tmp_path / "next.jsonl")) == 103
    (notice,) = read_lines(tmp_path / "rung")
    assert f"Why: the export {command} ended with {code}\n" in notice["body"]
    assert harvest("status", "x").code == 3
    declare(tmp_path, declared("x", server.url, exporting(next_one)))
    assert harvest("update", "x").code == 0
    assert harvest("status", "x").code == 0


def test_the_password_of_a_database_that_does_not_answer_is_shown_to_nobody(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    command = f"harvest export {{dataset}} postgresql://me:{SECRET}@127.0.0.1:9/archive"
    bell = f'[harvest.x.notify]\ncommand = ["sh", "-c", "cat >> {tmp_path}/rung"]'
    declare(tmp_path, declared("x", server.url, exporting(command), bell))
    ran = harvest("update", "x", env=ELSEWHERE)
    assert ran.code == 3
    assert "the export `harvest export {dataset} postgresql://me:…@127.0.0.1:9/archive` ended with" in ran.err
    told = ran.out + ran.err + (tmp_path / "rung").read_text() + harvest("status", "x", "--json").out
    assert SECRET not in told + harvest("status", "x").out


def test_another_program_is_still_looked_for_in_the_path(harvest: Harvest, server: Server, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "harvest-more"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nopen('made', 'w').close()\n")
    program.chmod(0o755)
    declare(tmp_path, declared("x", server.url, exporting("harvest-more {dataset}")))
    assert harvest("update", "x", env={"PATH": f"{program.parent}:/usr/bin:/bin"}).code == 0
    assert (tmp_path / "made").exists()
