"""Exports datasets for the tests, in this process."""

from pathlib import Path

from harvester.exports.destination import Options, find_destination
from harvester.exports.exported import Exported
from harvester.exports.source import Source


def export(dataset: Path, target: Path | str, schema: str | None = None, *, replace: bool = False) -> Exported:
    """Export a dataset as `harvest export` does."""
    with Source(dataset) as source:
        return find_destination(str(target)).export(source, Options(schema, replace))
