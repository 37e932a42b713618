"""Options that several verbs share."""

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
