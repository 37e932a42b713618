"""`harvest update`: harvests datasets again, from what they were made from."""

from pathlib import Path

import click

from harvester.cli import options
from harvester.cli.crawling import Ran, carry_out
from harvester.cli.updating import Asked, order_for
from harvester.errors import UsageProblem


@click.command(name="update", short_help="Harvest datasets again, from what they were made from.")
@click.argument("names", nargs=-1, metavar="[DATASET]...")
@click.option("--contact", metavar="MAIL-OR-URL", help="Who asks; or set HARVEST_CONTACT. Needed beyond loopback.")
@click.option("--origin", metavar="URL", help="Ask another host than the site's own: a copy of it.")
@click.option("--full", is_flag=True, help="Walk every listing to its end, whatever is known.")
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="How long one page may take.")
@options.wayback
@click.pass_context
def command(
    context: click.Context, names: tuple[str, ...], contact: str | None, origin: str | None, full: bool,
    timeout: float | None, wayback: str,
) -> int:  # fmt: skip
    """Ask again for what each DATASET was made from, and publish what is new.

    The site's own host is asked, robots.txt and pace are kept to as in a crawl.
    """
    asked = Asked(contact, origin, full, timeout, wayback)
    if len(names) != 1:
        raise UsageProblem("name one dataset")
    debug = bool(context.obj and context.obj["debug"])
    return _update(Path(names[0]), asked, debug=debug).code


def _update(folder: Path, asked: Asked, *, debug: bool) -> Ran:
    return carry_out(order_for(folder, asked), debug=debug)
