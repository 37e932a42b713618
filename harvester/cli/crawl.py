"""`harvest crawl`: walks results listings live, into a dataset."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from harvester.archives.limits import MOST_FILE
from harvester.captures import Capture
from harvester.cli import complain, options, say_lines
from harvester.cli.folders import folder_for
from harvester.cli.mementos import crawl_mementos, refuse_together
from harvester.cli.progress import WatchedRun
from harvester.dataset.crawl import CrawlRun
from harvester.errors import Exit, HarvestError, PageError, UsageProblem
from harvester.harvest.passes import ListingPasses
from harvester.items import Reading
from harvester.settings import DOWNLOAD_DELAY, DOWNLOAD_TIMEOUT
from harvester.spiders.process import Outcome, run_spider
from harvester.spiders.targets import contact_for, passes_for, site_for
from harvester.urls import is_loopback


@click.command(name="crawl", short_help="Walk results listings live, into a dataset.")
@click.argument("urls", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="The dataset folder.")
@click.option("--site", "site_name", metavar="SITE", help="A site's name, or the file that defines one.")
@click.option(
    "--page-size", type=click.IntRange(min=1), metavar="N", help="Rows a page; default: the most the site gives."
)
@click.option("--contact", metavar="MAIL-OR-URL", help="Who asks; or set HARVEST_CONTACT. Needed beyond loopback.")
@click.option(
    "--twice", is_flag=True, help="Believe no order: walk until two passes agree (where records appear among old ones)."
)
@click.option("--fresh", is_flag=True, help="Build the dataset anew, aside; it replaces the old one if it is whole.")
@click.option("--snapshot", is_flag=True, help="Keep every exchange as it goes over the wire: DIR/snapshot/*.wacz.")
@click.option("--documents", is_flag=True, help="Follow each record to its document's page, after the listings.")
@click.option("--files", is_flag=True, help="Fetch the scans and PDFs of the documents too; implies --documents.")
@click.option(
    "--max-file-size",
    type=options.Size(),
    metavar="SIZE",
    default=f"{MOST_FILE // 10**6}MB",
    show_default=True,
    help="Leave out files that are larger.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    default=DOWNLOAD_TIMEOUT,
    show_default=True,
    help="How long one page may take, whole; and a file without a byte coming.",
)
@click.option(
    "--dry-run", is_flag=True, help="Ask for the first page only; say how many records, requests and minutes."
)
@click.option("--via", type=click.Choice(["wayback"]), help="Take the pages from a web archive, not from the site.")
@options.wayback
@click.pass_context
def command(
    context: click.Context,
    urls: tuple[str, ...],
    output: Path | None,
    site_name: str | None,
    page_size: int | None,
    contact: str | None,
    twice: bool,
    fresh: bool,
    snapshot: bool,
    documents: bool,
    files: bool,
    max_file_size: int,
    timeout: float,
    dry_run: bool,
    via: str | None,
    wayback: str,
) -> int:
    """Walk the results listings URL... (a file of URLs, or - for standard input) into the dataset DIR.

    Each listing is walked in the order that proves completeness. robots.txt is obeyed, one request at a time, three
    seconds between; on loopback at full speed. Every run that read a page publishes; nothing held is lost.

    With --documents each record is then followed to its document's page, and with --files to what that offers; what is
    held already is not asked for again.

    With --via wayback the captures of the listings in a web archive are read instead, in as few visits of its crawler
    as can be.
    """
    addresses = _addresses(urls)
    debug = bool(context.obj and context.obj["debug"])
    settings = {"DOWNLOAD_TIMEOUT": timeout}
    wanted = "documents files" if files else "documents" if documents else None
    if via:
        options = {"--page-size": bool(page_size), "--twice": twice, "--fresh": fresh, "--dry-run": dry_run}
        refuse_together({**options, "--snapshot": snapshot})
        beside: dict[str, Any] = {"wanted": wanted, "most_bytes": max_file_size}
        archived = crawl_mementos(addresses, output, site_name, wayback, contact, settings, _now, debug=debug, **beside)
        return _code(*archived)
    if context.get_parameter_source("wayback") is ParameterSource.COMMANDLINE:
        raise UsageProblem("--wayback names a web archive, and nothing is asked of one", advice="Add --via wayback.")
    site = site_for(addresses, site_name)
    contact_for(addresses, contact)
    listings = passes_for(addresses, site, page_size)
    arguments: dict[str, Any] = {"site": site_name, "page_size": page_size, "contact": contact, "twice": twice}
    if dry_run:
        return _dry_run(addresses, arguments, settings, debug, wanted=wanted)
    folder = output or folder_for(site, [f"{passes.listing}\n{passes.order}" for passes in listings])
    run = CrawlRun(folder, site, _now, anew=fresh, wanted=wanted)
    watched = WatchedRun(run)
    arguments |= {"following": watched if wanted else None, "files": files, "most_bytes": max_file_size}
    outcome = Outcome()
    try:
        keeper = run if snapshot else None
        outcome = run_spider(addresses, watched, settings=settings, debug=debug, snapshot=keeper, **arguments)
    except BaseException as error:
        outcome.unforeseen.append(f"{type(error).__name__}: {error}")
        raise
    finally:
        watched.end()
        told = {"requests": outcome.requests, "size": outcome.bytes}
        result = run.end(finished=outcome.reason == "finished", cut=outcome.cut, **told)
    say_lines(result.lines)
    return _code(outcome, int(result.code))


def _code(outcome: Outcome, code: int) -> int:
    if outcome.interrupted:
        complain("interrupted; what was read is kept", "Run the same command again to go on.")
        return int(Exit.INTERRUPTED)
    if outcome.unforeseen:
        complain(f"unexpected: {outcome.unforeseen[0].splitlines()[0]}", HarvestError.advice)
        return int(Exit.UNEXPECTED)
    return code


def _now() -> datetime:
    return datetime.now(UTC)


def _addresses(urls: tuple[str, ...]) -> list[str]:
    """Return the URLs given: as they are, from files, or from standard input; a line each, # begins a comment."""
    found: list[str] = []
    for url in urls:
        if url == "-":
            found += sys.stdin.read().splitlines()
        elif "://" not in url and Path(url).is_file():
            found += _lines_of(Path(url))
        else:
            found.append(url)
    clean = [line.strip() for line in found]
    return [line for line in clean if line and not line.startswith("#")]


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{path} is no list of addresses: {error}", advice="Save it as UTF-8.") from error


class _FirstPages:
    """A journal that keeps nothing but what the first pages announce."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, int | None, int]] = []
        self.errors: list[PageError] = []

    def begin(self, listings: Sequence[ListingPasses]) -> None:
        """Nothing is held."""

    def page(self, passes: ListingPasses, capture: Capture, reading: Reading) -> None:
        counter = reading.counter
        self.announced.append((passes.listing, counter.total if counter else None, counter.rows if counter else 0))

    def failed(
        self, passes: ListingPasses, capture: Capture | None, error: PageError, *, final: bool, wait: float = 0.0
    ) -> None:
        if final:
            self.errors.append(error)

    def not_before(self) -> None:
        """Nothing is remembered."""

    def wait_until(self, until: datetime) -> None:
        """Nothing is remembered."""


def _dry_run(
    urls: list[str], arguments: dict[str, Any], settings: dict[str, Any], debug: bool, *, wanted: str | None
) -> int:
    journal = _FirstPages()
    outcome = run_spider(urls, journal, settings=settings, debug=debug, first_only=True, **arguments)
    if outcome.interrupted:
        return _code(outcome, 0)
    for listing, total, rows in journal.announced:
        if total is None:
            click.echo(f"{listing}: no counter, so the number of records is not known")
            continue
        pages = ceil(total / rows) if rows else 1
        requests = pages * 2 if pages == 1 or arguments["twice"] else pages  # a single page is looked at twice anyway
        seconds = 0.0 if all(map(is_loopback, urls)) else requests * DOWNLOAD_DELAY
        click.echo(f"{listing}: {total} records, {requests} requests, about {ceil(seconds / 60)} minutes")
    if wanted:
        _say_documents(sum(total or 0 for _, total, _ in journal.announced), urls, wanted)
    if journal.errors:
        raise journal.errors[0]
    if not journal.announced and not outcome.unforeseen:
        raise UsageProblem(f"nothing was asked: {outcome.reason}")
    return _code(outcome, 0)


def _say_documents(records: int, urls: list[str], wanted: str) -> None:
    """Say what documents would cost: one request each, fewer where some are held, or are of several listings."""
    seconds = 0.0 if all(map(is_loopback, urls)) else records * DOWNLOAD_DELAY
    also = "; their files come on top" if "files" in wanted else ""
    requests = f"at most {records} requests more, about {ceil(seconds / 60)} minutes"
    click.echo(f"{records} documents: {requests}{also}")
