"""Runs another program with something to read, for a limited time: no shell, nothing of it on this screen.

It needs no room on any disk: that a disk is full is one of the things to be told.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

_MOST_SAID = 4096  # bytes, from the end
_READ_OUT = 1.0  # seconds; what a program leaves running may hold its output open for longer than anybody waits


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code (negative: a signal's number; null: its time was over), and what it said last.

    `printed` is the end of its standard output, `complained` of its standard error.
    """

    code: int | None
    printed: str
    complained: str


class _Tail(Thread):
    """Keeps the end of what comes through a pipe, however much it is."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._reading, self.writing = os.pipe()
        self._kept = b""

    def run(self) -> None:
        """Read until nobody holds the other end any more."""
        while data := os.read(self._reading, 65_536):
            self._kept = (self._kept + data)[-_MOST_SAID:]
        os.close(self._reading)

    def said(self) -> str:
        """Return what was said last."""
        self.join(_READ_OUT)
        return self._kept.decode("utf-8", "replace")


def run_program(words: Sequence[str], told: bytes, environment: Mapping[str, str], limit: float) -> Ended:
    """Run a program with `told` on its standard input; end it, and all that it began, after `limit` seconds.

    Raises OSError if it cannot be started.
    """
    out, err = _Tail(), _Tail()
    out.start()
    err.start()
    try:
        with _lending(told) as given:
            process = subprocess.Popen(
                list(words), stdin=given, stdout=out.writing, stderr=err.writing, env=dict(environment),
                start_new_session=True,
            )  # fmt: skip
    finally:
        os.close(out.writing)
        os.close(err.writing)
    with process:
        return Ended(_wait(process, limit), out.said(), err.said())


@contextmanager
def _lending(told: bytes) -> Iterator[IO[bytes]]:
    """Lend a file in memory, where the system has such files, that holds what is told."""
    with os.fdopen(os.memfd_create("told"), "w+b") if hasattr(os, "memfd_create") else TemporaryFile() as file:
        file.write(told)
        file.seek(0)
        yield file


def _wait(process: subprocess.Popen[bytes], limit: float) -> int | None:
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        _end(process)
        return None
    except BaseException:  # Ctrl-C: the program is in a session of its own, and would not hear of it
        _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with its whole session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
