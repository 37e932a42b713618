"""What can be left out of a release, and the names of what every release has."""

from typing import Any

from harvester.errors import DatasetError

VERSION = 1
PACKAGE, MANIFEST, README = "datapackage.json", "SHA256SUMS", "README.md"
PARQUET, SQLITE = "records.parquet", "records.sqlite"
OPTIONAL = ("texts", "files", "snapshots", "parquet", "sqlite")


def left_out_of(package: dict[str, Any]) -> frozenset[str]:
    """Return what a release says that it leaves out.

    Raises DatasetError if its package is that of no release, or of one that a later program made.
    """
    told = package.get("release")
    if not isinstance(told, dict) or not isinstance(left_out := told.get("left_out"), list):
        raise DatasetError(f"{PACKAGE} is not that of a release", advice="Get the release again.")
    if told.get("version") != VERSION:
        raise DatasetError(
            f"the release is of version {told.get('version')}, this program knows {VERSION}",
            advice="Check it with the version of archive-harvester that its README names.",
        )
    return frozenset(str(part) for part in left_out) & frozenset(OPTIONAL)
