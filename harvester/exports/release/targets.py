"""Where a release can go: a .zip, or a folder that is not there yet."""

from pathlib import Path

from harvester.errors import DestinationError, UsageProblem

_OTHER_PACKS = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar")


def is_zip(target: Path) -> bool:
    """Return whether a release is to be, or is, a zip, by its name."""
    return target.suffix.lower() == ".zip"


def check_target(folder: Path, target: Path) -> None:
    """Raise UsageProblem or DestinationError if a release cannot go there at all."""
    if target.suffix.lower() in _OTHER_PACKS:
        raise UsageProblem(f"{target} is neither a folder nor a .zip", advice="Name a .zip, or a folder.")
    if target.resolve().is_relative_to(folder.resolve()):
        raise UsageProblem(f"{target} lies in the dataset itself", advice="Name a destination beside it.")
    if is_zip(target) and target.is_dir():
        raise DestinationError(f"{target} is a folder", advice="Name another file.")
    if not is_zip(target) and (target.is_file() or (target.is_dir() and any(target.iterdir()))):
        raise DestinationError(
            f"{target} is there already", advice="Name another folder, or remove it; a .zip is replaced."
        )
