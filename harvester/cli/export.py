"""`harvest export`: brings a dataset into a database, a table or a bibliography."""

from pathlib import Path

import click

from harvester.cli import say_lines
from harvester.exports.destination import FORMATS, Options, find_destination
from harvester.exports.source import Source

_FORMS = "\n".join(f"  {one.form:<15}{one.summary}" for one in FORMATS)


@click.command(
    name="export",
    short_help="Bring a dataset into a database, a table or a bibliography.",
    epilog="\b\nThe destination's form tells which format:\n" + _FORMS,
)
@click.argument("dataset", type=click.Path(path_type=Path))
@click.argument("destination")
@click.option("--schema", metavar="NAME", help="The PostgreSQL schema that holds the dataset (default: its name).")
@click.option("--replace", is_flag=True, help="Build anew what the database holds, even if it is of another dataset.")
def command(dataset: Path, destination: str, schema: str | None, replace: bool) -> int:
    """Write DATASET, as it was last published, to DESTINATION.

    A file appears whole or not at all. A database is brought up to date in one transaction: only what has changed since
    is written, and a reader sees the state before or the state after. Run twice, nothing changes.
    """
    found = find_destination(destination)
    with Source(dataset) as source:
        exported = found.export(source, Options(schema, replace))
    if destination != "-":
        say_lines(exported.told(destination))
    return 0
