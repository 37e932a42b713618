"""`harvest release`: packs a dataset for a repository."""

from pathlib import Path

import click

from harvester.cli import say_lines

# As in harvester.exports.release.parts; click needs them before anything is loaded.
_OPTIONAL = ("texts", "files", "snapshots", "parquet", "sqlite")


@click.command(name="release", short_help="Pack a dataset for a repository, with all that vouches for it.")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.argument("destination", type=click.Path(path_type=Path), required=False)
@click.option("--without", multiple=True, type=click.Choice(_OPTIONAL), help="Leave a part out; may be repeated.")
def command(dataset: Path, destination: Path | None, without: tuple[str, ...]) -> int:
    """Pack DATASET, as it was last published, into DESTINATION: a .zip, or else a folder that is not there yet.

    Without DESTINATION it is DATASET-release.zip, beside the dataset. In it are the JSON Lines files, the same as
    Parquet and SQLite, the certificate, texts, files and snapshots, a README and a checksum of everything. The same
    dataset gives the same bytes. An earlier .zip of that name gives way once the new one is whole.
    """
    from harvester.exports.release import release

    whole = dataset if dataset.name.strip(".") else dataset.resolve()  # `.` and `..` have no name of their own
    target = destination or whole.with_name(f"{whole.name}-release.zip")
    done = release(dataset, target, without)
    say_lines(
        [
            f"{done.records} record{'s' * (done.records != 1)} in {target}: {done.files} files, {done.bytes:,} bytes",
            *(f"Note: {note}" for note in done.notes),
            f"Check it: harvest verify {target}",
        ]
    )
    return 0
