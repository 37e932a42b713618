"""docs/scheduling.md: what it shows is what comes, and what it tells people to type is no nonsense."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Harvest

from harvester.standing.config import load

DOCUMENT = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.S)
SHOWN = re.findall(r"```console\n\$ ([^\n]+)\n(.*?)```", DOCUMENT, re.S)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (declared,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.S)
    (tmp_path / "harvest.toml").write_text(declared, encoding="utf-8")
    return tmp_path


def test_the_commands_print_what_is_shown(harvest: Harvest, archive: Path) -> None:
    assert len(SHOWN) == 4
    for command, output in SHOWN:
        program, *words = shlex.split(command)
        ran = harvest(*words)
        assert program == "harvest" and ran.code == 0, ran.err
        told = ran.out.replace(f"{sys.executable} -m harvester", "/home/you/.venv/bin/harvest")
        told = told.replace(str(archive), "/home/you/archive")
        assert told.startswith(output[:-2]) if output.endswith("…\n") else told == output


def test_the_file_for_secrets_gives_what_it_says(tmp_path: Path) -> None:
    (secrets,) = (block for block in SHELL if "HARVEST_BELL=" in block)
    (tmp_path / "wilson.env").write_text(secrets, encoding="utf-8")
    command = '. ./wilson.env; printf "%s|%s" "$HARVEST_BELL" "$HARVEST_CONTACT"'
    said = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said == "mailto://you:a%20pass$word@example.org|you@example.org"
    assert all(re.fullmatch(r"[A-Z_]+='[^'\\]*'", line) for line in secrets.splitlines())


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.split()[0])
def test_what_is_to_be_typed_is_a_command_on_units_and_files_that_are_made(
    harvest: Harvest, archive: Path, block: str
) -> None:
    subprocess.run(["/bin/sh", "-n", "-c", block], check=True)
    for kind in ("--systemd", "--cron"):
        harvest("schedule", "wilson", kind, "-o", "made")
    made = {path.name for path in (archive / "made").iterdir()}
    named = set(re.findall(r"harvest-wilson[\w.]*\w(?=[\s)]|$)", block))
    assert named <= made


def test_what_the_text_says_of_the_log_the_lock_and_the_secrets_is_so(archive: Path) -> None:
    from harvester.standing.timers import plan_jobs

    config = load(archive / "harvest.toml")
    update, status = plan_jobs(config.named("wilson"), config.path, ("harvest",))
    assert update.log == archive / "output" / "wilson.log" and "`output/wilson.log`" in DOCUMENT
    assert update.lock == archive / "output" / ".wilson.lock" and "`.NAME.lock` beside the dataset" in DOCUMENT
    assert update.environment == status.environment == archive / "wilson.env" and "here `wilson.env`" in DOCUMENT
