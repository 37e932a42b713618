"""`harvest schedule`: what it prints is read back by other readers, and run by the shell."""

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Harvest as Command
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduler_files import read_crontab, read_unit, specified, split_command

from harvester.errors import UsageProblem
from harvester.sample import Server
from harvester.standing import Harvest, Notify, Schedule
from harvester.standing.timers import crontab, plan_jobs, units
from harvester.standing.values import DAYS

PROGRAM = ("/opt/harvester/bin/harvest",)
CRONS = ("taken", "left", "halved")
# What a path may be made of on purpose to go wrong: of quotes, patterns, specifiers, variables, comments, ends of line.
NAMES = st.text(st.sampled_from("ab.é字 %%$\\\\'\"`*?[]{}~#;&|<>()=!-:,@h1"), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."}
)


def harvest_in(folder: Path, **changes: object) -> Harvest:
    schedule = Schedule(time(2, 30), ("thu", "mon"), timedelta(minutes=30))
    plain = {"name": "wilson", "listings": ("http://localhost/",), "output": folder / "output" / "wilson"}
    return Harvest(**{**plain, "schedule": schedule, **changes})  # type: ignore[arg-type]


def units_of(
    harvest: Harvest, folder: Path, program: tuple[str, ...] = PROGRAM
) -> dict[str, dict[str, dict[str, str]]]:
    return {file.name: read_unit(file.text) for file in units(plan_jobs(harvest, folder / "harvest.toml", program))}


def test_the_units_of_a_harvest() -> None:
    made = units_of(harvest_in(Path("/srv/archive")), Path("/srv/archive"))
    service, timer = made["harvest-wilson.service"], made["harvest-wilson.timer"]
    assert len(made) == 2
    assert service["Service"] == {
        "Type": "oneshot",
        "WorkingDirectory": "/srv/archive",
        "EnvironmentFile": "-/srv/archive/wilson.env",
        "ExecStart": "/opt/harvester/bin/harvest update wilson --config /srv/archive/harvest.toml",
        "Nice": "10",
    }
    assert timer["Timer"] == {
        "OnCalendar": "Mon,Thu *-*-* 02:30:00",
        "RandomizedDelaySec": "1800s",
        "Persistent": "true",
    }
    assert timer["Install"] == {"WantedBy": "timers.target"}


def test_no_exit_code_but_0_is_success() -> None:
    made = units_of(harvest_in(Path("/srv")), Path("/srv"))
    assert not {"SuccessExitStatus", "Restart"} & set(made["harvest-wilson.service"]["Service"])


def test_a_max_age_makes_a_second_timer_that_looks_every_day_after_the_run() -> None:
    harvest = harvest_in(Path("/srv"), notify=Notify(max_age=timedelta(days=5)))
    made = units_of(harvest, Path("/srv"))
    assert set(made) == {f"harvest-wilson{part}" for part in (".service", ".timer", ".status.service", ".status.timer")}
    status, timer = made["harvest-wilson.status.service"]["Service"], made["harvest-wilson.status.timer"]["Timer"]
    assert status["ExecStart"].endswith("harvest status wilson --config /srv/harvest.toml")
    assert timer["OnCalendar"] == "*-*-* 09:00:00"
    lines = read_crontab(crontab(plan_jobs(harvest, Path("/srv/harvest.toml"), PROGRAM)).text, "taken")
    assert [line.fields for line in lines] == [["30", "2", "*", "*", "1,4"], ["0", "9", "*", "*", "*"]]
    assert lines[1].command.endswith("harvest status wilson --config /srv/harvest.toml")


def test_no_name_of_a_harvest_makes_the_files_of_another() -> None:
    names = ["a", "a-status", "a_status", "status", "a-1"]
    harvests = [harvest_in(Path("/srv"), name=name, notify=Notify(max_age=timedelta(days=9))) for name in names]
    made = [name for harvest in harvests for name in units_of(harvest, Path("/srv"))]
    assert len(made) == len(set(made)) == 4 * len(names)


@pytest.mark.parametrize("days", [(), ("sun",), ("mon",), ("sat", "sun", "wed"), DAYS])
def test_days_are_those_that_were_named(days: tuple[str, ...]) -> None:
    schedule = Schedule(time(0, 5), days)
    harvest = harvest_in(Path("/srv"), schedule=schedule)
    (line,) = read_crontab(crontab(plan_jobs(harvest, Path("/srv/harvest.toml"), PROGRAM)).text, "taken")
    assert line.fields[:4] == ["5", "0", "*", "*"]
    sunday_first = ("sun", *DAYS[:-1])
    named = {sunday_first[int(number)] for number in line.fields[4].split(",")} if line.fields[4] != "*" else set()
    assert named == set(days)
    calendar = units_of(harvest, Path("/srv"))["harvest-wilson.timer"]["Timer"]["OnCalendar"]
    assert set(re.findall(r"[A-Z][a-z]{2}", calendar)) == {day.capitalize() for day in days}


@given(st.lists(NAMES, min_size=1, max_size=3), NAMES)
def test_any_path_comes_out_of_a_unit_as_it_went_in(names: list[str], script: str) -> None:
    folder = Path("/").joinpath(*names)
    program = (str(Path("/opt") / script), "-m", "harvester")
    service = units_of(harvest_in(folder), folder, program)["harvest-wilson.service"]["Service"]
    assert Path(specified(service["WorkingDirectory"])) == folder
    environment = specified(service["EnvironmentFile"])
    assert environment[0] == "-" and not re.search(r"(?<!\\)(?:\\\\)*[*?\[{]", environment)
    assert re.sub(r"\\(.)", r"\1", environment[1:]) == f"{folder}/wilson.env"
    words = split_command(service["ExecStart"])
    if words[0] == "/bin/sh":
        assert words[1:3] == ["-c", 'exec "$0" "$@"']
        words = words[3:]
    assert words == [*program, "update", "wilson", "--config", f"{folder}/harvest.toml"]


def words_of(command: str, program: str) -> list[str]:
    """Return the words of the harvest's own command within a line for cron, as a shell splits them."""
    words = shlex.split(command)
    begin = words.index(program)
    return words[begin : words.index("9>&-;", begin)]


@given(st.lists(NAMES, min_size=1, max_size=3), NAMES, st.sampled_from(CRONS))
def test_any_path_comes_out_of_a_crontab_as_it_went_in(names: list[str], script: str, crons: str) -> None:
    folder, program = Path("/").joinpath(*names), str(Path("/opt") / script)
    harvest = harvest_in(folder, output=Path("/data").joinpath(*names))
    text = crontab(plan_jobs(harvest, folder / "harvest.toml", (program,))).text
    (line,) = read_crontab(text, crons)
    subprocess.run(["/bin/sh", "-n", "-c", line.command], check=True)
    assert words_of(line.command, program) == [program, "update", "wilson", "--config", f"{folder}/harvest.toml"]
    words = shlex.split(line.command)
    assert words[:2] == ["cd", str(folder)]
    assert words[3:6] == ["mkdir", "-p", str(harvest.output.parent)]


STAND_IN = """#!{python}
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), os.environ.get("HARVEST_BELL")]))
sys.exit(3)
"""


def cronlike(command: str, path: str) -> subprocess.CompletedProcess[str]:
    """Run a command as cron does."""
    clean = {"PATH": path, "HOME": "/", "SHELL": "/bin/sh", "LOGNAME": "x"}
    return subprocess.run(["/bin/sh", "-c", command], env=clean, capture_output=True, text=True, check=False, cwd="/")


@settings(max_examples=25, deadline=None)
@given(NAMES, NAMES, st.sampled_from(CRONS))
def test_the_shell_runs_what_was_meant(name: str, script: str, crons: str) -> None:
    with TemporaryDirectory() as temporary:
        folder, bins = Path(temporary) / name, Path(temporary) / "bin"
        folder.mkdir()
        bins.mkdir(exist_ok=True)
        (bins / "flock").write_text("#!/bin/sh\nexit 0\n")
        program = bins / f"{script}.py"
        program.write_text(STAND_IN.format(python=sys.executable))
        (folder / "wilson.env").write_text("HARVEST_BELL='mailto://me:a b$c%d@example.org'\n")
        for made in (program, bins / "flock"):
            made.chmod(0o755)
        schedule = Schedule(time(2, 30), random_delay=timedelta(0))
        harvest = harvest_in(folder, schedule=schedule)
        jobs = plan_jobs(harvest, folder / "harvest.toml", (str(program),))
        (line,) = read_crontab(crontab(jobs).text, crons)
        ran = cronlike(line.command, f"{bins}:{os.environ['PATH']}")
        assert (ran.stdout, ran.stderr) == ("", ""), "cron would send it by mail"
        begun, told, ended = (folder / "output" / "wilson.log").read_text().splitlines()
        arguments = ["update", "wilson", "--config", f"{folder}/harvest.toml"]
        assert json.loads(told) == [arguments, str(folder), "mailto://me:a b$c%d@example.org"]
        assert begun.startswith("Harvest wilson: ") and ended.startswith("Harvest wilson: exit code 3, ")


def command_in(folder: Path, **changes: object) -> str:
    jobs = plan_jobs(harvest_in(folder, **changes), folder / "harvest.toml", ("/bin/echo",))
    (line,) = read_crontab(crontab(jobs).text, "taken")
    return line.command


def test_the_random_delay_is_drawn_between_nothing_and_all_of_it(tmp_path: Path) -> None:
    for name, body in {"flock": "exit 0", "sleep": 'echo "slept $1" >>../slept'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "a").mkdir()
    command = command_in(tmp_path / "a", schedule=Schedule(time(2), random_delay=timedelta(hours=23)))
    for drawn in ("0", "65535", None):
        if drawn is not None:
            (tmp_path / "od").write_text(f"#!/bin/sh\necho '   {drawn}'\n")
            (tmp_path / "od").chmod(0o755)
        else:
            (tmp_path / "od").unlink(missing_ok=True)
        assert cronlike(command, f"{tmp_path}:{os.environ['PATH']}").stderr == ""
    slept = [int(line.removeprefix("slept ")) for line in (tmp_path / "slept").read_text().splitlines()]
    assert slept[:2] == [0, 23 * 3600] and all(0 <= seconds <= 23 * 3600 for seconds in slept)
    assert "/dev/urandom" in command, "what cron's shell has else is the same on every machine"


def test_what_keeps_a_run_from_beginning_is_told(tmp_path: Path) -> None:
    (tmp_path / "flock").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "flock").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    schedule = Schedule(time(2), random_delay=timedelta(0))
    assert cronlike(command_in(tmp_path, schedule=schedule), path).returncode == 1
    (said,) = (tmp_path / "output" / "wilson.log").read_text().splitlines()
    assert said.startswith("Harvest wilson: left out, as the run before has not ended, ")
    gone = cronlike(command_in(tmp_path / "gone", schedule=schedule), path)
    assert gone.returncode != 0 and "gone" in gone.stderr, "cron sends it by mail"


def test_a_command_that_cron_would_cut_is_refused() -> None:
    folder = Path("/") / ("long" * 60)
    with pytest.raises(UsageProblem, match=r"the command for cron has \d+ bytes, and cron takes 998 at most"):
        crontab(
            plan_jobs(
                harvest_in(folder, output=Path("/data") / ("é" * 80) / "wilson"), folder / "harvest.toml", PROGRAM
            )
        )


@pytest.mark.parametrize("odd", ["a\nb", "a\rb", "a\x07b", "a\udcffb"])
def test_a_path_that_no_scheduler_can_be_told_is_refused(odd: str) -> None:
    with pytest.raises(UsageProblem, match="no scheduler can be told of"):
        plan_jobs(harvest_in(Path("/srv") / odd), Path("/srv") / odd / "harvest.toml", PROGRAM)
    with pytest.raises(UsageProblem, match="no scheduler can be told of"):
        plan_jobs(harvest_in(Path("/srv")), Path("/srv/harvest.toml"), (f"/opt/{odd}/harvest",))


TOML = """contact = "you@example.org"
[harvest.wilson]
listings = ["https://digitalarchive.wilsoncenter.org/search"]
[harvest.wilson.schedule]
at = "03:40"
[harvest.plain]
listings = ["https://digitalarchive.wilsoncenter.org/search?page=0"]
"""


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    (tmp_path / "harvest.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", ["--systemd", "--cron"])
def test_what_is_printed_is_what_is_written(harvest: Command, declared: Path, kind: str) -> None:
    printed = harvest("schedule", "wilson", kind)
    assert printed.code == 0 and not printed.err
    written = harvest("schedule", "wilson", kind, "-o", "made/here")
    *paths, following = written.out.splitlines()
    assert following.startswith("Next: ") and written.code == 0
    assert sorted(path.name for path in (declared / "made" / "here").iterdir()) == sorted(
        Path(path).name for path in paths
    )
    texts = [(declared / path).read_text(encoding="utf-8") for path in paths]
    assert all(text.startswith(f"# {Path(path).name}: ") for path, text in zip(paths, texts, strict=True))
    assert printed.out == "\n".join(texts)


def test_the_program_that_is_run_is_the_one_that_was_asked(harvest: Command, declared: Path) -> None:
    told = harvest("schedule", "wilson", "--systemd").out
    assert f"ExecStart={sys.executable} -m harvester update wilson --config {declared}/harvest.toml\n" in told
    script = declared / "tools" / "harvest"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nfrom harvester.cli import main\nmain()\n")
    script.chmod(0o755)
    ran = subprocess.run(
        ["tools/harvest", "schedule", "wilson", "--systemd"], cwd=declared, capture_output=True, text=True, check=True
    )
    assert f"ExecStart={script} update wilson " in ran.stdout


def test_a_module_is_never_run_as_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harvester.cli.schedule import _program

    module = tmp_path / "__main__.py"
    module.write_text("")
    module.chmod(0o755)  # as on disks that know no such right
    monkeypatch.setattr(sys, "argv", [str(module)])
    assert _program() == [sys.executable, "-m", "harvester"]


def test_a_folder_above_is_told_without_dots(harvest: Command, declared: Path) -> None:
    (declared / "below").mkdir()
    told = harvest("schedule", "wilson", "--systemd", "--config", "../harvest.toml", cwd=declared / "below").out
    assert f"WorkingDirectory={declared}\n" in told and f"--config {declared}/harvest.toml\n" in told


@pytest.mark.parametrize(
    "words, told",
    [
        (["wilson"], "say for which scheduler"),
        (["wilson", "--systemd", "--cron"], "say for which scheduler"),
        (["wilsn", "--cron"], "Did you mean wilson?"),
        (["plain", "--cron"], "harvest.toml doesn't say when plain is harvested"),
        (["wilson", "--cron", "--config", "other.toml"], "there is no "),
        (["wilson", "--cron", "-o", "harvest.toml"], "harvest.toml cannot be written to"),
    ],
)
def test_what_cannot_be_scheduled_ends_with_2_and_an_advice(
    harvest: Command, declared: Path, words: list[str], told: str
) -> None:
    ran = harvest("schedule", *words)
    assert ran.code == 2 and told in ran.err and not ran.out
    assert len(ran.err.splitlines()) == 2


def test_what_cron_is_given_harvests_and_looks_for_silence(harvest: Command, server: Server, tmp_path: Path) -> None:
    """The whole way: from harvest.toml by the lines of the crontab to a dataset and a log."""
    text = f"""[harvest.copy]
site = "wilson"
listings = ["{server.url}/search"]
notify = {{ max_age = "2 days", apprise = ["HARVEST_BELL"] }}
schedule = {{ at = "03:40", random_delay = "0 seconds" }}
"""
    (tmp_path / "harvest.toml").write_text(text, encoding="utf-8")
    (tmp_path / "copy.env").write_text("PYTHONWARNINGS='error'\n")
    (tmp_path / "flock").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "flock").chmod(0o755)
    update, status = read_crontab(harvest("schedule", "copy", "--cron").out, "taken")
    path = f"{tmp_path}:{os.environ['PATH']}"
    for line in (update, update, status):
        ran = cronlike(line.command, path)
        assert (ran.stdout, ran.stderr) == ("", "")
    log = (tmp_path / "output" / "copy.log").read_text(encoding="utf-8")
    assert log.count("Harvest copy: exit code 0, ") == 2, log
    assert len((tmp_path / "output" / "copy" / "records.jsonl").read_text(encoding="utf-8").splitlines()) == 103
    assert re.search(r"^ *copy .*complete", log, re.M), "the table of harvest status"
