"""`harvest crawl`: walks results listings live, into a dataset."""

from pathlib import Path

import click
from click.core import ParameterSource

from harvester.archives.limits import MOST_FILE
from harvester.cli import options
from harvester.cli.crawling import Order, carry_out
from harvester.cli.first_pages import look_ahead
from harvester.cli.given import read_addresses
from harvester.cli.mementos import refuse_together
from harvester.errors import UsageProblem
from harvester.settings import DOWNLOAD_TIMEOUT


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
    wanted = "documents files" if files else "documents" if documents else None
    if via:
        refused = {"--page-size": bool(page_size), "--twice": twice, "--fresh": fresh, "--dry-run": dry_run}
        refuse_together({**refused, "--snapshot": snapshot})
    elif context.get_parameter_source("wayback") is ParameterSource.COMMANDLINE:
        raise UsageProblem("--wayback names a web archive, and nothing is asked of one", advice="Add --via wayback.")
    order = Order(
        urls=tuple(read_addresses(urls)), output=output, site=site_name, page_size=page_size, contact=contact,
        twice=twice, fresh=fresh, snapshot=snapshot, wanted=wanted, max_file_size=max_file_size, via=via,
        wayback=wayback, settings={"DOWNLOAD_TIMEOUT": timeout},
    )  # fmt: skip
    debug = bool(context.obj and context.obj["debug"])
    return look_ahead(order, debug=debug) if dry_run else carry_out(order, debug=debug).code
