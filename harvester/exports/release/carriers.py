"""Puts files into a release that is being made: a folder, or a zip whose bytes depend on nothing but them."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from harvester.dataset.writing import sync_folder

# The first time that a zip can tell; a time of today would make another zip of the same files.
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_BIG = 1 << 30  # from here on with the sizes of ZIP64: deflate may make a file larger, and 2 GiB is the end without


class Carrier(Protocol):
    """A release that is being made."""

    path: Path

    def put(self, name: str, chunks: Iterable[bytes], size: int, *, packed: bool) -> None:
        """Write a file as it comes; `size` is what it is expected to have, `packed` that it is not to be deflated."""

    def close(self) -> None:
        """Make sure that all is on the disk."""

    def abandon(self) -> None:
        """Let go of what was begun."""


class FolderCarrier:
    """A release as a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self._folders = {path}

    def put(self, name: str, chunks: Iterable[bytes], size: int, *, packed: bool) -> None:
        """Write a file."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        self._folders.add(path.parent)
        with path.open("xb") as file:
            file.writelines(chunks)

    def close(self) -> None:
        """Sync each file; one sync of all before, as thousands of texts would each wait for the disk."""
        if hasattr(os, "sync"):
            os.sync()
        for path in self.path.rglob("*"):
            if path.is_file():
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
        for folder in self._folders:
            sync_folder(folder)

    def abandon(self) -> None:
        """There is nothing to let go of."""


class ZipCarrier:
    """A release as a zip: no times, no rights of this machine, no order but that of its files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")
        self._zip = ZipFile(self._file, "w")

    def put(self, name: str, chunks: Iterable[bytes], size: int, *, packed: bool) -> None:
        """Write a file."""
        told = ZipInfo(name, _BEGINNING)
        told.create_system, told.external_attr = _UNIX, _PLAIN_FILE
        told.compress_type = ZIP_STORED if packed else ZIP_DEFLATED
        with self._zip.open(told, "w", force_zip64=size >= _BIG) as file:
            for chunk in chunks:
                file.write(chunk)

    def close(self) -> None:
        """Write the directory of the zip."""
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close what was begun; it is no zip."""
        self._zip.fp = None  # else it would write its directory when it is collected, into a file that is closed
        with suppress(OSError):  # what went wrong first is told, not this
            self._file.close()
