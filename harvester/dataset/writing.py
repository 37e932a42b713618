"""Writes files that appear whole or not at all: temporary name, fsync, rename."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import jsonlines
import orjson

_PART = ".part"
_MANY = 100
_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def dumps(value: Any) -> bytes:
    """Return one JSON value on one line; tuples and dataclasses as JSON has them, no NaN."""
    return orjson.dumps(value)


class Publication:
    """A set of files written beside the published ones, which replace them only when all are whole.

    `commit` renames them in the order in which they were written, those of subfolders before all others; the last is
    the one that vouches for the others. In subfolders only files whose names are of the form `own` are ever touched.
    """

    def __init__(self, folder: Path, own: re.Pattern[str] | None = None) -> None:
        self.folder = folder
        self.own = own
        self.names: list[str] = []
        self.inner: list[str] = []
        self.retired: list[str] = []
        self.described: dict[str, dict[str, Any]] = {}

    def clear(self) -> None:
        """Remove what a killed process left; nobody else writes here, as the ledger is held alone."""
        for stale in self.folder.glob(f".*{_PART}"):
            stale.unlink()
        for stale in self.folder.glob(f"*/.*{_PART}"):
            if self.own is not None and self.own.fullmatch(f"{stale.parent.name}/{stale.name[1 : -len(_PART)]}"):
                stale.unlink()

    def write_inner(self, name: str, body: bytes) -> None:
        """Write a file of a subfolder, "texts/a.txt"; that it is on the disk `commit` makes sure of."""
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        self.inner.append(name)
        path.write_bytes(body)

    def retire(self, name: str) -> None:
        """Remove a published file once the new ones have taken their places."""
        self.retired.append(name)

    def write_lines(self, name: str, rows: Iterable[Any]) -> int:
        """Write a JSON Lines file; return the number of lines."""
        count = 0
        with self._part(name) as file:
            writer = jsonlines.Writer(file, dumps=dumps)
            for row in rows:
                writer.write(row)
                count += 1
        self._describe(name, count)
        return count

    def write_json(self, name: str, value: Any) -> None:
        """Write one JSON document, indented for people."""
        with self._part(name) as file:
            file.write(orjson.dumps(value, option=_PRETTY))
        self._describe(name, None)

    def commit(self) -> None:
        """Let the new files take the place of the old ones; OSError, before any has, if one cannot."""
        for name in (*self.inner, *self.names):
            if (self.folder / name).is_dir():
                raise IsADirectoryError(f"{self.folder / name} is a folder")
        self._sync_inner()
        for name in self.inner:
            self._path(name).replace(self.folder / name)
        for folder in sorted({(self.folder / name).parent for name in self.inner}):
            sync_folder(folder)
        for name in self.names:
            self._path(name).replace(self.folder / name)
        sync_folder(self.folder)
        for name in self.retired:
            (self.folder / name).unlink(missing_ok=True)
        self._remove_empty(self.retired)

    def abandon(self) -> None:
        """Remove what was written, as far as the disk lets: the next publication clears what is left."""
        for name in (*self.names, *self.inner):
            with suppress(OSError):  # what went wrong first is told, not this
                self._path(name).unlink(missing_ok=True)
        self._remove_empty(self.inner)

    def _sync_inner(self) -> None:
        """Make sure that the files of subfolders are on the disk.

        Of 16,756 texts of 10 KB each fsync waits for its own turn of the disk; one sync writes them all in one go,
        after which the fsync of each has nothing to wait for, and tells of a disk that failed.
        """
        if len(self.inner) > _MANY and hasattr(os, "sync"):
            os.sync()
        for name in self.inner:
            with self._path(name).open("rb+") as file:
                os.fsync(file.fileno())

    def _remove_empty(self, names: Iterable[str]) -> None:
        for folder in {(self.folder / name).parent for name in names} - {self.folder}:
            with suppress(OSError):  # something is in it
                folder.rmdir()

    def _path(self, name: str) -> Path:
        path = self.folder / name
        return path.with_name(f".{path.name}{_PART}")

    @contextmanager
    def _part(self, name: str) -> Iterator[IO[bytes]]:
        self.names.append(name)
        with self._path(name).open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def _describe(self, name: str, rows: int | None) -> None:
        path = self._path(name)
        self.described[name] = {"bytes": path.stat().st_size, "hash": digest_file(path)}
        if rows is not None:
            self.described[name]["rows"] = rows


def digest_file(path: Path) -> str:
    """Return a file's digest in the form of Frictionless Data: "sha256:" and hexadecimal."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make renames last through a power cut, where the system lets folders be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
