"""`harvest export`: brings a dataset into a database, a table or a bibliography."""

from collections.abc import Iterator
from pathlib import Path

import click

from harvester.cli import complain, let_go_of_output, say_lines
from harvester.dataset.certificate import lacks_rows
from harvester.dataset.documents import lack_still, say_documents
from harvester.dataset.screen import say_listing
from harvester.errors import HarvestError, UsageProblem
from harvester.exports.destination import FORMATS, Destination, Options, find_destination
from harvester.exports.own_files import refuse_own_files
from harvester.exports.passwords import hide_password, hide_passwords
from harvester.exports.source import Source

_FORMS = "\n".join(f"  {one.form:<15}{one.summary}" for one in FORMATS)


@click.command(
    name="export",
    short_help="Bring a dataset into a database, a table or a bibliography.",
    epilog="\b\nThe destination's form tells which format:\n" + _FORMS,
)
@click.argument("dataset", type=click.Path(path_type=Path))
@click.argument("destination")
@click.option("--matching", metavar="QUERY", help="Only the records that `harvest find` finds; not into databases.")
@click.option("--schema", metavar="NAME", help="The PostgreSQL schema that holds the dataset (default: its name).")
@click.option("--replace", is_flag=True, help="Build anew what the database holds, even if it is of another dataset.")
def command(dataset: Path, destination: str, matching: str | None, schema: str | None, replace: bool) -> int:
    """Write DATASET, as it was last published, to DESTINATION.

    A file appears whole or not at all. A database is brought up to date in one transaction: only what has changed since
    is written, and a reader sees the state before or the state after. Run twice, nothing changes.

    A dataset that is not complete is exported as it is, and that is said. `-` is standard output.
    """
    found = find_destination(destination)
    _refuse_what_does_nothing(found, matching, schema, replace=replace)
    refuse_own_files(dataset, destination)
    try:
        with Source(dataset, matching) as source:
            exported = found.export(source, Options(schema, replace))
            lacking = list(_lacking(source))
    except BrokenPipeError:
        if destination != "-":
            raise
        let_go_of_output()
        return 0
    except HarvestError as error:
        if destination == "-":
            let_go_of_output()
        error.message = hide_passwords(error.message, destination)
        error.where = error.where and hide_passwords(error.where, destination)
        raise
    if destination == "-":
        for line in lacking:
            complain(line)
        return 0
    said = exported.told(hide_password(destination))
    say_lines([hide_passwords(line, destination) for line in said] + lacking)
    return 0


def _refuse_what_does_nothing(found: Destination, matching: str | None, schema: str | None, *, replace: bool) -> None:
    if found.format.is_database and matching is not None:
        raise UsageProblem(
            "a database holds a whole dataset: with a selection nobody could tell what changed from what was left out",
            advice="Leave --matching out and select with SQL, or export the selection into a file.",
        )
    if schema is not None and found.format.module != "postgres":
        raise UsageProblem("--schema goes with postgresql:// only", advice="Leave it out.")
    if replace and not found.format.is_database:
        raise UsageProblem("--replace goes with databases only: a file is always written anew", advice="Leave it out.")


def _lacking(source: Source) -> Iterator[str]:
    """Yield what the dataset lacks, if it is not complete: what is exported is not all that there is."""
    listings, documents = source.coverage["listings"], source.coverage.get("documents")
    lines = [say_listing(listing) for listing in listings if lacks_rows(listing, listings)]
    lines += say_documents(documents) if lack_still(documents) else []
    if lines:
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        yield f"The dataset is not complete: {lines[0]}{more}"
