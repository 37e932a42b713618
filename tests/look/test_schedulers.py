"""What the schedulers themselves make of the files; run by `make look`, as it needs systemd-analyze, flock and cron."""

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path
from time import sleep

import pytest

from harvester.standing import Harvest, Notify, Schedule
from harvester.standing.timers import crontab, plan_jobs, units

ODD = [
    "plain",
    "with blank",
    "50% off %h",
    "o'clock",
    'a "b"',
    "back\\slash\\\\x",
    "$HOME ${x}",
    "[a]*?{b,c}",
    "é字",
    "end ",
    "end\\",
]
SCHEDULE = Schedule(time(2, 30), ("thu", "mon"), timedelta(minutes=30))


def harvest_in(folder: Path, schedule: Schedule = SCHEDULE) -> Harvest:
    notify = Notify(max_age=timedelta(days=5))
    return Harvest("wilson", ("http://localhost/",), folder / "output" / "wilson", schedule=schedule, notify=notify)


def make_program(path: Path, body: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def verified(folder: Path) -> str:
    """Return what systemd makes of the units in a folder, after it found nothing to complain of."""
    paths = sorted(map(str, folder.iterdir()))
    plain = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert (plain.returncode, plain.stderr) == (0, "")
    environment = {**os.environ, "SYSTEMD_LOG_LEVEL": "debug"}
    told = subprocess.run(
        ["systemd-analyze", "verify", *paths], env=environment, capture_output=True, text=True, check=True
    )
    return told.stdout + told.stderr


def setting(dump: str, unit: str, name: str) -> str:
    (part,) = re.findall(rf"^\t-> Unit {re.escape(unit)}:\n((?:\t\t.*\n)*)", dump, re.M)
    (value,) = re.findall(rf"^\t+{name}: (.*)$", part, re.M)
    return value


class Globbed(ctypes.Structure):
    _fields_ = (("count", ctypes.c_size_t), ("paths", ctypes.POINTER(ctypes.c_char_p)), ("offset", ctypes.c_size_t))


def globbed(pattern: str) -> list[str]:
    """Return the files that the C library's glob finds, by which systemd looks for environment files."""
    found = (ctypes.c_char * 256)()
    library = ctypes.CDLL(None)
    assert library.glob(pattern.encode(), 1 << 10, None, ctypes.byref(found)) == 0, pattern  # GLOB_BRACE
    told = Globbed.from_buffer(found)
    paths = [(told.paths[number] or b"").decode() for number in range(told.count)]
    library.globfree(ctypes.byref(found))
    return paths


@pytest.mark.parametrize("name", ODD)
def test_systemd_reads_the_units_as_they_were_meant(tmp_path: Path, name: str) -> None:
    folder, made = tmp_path / name, tmp_path / "units"
    folder.mkdir()
    made.mkdir()
    program = make_program(folder / "bin" / "harvest", "exit 0")
    for file in units(plan_jobs(harvest_in(folder), folder / "harvest.toml", (program,))):
        (made / file.name).write_text(file.text, encoding="utf-8")
    dump = verified(made)
    assert Path(setting(dump, "harvest-wilson.service", "WorkingDirectory")) == folder
    (folder / "wilson.env").write_text("A=1\n")
    environment = setting(dump, "harvest-wilson.service", "EnvironmentFile")
    assert environment[0] == "-" and globbed(environment[1:]) == [f"{folder}/wilson.env"]
    shown = shlex.split(setting(dump, "harvest-wilson.service", "Command Line"))
    words = [
        word.replace("\\$", "$").replace("$$", "$") for word in shown
    ]  # shown as a shell has it, variables as told
    if words[0] == "/bin/sh":
        words = words[3:]
    assert words == [program, "update", "wilson", "--config", f"{folder}/harvest.toml"]
    assert setting(dump, "harvest-wilson.timer", "OnCalendar") == "Mon,Thu *-*-* 02:30:00"
    assert setting(dump, "harvest-wilson.timer", "Persistent") == "yes"
    assert setting(dump, "harvest-wilson.status.timer", "OnCalendar") == "*-*-* 09:00:00"


def elapses(calendar: str, zone: str, since: str, count: int) -> list[str]:
    told = subprocess.run(
        ["systemd-analyze", "calendar", f"--iterations={count}", f"--base-time={since}", calendar],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [line.strip() for line in re.findall(r"(?:Next elapse|Iter\S* #\d+): (.*)", told)]


def test_a_night_without_half_past_two_and_one_with_two_of_them() -> None:
    spring = elapses("*-*-* 02:30:00", "Europe/Berlin", "2027-03-27 12:00:00", 2)
    assert spring == ["Mon 2027-03-29 02:30:00 CEST", "Tue 2027-03-30 02:30:00 CEST"], "the night before has no 02:30"
    autumn = elapses("*-*-* 02:30:00", "Europe/Berlin", "2027-10-30 12:00:00", 2)
    assert autumn == ["Sun 2027-10-31 02:30:00 CEST", "Mon 2027-11-01 02:30:00 CET"]


def crontab_in(folder: Path, program: str, schedule: Schedule = SCHEDULE) -> Path:
    file = crontab(plan_jobs(harvest_in(folder, schedule), folder / "harvest.toml", (program,)))
    path = folder.parent / file.name
    path.write_text(file.text, encoding="utf-8")
    return path


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    """Return what Debian's cron says of a file; it looks at it as at one to be installed, and installs nothing."""
    assert shutil.which("crontab"), "there is no cron on this machine: what cron itself makes of the lines is not known"
    return subprocess.run(["crontab", "-n", path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ODD)
def test_cron_takes_the_lines(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    path = crontab_in(tmp_path / name, "/bin/echo")
    assert checked(path).returncode == 0
    broken = path.with_name("broken")
    broken.write_text(path.read_text(encoding="utf-8").replace("30 2 * * 1,4 ", "30 2 * * mun "), encoding="utf-8")
    assert checked(broken).returncode == 1


@pytest.mark.parametrize("length, code", [(998, 0), (999, 1)])
def test_cron_takes_commands_as_long_as_ours(tmp_path: Path, length: int, code: int) -> None:
    (tmp_path / "crontab").write_text(f"0 2 * * * {'x' * length}\n")
    assert checked(tmp_path / "crontab").returncode == code


def command_in(folder: Path, program: str) -> str:
    text = crontab_in(folder, program, Schedule(time(2), random_delay=timedelta(0))).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if not line.startswith("#"))
    return line.split(maxsplit=5)[5].replace("\\%", "%")


def wait_for(path: Path, lines: int) -> None:
    """Wait until a file has so many lines; fails after ten seconds."""
    for _ in range(200):
        if path.exists() and len(path.read_text().splitlines()) == lines:
            return
        sleep(0.05)
    raise AssertionError(f"{path} has not {lines} lines")


@pytest.mark.parametrize("name", ODD)
def test_two_runs_never_overlap_and_the_next_goes(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    program = make_program(
        folder / "bin" / "harvest", f"echo >>begun; read x <{shlex.quote(str(gate))}; sleep 9 & echo ran"
    )
    command = ["/bin/sh", "-c", command_in(folder, program)]
    environment = {"PATH": "/usr/bin:/bin"}
    first = subprocess.Popen(command, env=environment)
    with os.fdopen(os.open(gate, os.O_RDWR), "wb", buffering=0) as held:  # both ways: it waits for nobody
        wait_for(folder / "begun", 1)  # the first one has the lock by then
        assert subprocess.run(command, env=environment, check=False, timeout=10).returncode == 1
        held.write(b"go\n")
        assert first.wait(10) == 0
        third = subprocess.Popen(command, env=environment)  # what the first one left running holds nothing
        wait_for(folder / "begun", 2)
        held.write(b"go\n")
        assert third.wait(10) == 0
    log = (folder / "output" / "wilson.log").read_text().splitlines()
    assert sum(line == "ran" for line in log) == 2
    assert sum("left out, as the run before has not ended" in line for line in log) == 1


def test_the_program_that_is_installed_is_the_one_that_is_scheduled(tmp_path: Path) -> None:
    script = Path(sys.executable).parent / "harvest"
    (tmp_path / "harvest.toml").write_text(
        '[harvest.wilson]\nlistings = ["http://localhost/"]\nschedule = { at = "02:30" }\n', encoding="utf-8"
    )
    subprocess.run([script, "schedule", "wilson", "--systemd", "-o", "units"], cwd=tmp_path, check=True)
    assert setting(verified(tmp_path / "units"), "harvest-wilson.service", "Command Line").startswith(
        f"{script} update"
    )
