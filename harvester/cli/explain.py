"""`harvest explain`: says what a URL is, or what a printed date means."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from harvester.cli import put_lines
from harvester.dates import ENGLISH, DateStyle, read_printed
from harvester.errors import Exit, UsageProblem
from harvester.sites import Site, find_site, load_sites, site_named

_FIELDS = ("site", "kind", "listing", "order", "page", "page_size")


@click.command(name="explain", short_help="Say what a URL is, or what a printed date means.")
@click.argument("url", required=False)
@click.option("--date", metavar="TEXT", help="A date as printed.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
def command(url: str | None, date: str | None, site_name: str | None) -> int:
    """Print, as JSON, what a URL is: its site, kind, listing, order, page (from 0) and page size.

    With --date, print what a date line means: EDTF, bounds, precision. Given -, read lines from standard input and
    print a line for each; what cannot be explained has nulls and a reason.
    """
    if (url is None) == (date is None):
        raise UsageProblem("give a URL, or --date TEXT, not both")
    sites = (find_site(site_name),) if site_name else load_sites()
    if date is not None:
        style = sites[0].dates if site_name else ENGLISH
        put_lines(explain_date(line, style) for line in (_lines() if date == "-" else [date]))
        return 0
    assert url is not None
    if url == "-":
        put_lines(explain_url(line, sites) for line in _lines())
        return 0
    told = explain_url(url, (site_named(site_name, url),) if site_name else sites)
    put_lines([told])
    return int(Exit.USAGE if "reason" in told else Exit.COMPLETE)


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def explain_date(text: str, style: DateStyle) -> dict[str, Any]:
    """Return a date's fields, with the reason where it has no value."""
    reading = read_printed(text.encode("utf-8", "replace").decode(), style)
    told = asdict(reading)
    return told if reading.date is not None else {**told, "reason": reading.date_note}


def explain_url(url: str, sites: tuple[Site, ...]) -> dict[str, Any]:
    """Return what a URL is, with nulls and the reason where that cannot be told."""
    url = url.encode("utf-8", "replace").decode().strip()
    reason = f"no site is known for this address; known: {', '.join(site.name for site in sites)}"
    if url and "://" not in url:
        reason = "this is no whole address: it has no scheme, as https://"
    for site in sites:
        try:
            address = site.explain(url)
        except ValueError as error:
            reason = str(error)
            break
        if address is not None:
            return {name: getattr(address, name) for name in _FIELDS}
    return {**dict.fromkeys(_FIELDS), "reason": reason if url else "the line is blank"}
