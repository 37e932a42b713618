"""Writes a crawl's exchanges to a WARC file that grows: each is on the disk before anything is made of it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from harvester.archives.snapshot.exchange import Exchange, answer_in
from harvester.archives.snapshot.records import first_record, request_record, response_record


class SnapshotWriter:
    """Begins a file, which must not be there, at the first exchange. What fails once fails from then on."""

    def __init__(self, path: Path, crawl: str) -> None:
        self.path = path
        self.crawl = crawl
        self.size = 0
        self._number = 0
        self._file: IO[bytes] | None = None
        self._failed: OSError | None = None

    def keep(self, exchange: Exchange) -> int | None:
        """Write an exchange; return the offset of its answer, None if none came. Raises OSError."""
        self._number += 1
        first = first_record(self.crawl, exchange.time) if self._file is None else b""
        answer = answer_in(exchange.received)
        answered = response_record(self.crawl, self._number, exchange, answer) if answer else b""
        asked = request_record(self.crawl, self._number, exchange, answered=answer is not None)
        offset = self.size + len(first)
        self._write(first + answered + asked)
        return offset if answer else None

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            with suppress(*([OSError] if self._failed else [])):  # what could not be written is tried once more
                self._file.close()

    def _write(self, data: bytes) -> None:
        """Append, and sync: the ledger must never know of a page that a power cut takes from here."""
        if self._failed is not None:
            raise self._failed
        try:
            file = self._file or self._begin()
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            self._failed = error
            raise
        self.size += len(data)

    def _begin(self) -> IO[bytes]:
        self.path.parent.mkdir(exist_ok=True)
        if self.path.exists():
            raise FileExistsError(f"{self.path} is there already")
        self._file = self.path.open("wb")
        return self._file
