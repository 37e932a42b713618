"""Lets a release appear whole or not at all: it is made beside its place, and takes it when it is complete."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from harvester.dataset.writing import sync_folder
from harvester.errors import DestinationError

_HELD = "held"


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target, which only this process uses; it is removed in the end.

    It has one name for all releases of a target, so that what a killed one left is found and removed by the next.
    Raises DestinationError where it cannot be had, or another process is at it.
    """
    folder = target.with_name(f".{target.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(folder)
        with (folder / _HELD).open("ab") as held:
            _hold(held, target)
            _clear(folder)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise DestinationError(f"{target} cannot be written: {error.strerror or error}") from error


def _refuse_foreign(folder: Path) -> None:
    """Raise DestinationError if somebody else made the folder, or a link of its name: all in it would be removed."""
    if folder.is_symlink() or (not (folder / _HELD).exists() and any(folder.iterdir())):
        raise DestinationError(f"{folder} was not made by this program", advice="Remove it, or name another place.")


def place(made: Path, target: Path) -> None:
    """Let what was made take its place; a zip takes that of an earlier one, a folder that of none. Raises OSError."""
    made.replace(target)
    sync_folder(target.parent)


def check_room(folder: Path, needed: int) -> None:
    """Raise DestinationError if the disk has not even the room that is needed at least, in bytes."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DestinationError(
            f"{folder.parent} has {free:,} bytes free, and {needed:,} are needed at least",
            advice="Name a destination on another disk, or leave something out: --without snapshots, --without files.",
        )


def _hold(held: IO[bytes], target: Path) -> None:
    """Hold a file until this process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows: there a file that is open cannot be removed either
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DestinationError(
            f"{target} is just being written by another process", advice="Wait until it ends."
        ) from None
    except OSError:  # a file system that knows no locks: what two make at once then fails where they meet
        return


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != _HELD:
            with suppress(FileNotFoundError):
                path.unlink()
