"""Says which files the published documents of datasets offer, before a replay reads anything."""

from collections.abc import Iterable
from pathlib import Path

from harvester.dataset.documents import FILE
from harvester.dataset.findings import read_lines


def offered_files(folders: Iterable[Path]) -> dict[str, bool]:
    """Return the addresses of the files that documents offer, and whether they are held; a folder may be none yet."""
    published = (path for folder in folders if (path := folder / FILE).is_file())
    links = (link for path in published for line in read_lines(path) for link in line["files"])
    return {link["url"]: link["hash"] is not None for link in links}
