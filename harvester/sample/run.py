"""Runs a command against a sample server that lives exactly as long as the command."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

NOT_EXECUTABLE, NOT_FOUND, BY_SIGNAL = 126, 127, 128  # exit codes as shells have them


class Run:
    """One command and its server; passes SIGTERM and SIGINT on to the command and waits for what it makes of them."""

    def __init__(self, serve: Sequence[str], command: Sequence[str]) -> None:
        self._serve, self._command = serve, command
        self._process: subprocess.Popen[bytes] | None = None
        self._pending: int | None = None

    def __call__(self) -> int:
        """Return the command's exit code (128 + n if signal n ended it)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._pass_on)
        # A process group of its own keeps Ctrl-C away from the server: the command may still have pages to fetch.
        # Its stdin is the pipe that closes with us, however we end; leaving the context closes it and waits.
        with subprocess.Popen(
            self._write_serve(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        ) as server:
            assert server.stdout is not None
            url = server.stdout.readline().decode().strip()
            return self._run_command(url) if url else (server.wait() or 1)

    def _write_serve(self) -> list[str]:
        warnings = [f"-W{option}" for option in sys.warnoptions]
        return [sys.executable, *warnings, "-m", "harvester.sample", "serve", *self._serve]

    def _run_command(self, url: str) -> int:
        if self._pending is not None:
            return BY_SIGNAL + self._pending
        arguments = [argument.replace("{url}", url) for argument in self._command]
        try:
            self._process = subprocess.Popen(arguments)
        except OSError as error:
            sys.stderr.write(f"sample: cannot run {arguments[0]}: {error.strerror}\n")
            return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
        if self._pending is not None:
            self._send(self._pending)
        code = self._process.wait()
        return code if code >= 0 else BY_SIGNAL - code

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if self._process is None:
            self._pending = number
        else:
            self._send(number)

    def _send(self, number: int) -> None:
        # Twice Ctrl-C means "at once" to many commands, so the one that the terminal sends to all must do.
        if self._process is not None and not (number == signal.SIGINT and _has_terminal()):
            self._process.send_signal(number)


def _has_terminal() -> bool:
    """Return whether Ctrl-C reaches this process, and so the command, from a terminal."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
