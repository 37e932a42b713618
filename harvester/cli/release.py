"""`harvest release`: packs a dataset for a repository."""

from pathlib import Path

import click


@click.command(name="release", short_help="Pack a dataset for a repository, with all that vouches for it.")
@click.argument("dataset", type=click.Path(path_type=Path))
def command(dataset: Path) -> int:
    """Pack DATASET."""
    raise NotImplementedError
