"""Options that several verbs share."""

from datetime import timedelta
from pathlib import Path

import click

from harvester.archives.wayback import WAYBACK_URL
from harvester.standing.amounts import read_duration, read_size
from harvester.standing.config import FILE_NAME

wayback = click.option(
    "--wayback",
    metavar="URL",
    default=WAYBACK_URL,
    show_default=True,
    envvar="WAYBACK_URL",
    help="The web archive of crawl --via wayback; or set WAYBACK_URL.",
)


class Size(click.ParamType[int]):
    """A number of bytes: 200MB, 1.5GB, 512KiB, 4096."""

    name = "size"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes."""
        if isinstance(value, int):
            return value
        size = read_size(value)
        if size is None:
            self.fail(f"{value!r} is no size; write it like 200MB or 1GB", param, ctx)
        return size


class Duration(click.ParamType[timedelta]):
    """A duration: 7 days, 36 hours, 30 minutes."""

    name = "duration"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the duration."""
        if isinstance(value, timedelta):
            return value
        duration = read_duration(value)
        if duration is None:
            self.fail(f"{value!r} is no duration; write it like '7 days' or '36 hours'", param, ctx)
        return duration


config = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default=FILE_NAME,
    show_default=True,
    help="The file that declares the harvests by name.",
)
