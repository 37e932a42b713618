"""Bytes on their way into a release: read in chunks, counted and digested as they pass."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from harvester.errors import DatasetError
from harvester.exports.release.pieces import AGAIN, Piece

_CHUNK = 1 << 20


class Passing:
    """Chunks, with their size and digest once they have passed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = chunks
        self.bytes = 0
        self.digest = hashlib.sha256()

    @property
    def hash(self) -> str:
        """Return the digest of what has passed: "sha256:" and hexadecimal."""
        return f"sha256:{self.digest.hexdigest()}"

    def __iter__(self) -> Iterator[bytes]:
        """Let the chunks pass."""
        for chunk in self.chunks:
            self.bytes += len(chunk)
            self.digest.update(chunk)
            yield chunk


def opened_piece(piece: Piece, opened: ExitStack) -> IO[bytes]:
    """Return the bytes of a piece from their beginning; raises DatasetError if there are none."""
    if not isinstance(piece.body, Path):
        piece.body.seek(0)
        return piece.body
    try:
        return opened.enter_context(piece.body.open("rb"))
    except OSError as error:
        raise DatasetError(f"{piece.body} cannot be read: {error.strerror}", advice=AGAIN) from error


def chunks_of(body: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield what is in a file; raises DatasetError where it cannot be read."""
    try:
        while chunk := body.read(_CHUNK):
            yield chunk
    except OSError as error:
        raise DatasetError(f"{name} cannot be read: {error.strerror}") from error
