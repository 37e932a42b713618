"""Options that several verbs share."""

import re

import click

from harvester.archives.wayback import WAYBACK_URL

wayback = click.option(
    "--wayback",
    metavar="URL",
    default=WAYBACK_URL,
    show_default=True,
    envvar="WAYBACK_URL",
    help="The web archive of crawl --via wayback; or set WAYBACK_URL.",
)

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


class Size(click.ParamType[int]):
    """A number of bytes: 200MB, 1.5GB, 512KiB, 4096."""

    name = "size"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?I?B?)", value.strip().upper(), re.ASCII)
        size = int(float(found[1]) * _UNITS.get(found[2], 0)) if found else 0
        if size < 1:
            self.fail(f"{value!r} is no size; write it like 200MB or 1GB", param, ctx)
        return size
