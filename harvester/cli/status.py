"""`harvest status`: how datasets stand, for the morning and for a monitoring program."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from click.core import ParameterSource

from harvester.cli import complain, options, put_lines, say_lines
from harvester.errors import worst
from harvester.standing.asked import asked_for
from harvester.standing.config import Config, load
from harvester.standing.status import Status, look
from harvester.standing.status_data import status_data
from harvester.standing.watch import code_after, listen


@click.command(name="status", short_help="Say how datasets stand: complete, what is new, what is to be done.")
@click.argument("names", nargs=-1, metavar="[NAME|DATASET]...")
@click.option("--json", "as_json", is_flag=True, help="Print an object of JSON a dataset, a line each.")
@click.option("--runs", is_flag=True, help="Tell of every run, the newest first.")
@click.option(
    "--max-age",
    type=options.Duration(),
    metavar="AGE",
    help="Exit with 3 where nothing was heard for longer: '2 days'. Default: what a harvest declares.",
)
@options.config
@click.pass_context
def command(
    context: click.Context,
    names: tuple[str, ...],
    as_json: bool,
    runs: bool,
    max_age: timedelta | None,
    config_path: Path,
) -> int:
    """Say how the harvests NAME... of harvest.toml, or the folders DATASET..., stand.

    Without any: all harvests of ./harvest.toml, else all datasets in ./output. Nothing is written, and a harvest that
    is under way is not disturbed. All are told of, whatever is wrong with one; the exit code is the worst of theirs:
    that of the last run or of the certificate, 3 also where nothing was heard for too long. Of a harvest that declares
    max_age its bell rings then, unless --max-age is given.
    """
    now = datetime.now(UTC)
    config = _config(config_path, named=context.get_parameter_source("config_path") is ParameterSource.COMMANDLINE)
    told = [look(asked, now) for asked in asked_for(names, config, max_age, Path())]
    if as_json:
        put_lines(status_data(status, runs=runs) for status in told)
    else:
        from harvester.cli.status_table import render

        say_lines(render(told, now, runs=runs))
    for status in told:
        if status.silent:
            complain(f"{status.asked.name} is silent: {_say_silence(status)}")
    faults = [] if max_age is not None else list(_ring(told, now))
    for fault in faults:
        complain(fault)
    return code_after(worst(status.code for status in told), faults)


def _ring(told: Iterable[Status], now: datetime) -> Iterator[str]:
    """Ring for the harvests that declare how long is too long; yield a sentence for each bell that failed."""
    for status in told:
        if status.asked.harvest is not None:
            yield from listen(status.asked.harvest, status.asked.folder, now, os.environ)


def _config(path: Path, *, named: bool) -> Config | None:
    return load(path) if named or path.exists() else None


def _say_silence(status: Status) -> str:
    return f"last heard {status.heard}" if status.heard else "nothing was ever heard"
