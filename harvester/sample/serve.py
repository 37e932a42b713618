"""Serves the sample archive from a process of its own, for as long as whoever started it keeps its stdin open."""

import asyncio
import os
import signal
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from harvester.sample.archive import Archive
from harvester.sample.playing import play
from harvester.sample.schedule import Schedule
from harvester.sample.server import Server

STDIN = 0


def serve_archive(
    archive: Archive, port: int, log: Path | None, url_file: Path | None, schedule: Schedule | None = None
) -> int:
    """Serve until stdin reaches its end or SIGTERM or SIGINT comes; the URL is the first line of stdout.

    With a schedule, what happens is told on stderr.
    """
    with ExitStack() as stack:
        server = Server(archive, now=lambda: datetime.now(UTC))
        if schedule is not None:
            play(server, schedule, now=lambda: datetime.now(UTC), tell=_tell)
        if log is not None:
            server.journal = stack.enter_context(log.open("a", encoding="utf-8"))
        try:
            asyncio.run(_serve(server, port, url_file))
        except OSError as error:
            sys.stderr.write(f"sample: cannot serve: {error}\n")
            return 1
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"sample: {line}\n")
    sys.stderr.flush()


async def _serve(server: Server, port: int, url_file: Path | None) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with server.listen(port):
        if url_file is not None:
            _write_whole(url_file, server.url + "\n")
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        # A daemon thread, and os.read instead of sys.stdin: neither holds up the end of the interpreter.
        threading.Thread(target=_await_end, args=(loop, stop), daemon=True).start()
        await stop.wait()


def _write_whole(path: Path, text: str) -> None:
    """Write a file that never shows itself half-written to who polls for it."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _await_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    try:
        while os.read(STDIN, 4096):
            pass
    except OSError:  # no stdin at all: nobody holds it open
        pass
    try:
        loop.call_soon_threadsafe(stop.set)
    except RuntimeError:  # the loop has ended by itself: nothing is left to stop
        return
