"""`harvest find`: answers "what happened in July 1958?" from a dataset."""

from pathlib import Path

import click

from harvester.cli import put_lines
from harvester.dataset.find import find
from harvester.dataset.publish import open_dataset
from harvester.dates import ENGLISH
from harvester.sites import load_sites


@click.command(name="find", short_help="Search a dataset by text or date.")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print whole records as JSON Lines.")
def command(dataset: Path, query: tuple[str, ...], as_json: bool) -> int:
    """Print the records of DATASET that hold all words of QUERY, or whose date may fall into it, oldest first.

    QUERY is a date if it reads as one, in print ("July 1958") or EDTF ("1958-07"). Words are found in title, summary,
    date line and address, without regard to case and accents.
    """
    name = open_dataset(dataset).get("name", "")
    style = next((site.dates for site in load_sites() if f"{site.name}-records" == name), ENGLISH)
    found = find(dataset, " ".join(query), style)
    if as_json:
        put_lines(found)
        return 0
    for record in found:
        click.echo(f"{record['date_text'] or 'no date'}  {record['title']}")
        if record["url"]:
            click.echo(f"    {record['url']}")
    click.echo(f"{len(found)} records", err=True)
    return 0
