"""`harvest schedule`: prints the files with which systemd or cron run a standing harvest; installs nothing."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from harvester.cli import VERBS, options, say_lines
from harvester.errors import UsageProblem
from harvester.standing.config import load
from harvester.standing.timers import File, crontab, plan_jobs, units


@click.command(name="schedule", short_help=VERBS["schedule"])
@click.argument("name")
@options.config
@click.option("--systemd", is_flag=True, help="Units: a service and a timer.")
@click.option("--cron", is_flag=True, help="Lines for a crontab.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the files there; else they are printed.",
)
def command(name: str, config_path: Path, systemd: bool, cron: bool, output: Path | None) -> None:
    """Print what systemd or cron need to run the harvest NAME of harvest.toml, at the times that stand there.

    Each run begins by chance a little later, and none while the last one is still running. If the harvest has a
    max_age, a second timer rings when nothing was heard of it for longer. docs/scheduling.md says how to install them.
    """
    if systemd == cron:
        advice = "Add --systemd, or --cron where there is no systemd."
        raise UsageProblem("say for which scheduler, and for one at a time", advice=advice)
    config = load(config_path)
    jobs = plan_jobs(config.named(name), config.path, _program())
    files = units(jobs) if systemd else [crontab(jobs)]
    if output is None:
        say_lines("\n".join(file.text for file in files).splitlines())
        return
    _write(files, output)
    say_lines([*(f"{output / file.name}" for file in files), f"Next: {_next(files)}"])


def _program() -> list[str]:
    """Return the command that runs the program as it was run now: by its script, else as a module of this Python."""
    script = Path(sys.argv[0]).absolute()
    if script.name != "__main__.py" and script.is_file() and os.access(script, os.X_OK):
        return [str(script)]
    return [str(Path(sys.executable).absolute()), "-m", "harvester"]


def _write(files: Sequence[File], folder: Path) -> None:
    """Write each file whole, or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            part = folder / f".{file.name}.part"
            part.write_text(file.text, encoding="utf-8")
            part.replace(folder / file.name)
    except OSError as error:
        advice = "Name another folder with -o."
        raise UsageProblem(f"{folder} cannot be written to: {error.strerror}", advice=advice) from error


def _next(files: Sequence[File]) -> str:
    timers = [file.name for file in files if file.name.endswith(".timer")]
    if timers:
        enable = f"systemctl --user daemon-reload && systemctl --user enable --now {' '.join(timers)}"
        return f"put them into ~/.config/systemd/user, then {enable}"
    return "add its lines to your crontab (crontab -e), in the place of earlier ones for this harvest."
