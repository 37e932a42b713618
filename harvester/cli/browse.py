"""`harvest browse`: shows a dataset in a browser."""

from pathlib import Path

import click


@click.command(name="browse", short_help="Look through a dataset in a browser: search, facets, sources.")
@click.argument("dataset", type=click.Path(path_type=Path))
def command(dataset: Path) -> int:
    """Show DATASET in a browser."""
    raise NotImplementedError
