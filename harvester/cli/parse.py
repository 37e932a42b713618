"""`harvest parse`: prints the records of one saved page."""

import sys
from pathlib import Path

import click

from harvester.archives.saved import read_capture, saved_from
from harvester.captures import Capture
from harvester.cli import complain, put_lines
from harvester.errors import Exit, UsageProblem
from harvester.harvest.records import record_of
from harvester.harvest.replay import site_of_capture
from harvester.items import Reading
from harvester.sites import Site, find_site, load_sites
from harvester.urls import host_of


@click.command(name="parse", short_help="Print the records of one saved page.")
@click.argument("file")
@click.option("--url", metavar="URL", help="The address that the page was captured at.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
def command(file: str, url: str | None, site_name: str | None) -> int:
    """Print each record of the results page FILE (- for standard input) as a line of JSON, in page order.

    What cannot be read goes to standard error with its reason and place; the exit code is then 3.
    """
    if file == "-":
        body = sys.stdin.buffer.read()
        capture = Capture(body, url=url or saved_from(body), file="standard input")
    else:
        if not Path(file).is_file():
            raise UsageProblem(f"there is no file {file}")
        capture = read_capture(Path(file), file, url)
    site = _site(capture, site_name)
    reading = site.read(capture)
    listing = _listing(capture, site)
    put_lines(record_of(entry, site, listings=listing) for entry in reading.entries)
    return _complain_of(reading, file)


def _site(capture: Capture, name: str | None) -> Site:
    if name is None:
        return site_of_capture(capture, load_sites())
    site = find_site(name)
    return site if capture.url is None or site.owns(capture.url) else site.with_alias(host_of(capture.url) or "")


def _listing(capture: Capture, site: Site) -> list[str]:
    try:
        address = site.explain(capture.url) if capture.url else None
    except ValueError as error:
        raise UsageProblem(f"{capture.url}: {error}") from error
    return [address.listing] if address and address.listing is not None else []


def _complain_of(reading: Reading, file: str) -> int:
    for reject in reading.rejects:
        complain(f"{file}: {reject.place}: {reject.reason}: {reject.message}: {reject.text[:200]!r}")
    if not reading.agrees and reading.counter is not None:
        complain(f"{file}: the counter announces {reading.counter.rows} rows, {len(reading.rows)} were found")
    return int(Exit.COMPLETE if reading.agrees and not reading.rejects else Exit.INCOMPLETE)
