"""The folder files/ of a dataset: files named by their digest, and what has come of those that are on their way."""

import hashlib
import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from harvester.dataset.writing import digest_file, sync_folder
from harvester.harvest.documents import file_name

FOLDER = "files"
_PART, _NOTE = ".part", ".note"
# What a file is, by how it begins; the header is asked only where the bytes don't say.
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a file is on its way: what the server tells it by (None: nothing that can be relied on).

    `total` is its size in bytes, None if the server does not say; `type` the media type as declared.
    """

    url: str
    validator: str | None
    total: int | None
    type: str | None


class Part:
    """A file on its way: the bytes that have come lie in files/.<key>.part, what they are of in files/.<key>.note.

    The note is there before the first byte, and is of the bytes beside it: one goes before another takes its place.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        stem = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:32]
        self.path = folder / f".{stem}{_PART}"
        self.note = folder / f".{stem}{_NOTE}"
        self.version = self._read_note()
        self.size = self.path.stat().st_size if self.version is not None and self.path.exists() else 0
        self._file: IO[bytes] | None = None

    def _read_note(self) -> Version | None:
        try:
            version = Version(**json.loads(self.note.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return version if version.url == self.url else None

    @property
    def validator(self) -> str | None:
        """Return by what the rest can be asked for; None where it is to begin anew."""
        return self.version.validator if self.version is not None and self.size else None

    def begin(self, version: Version) -> None:
        """Begin anew with a version; what was there goes."""
        self.discard()
        self.path.parent.mkdir(exist_ok=True)
        self.note.write_text(json.dumps(asdict(version)), encoding="utf-8")
        self.version = version
        self._file = self.path.open("wb")

    def append(self, data: bytes) -> None:
        """Add bytes as they come; they are with the system at once, so that a kill loses none."""
        if self._file is None:
            self._file = self.path.open("ab")
        self._file.write(data)
        self._file.flush()
        self.size += len(data)

    def cut(self, size: int) -> None:
        """Take back what was added beyond a size."""
        self.close()
        os.truncate(self.path, size)
        self.size = size

    def close(self) -> None:
        """Write no more for now."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def head(self) -> bytes:
        """Return how it begins."""
        self.close()
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            return file.read(4096)

    def tail(self) -> bytes:
        """Return how it ends."""
        self.close()
        with self.path.open("rb") as file:
            file.seek(max(self.size - 1024, 0))
            return file.read()

    def discard(self) -> None:
        """Remove what has come."""
        self.close()
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.version, self.size = None, 0

    def keep(self, folder: Path, media_type: str | None) -> str:
        """Give the whole file its name; return its digest. It is on the disk before it has that name."""
        self.close()
        digest = digest_file(self.path)
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(folder / file_name(digest, media_type))
        sync_folder(self.path.parent)
        self.note.unlink(missing_ok=True)
        return digest


class FileStore:
    """The files of one dataset. Nobody else writes there, as the ledger is held alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def part(self, url: str) -> Part:
        """Return what has come of a file."""
        return Part(self.folder / FOLDER, url)

    def tidy(self, wanted: Collection[str]) -> None:
        """Remove what has come of files that are no longer wanted, and the folder if nothing is in it."""
        folder = self.folder / FOLDER
        kept = {path for url in wanted for path in (self.part(url).path, self.part(url).note)}
        for path in [*folder.glob(f".*{_PART}"), *folder.glob(f".*{_NOTE}")]:
            if path not in kept:
                path.unlink()
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def type_of(head: bytes, declared: str | None) -> str | None:
    """Return a file's media type: by how it begins, else as declared, else None."""
    return next((found for magic, found in _MAGIC if head.startswith(magic)), declared)
