"""`harvest find`: answers "what happened in July 1958?" from a dataset."""

from pathlib import Path

import click

from harvester.cli import put_lines, say_lines
from harvester.dataset.find import find
from harvester.dataset.publish import open_dataset
from harvester.dates import ENGLISH
from harvester.sites import find_site, load_sites


@click.command(name="find", short_help="Search a dataset by text or date.")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.argument("query", nargs=-1, required=True)
@click.option("--site", "site_name", metavar="SITE", help="The site whose month names QUERY is written in.")
@click.option("--json", "as_json", is_flag=True, help="Print whole records as JSON Lines.")
def command(dataset: Path, query: tuple[str, ...], site_name: str | None, as_json: bool) -> int:
    """Print the records of DATASET that hold all words of QUERY, or whose date may fall into it, oldest first.

    QUERY is a date if it reads as one, in print ("July 1958") or EDTF ("1958-07"). Words are found in title, summary,
    date line and address, and in what the document's own page says (names, source, subjects; not its texts), without
    regard to case and accents.
    """
    name = open_dataset(dataset).get("name", "")
    sites = (find_site(site_name),) if site_name else load_sites()
    style = next((site.dates for site in sites if f"{site.name}-records" == name), ENGLISH)
    found = find(dataset, " ".join(query), style)
    if as_json:
        put_lines(found)
        return 0
    for record in found:
        link = f"\n    {record['url']}" if record["url"] else ""
        say_lines([f"{record['date_text'] or 'no date'}  {record['title']}{link}"])
    click.echo(f"{len(found)} record{'s' * (len(found) != 1)}", err=True)
    return 0
