"""Runs another program with something to read, for a limited time: no shell, and nothing of it on this screen."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

_MOST_SAID = 4096  # bytes, from the end


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code (negative: a signal's number; null: its time was over), and what it said last.

    `printed` is the end of its standard output, `complained` of its standard error.
    """

    code: int | None
    printed: str
    complained: str


def run_program(words: Sequence[str], told: bytes, environment: Mapping[str, str], limit: float) -> Ended:
    """Run a program with `told` on its standard input; end it, and all that it began, after `limit` seconds.

    Raises OSError if it cannot be started.
    """
    # Files, not pipes: a child that it leaves behind may hold a pipe open long after the program has ended.
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(told)
        given.seek(0)
        with subprocess.Popen(
            list(words), stdin=given, stdout=out, stderr=err, env=dict(environment), start_new_session=True
        ) as process:
            code = _wait(process, limit)
        return Ended(code, _end_of(out), _end_of(err))


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


def _end_of(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MOST_SAID))
    return file.read().decode("utf-8", "replace")
