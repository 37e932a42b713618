"""Opens a release for checking: a folder as it is, a zip in a temporary folder, each file digested as it is read."""

import hashlib
import os
import shutil
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from harvester.dataset.snapshots import FOLDER as SNAPSHOTS
from harvester.dataset.writing import digest_file
from harvester.errors import DatasetError
from harvester.exports.release.manifest import is_safe

_CHUNK = 1 << 20
# What zipfile says of a zip with bytes changed: also that it is encrypted, or of a method or version that it lacks.
_BROKEN = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error)


@dataclass(slots=True)
class Opened:
    """A release as it lies there: its folder; size and digest of each file, by its name; what cannot be read."""

    folder: Path
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@contextmanager
def opened_release(path: Path) -> Iterator[Opened]:
    """Open a release; of a zip all but the snapshots is unpacked, which nothing but their digests is asked of.

    Raises DatasetError where it is no zip, or there is no room to unpack it.
    """
    if path.is_dir():
        yield _walked(path)
        return
    with TemporaryDirectory(prefix="harvest-") as folder:
        yield _unpacked(path, Path(folder))


def _walked(folder: Path) -> Opened:
    opened = Opened(folder)
    try:
        for inner, folders, names in os.walk(folder):
            links = [name for name in folders if (Path(inner) / name).is_symlink()]
            for path in (Path(inner) / name for name in (*names, *links)):
                _note(opened, path.relative_to(folder).as_posix(), path)
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error}") from error
    return opened


def _note(opened: Opened, name: str, path: Path) -> None:
    if path.is_file():
        opened.files[name] = (path.stat().st_size, digest_file(path))
    else:
        opened.faults.append(f"{name} is no file")


def _unpacked(path: Path, folder: Path) -> Opened:
    opened = Opened(folder)
    try:
        with ZipFile(path) as pack:
            _check_room(pack.infolist(), folder)
            for told in pack.infolist():
                _unpack(pack, told, opened)
    except OSError as error:
        advice = "To unpack it takes room for temporary files: set TMPDIR to a folder that has it."
        raise DatasetError(f"{path} cannot be unpacked: {error.strerror or error}", advice=advice) from error
    except _BROKEN as error:
        raise DatasetError(f"{path} is no zip that can be read: {error}", advice="Get the release again.") from error
    return opened


def _check_room(told: list[ZipInfo], folder: Path) -> None:
    needed = sum(one.file_size for one in told if not _stays(one.filename))
    if needed > (free := shutil.disk_usage(folder).free):
        raise OSError(f"{needed:,} bytes are needed below {folder.parent}, {free:,} are free")


def _stays(name: str) -> bool:
    """Return whether a file stays packed."""
    return name.startswith(f"{SNAPSHOTS}/")


def _unpack(pack: ZipFile, told: ZipInfo, opened: Opened) -> None:
    name = told.orig_filename  # zipfile cuts a name at a NUL, and turns the separators of this system
    if told.is_dir() and told.file_size == 0 and is_safe(folder := name.rstrip("/")) and folder not in pack.NameToInfo:
        return
    if not is_safe(name) or name in opened.files:
        opened.faults.append(f"{name!a} is a name that no release has, or stands in it twice")
        return
    if stat.S_IFMT(told.external_attr >> 16) not in {0, stat.S_IFREG}:  # unzip would make a link of it
        opened.faults.append(f"{name} is no file")
        return
    if told.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        opened.faults.append(f"{name} is packed in a way that no release is")
        return
    try:
        with pack.open(told) as packed:
            opened.files[name] = _copied(packed, None if _stays(name) else opened.folder / name)
    except _BROKEN as error:
        opened.files[name] = (0, "")
        opened.faults.append(f"{name} cannot be read: {error}")


def _copied(packed: IO[bytes], target: Path | None) -> tuple[int, str]:
    """Return size and digest of a packed file; it is written where there is a target."""
    size, digest = 0, hashlib.sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with Path(os.devnull if target is None else target).open("wb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            digest.update(chunk)
            file.write(chunk)
    return size, f"sha256:{digest.hexdigest()}"
