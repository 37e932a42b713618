"""What of a dataset goes into its release as it lies there: the published files, texts, files, snapshots."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harvester.dataset import snapshots
from harvester.dataset.publish import open_dataset
from harvester.errors import DatasetError
from harvester.exports.release.manifest import is_safe
from harvester.exports.source import Source

_PACKED_ALREADY = {".wacz", ".parquet", ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".zip"}
AGAIN = "If a harvest is just publishing, run it again; else `harvest verify` says what is wrong."


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a release: its name there, where its bytes are, how many; the digest that they must have, if known."""

    name: str
    body: Path | IO[bytes]
    bytes: int
    digest: str | None = None

    @property
    def is_packed(self) -> bool:
        """Return whether packing would not make it smaller; a WACZ is read in place, which packing would hinder."""
        return Path(self.name).suffix.lower() in _PACKED_ALREADY


def made_piece(name: str, path: Path) -> Piece:
    """Return a file that was made for the release."""
    return Piece(name, path, path.stat().st_size)


def pieces_of(source: Source, left_out: frozenset[str]) -> Iterator[Piece]:
    """Yield what is taken from the dataset; raises DatasetError where something is missing."""
    yield from _published(source)
    if "texts" not in left_out:
        yield from _listed(source, "texts")
    if "files" not in left_out:
        yield from _listed(source, "files")
    if "snapshots" not in left_out:
        for path in snapshots_of(source):
            yield Piece(f"{snapshots.FOLDER}/{path.name}", path, path.stat().st_size)


def snapshots_of(source: Source) -> list[Path]:
    """Return the packed snapshots; one that a crawl is just writing is none."""
    return sorted(path for path in _wacz(source) if is_safe(path.name))


def passed_over(source: Source) -> list[str]:
    """Return the snapshots that cannot go into a release, as their names are none everywhere."""
    return sorted(ascii(path.name) for path in _wacz(source) if not is_safe(path.name))


def _wacz(source: Source) -> Iterator[Path]:
    return (path for path in (source.folder / snapshots.FOLDER).glob("*.wacz") if path.is_file())


def _published(source: Source) -> Iterator[Piece]:
    """Yield the files that datapackage.json describes; most are held open, so that they stay those of one state."""
    for resource in source.published:
        name, held = resource["path"], source.state.files.get(resource["path"])
        yield Piece(name, held or _there(source.folder, name), resource["bytes"], resource["hash"])


def _listed(source: Source, kind: str) -> Iterator[Piece]:
    """Yield the texts or the files of documents; one that several list is one file."""
    told: dict[str, tuple[int, str]] = {}
    for line in source.documents():
        told |= {one["file"]: (one["bytes"], one["hash"]) for one in line[kind] if one["file"] is not None}
    for name in sorted(told):
        size, digest = told[name]
        yield Piece(name, _there(source.folder, name), size, digest)


def _there(folder: Path, name: str) -> Path:
    """Return the path of a file that must be there, in the dataset."""
    if not is_safe(name):
        raise DatasetError(f"{folder} lists a file that leads out of it: {name}")
    if not (folder / name).is_file():
        raise DatasetError(f"{folder / name} is missing", advice=AGAIN)
    return folder / name


def check_unchanged(source: Source) -> None:
    """Raise DatasetError if the dataset was published anew since it was opened."""
    if open_dataset(source.folder) != source.package:
        raise DatasetError(f"{source.folder} was published meanwhile", advice="Run it again.")
