"""Lets a file appear whole or not at all: what is written beside it takes its place when it is complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from harvester.dataset.writing import sync_folder
from harvester.errors import DestinationError


@contextmanager
def placing(target: str | Path, *, fresh: bool = False) -> Iterator[Path]:
    """Give the path of a file to write, which then takes the place of `target`; an earlier one survives any failure.

    With `fresh` there is to be none. Raises DestinationError where it cannot be written, or came meanwhile.
    """
    path = Path(target)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path)
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        if fresh:
            _put_fresh(part, path)
        else:
            part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise DestinationError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # what went wrong first is told, not this
            part.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Remove what processes left beside a file that were killed as they wrote it; those that live are let be."""
    for part in path.parent.glob(f".{escape(path.name)}.*.part"):
        number = part.suffixes[-2].lstrip(".")
        if os.name == "posix" and number.isdecimal() and not _lives(int(number)):
            part.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's; a number that no process has, so none of ours
        return True
    return True


def _put_fresh(part: Path, path: Path) -> None:
    """Give a file its name unless there is one of that name: a link is refused where renaming would take its place."""
    try:
        path.hardlink_to(part)
    except OSError as error:
        if isinstance(error, FileExistsError) or path.exists():
            raise DestinationError(f"{path} was made by another program meanwhile", advice="Run it again.") from None
        part.replace(path)  # a file system without links: there another may get through between looking and renaming
