"""Crawls the sample archive in children forked from a process that has loaded everything: in 0.4 s instead of 1.3 s.

No Twisted reactor may be installed before the fork, no thread may run, no database be open.
"""

import importlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from harvester.cli import main

ROOT = Path(__file__).parents[2]
PAGES, RECORDS = 11, 103  # what a crawl of the sample archive asks for, in pages of ten, and finds
HANGING = 60.0  # seconds; a crawl takes half a second
_LOADED_BEFORE = """
    aiohttp.web harvester.cli.crawl harvester.middlewares.redirects harvester.middlewares.stalls harvester.pipelines
    harvester.sites.wilson
    scrapy.core.downloader.contextfactory scrapy.core.downloader.handlers.http11 scrapy.core.downloader.handlers.s3
    scrapy.downloadermiddlewares.cookies scrapy.downloadermiddlewares.httpcache scrapy.downloadermiddlewares.offsite
    scrapy.extensions.feedexport scrapy.extensions.memusage scrapy.extensions.remote_control
    scrapy.extensions.telnet scrapy.extensions.throttle scrapy.pqueues scrapy.squeues
""".split()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a crawl ended: its exit code (negative: the signal that ended it), what it printed, how long it took."""

    code: int
    said: str
    seconds: float


class Sample:
    """The sample archive, served by a process of its own while the context lasts."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.options = options
        self.log = folder / "requests.log"
        self.log.touch()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "harvester.sample", "serve", "--log", str(self.log)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().decode().strip()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self.process:
            self.process.terminate()

    def pages(self) -> int:
        """Return how many pages of listings have been asked for."""
        return sum(line.startswith("GET /search") for line in self.log.read_text(encoding="utf-8").splitlines())

    def beside(self) -> list[str]:
        """Return what has been asked for that is no listing: documents and files."""
        told = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in told if not line.startswith(("GET /search", "GET /robots.txt"))]

    def crawl(self, folder: Path, prepare: Callable[[], None] | None = None, kill_after: float | None = None) -> Ended:
        """Crawl the archive into a folder in a child that `prepare` is called in; kill it after some seconds."""
        arguments = ["crawl", f"{self.url}/search", "--site", "wilson", "--page-size", "10", "-o", str(folder)]
        return run_forked(lambda: main([*arguments, *self.options]), prepare, kill_after)


def run_forked(
    command: Callable[[], object], prepare: Callable[[], None] | None = None, kill_after: float | None = None
) -> Ended:
    """Run a command in a fork of this process; one that does not end in time is killed, with exit code -9."""
    for name in _LOADED_BEFORE:
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "a reactor is not to be shared with a child"
    assert threading.active_count() == 1, "a thread does not live on in a child"
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_child(reading, writing, command, prepare)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = _listen(pipe.fileno(), child, began + (HANGING if kill_after is None else kill_after))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(status, said.decode("utf-8", "replace"), time.monotonic() - began)


def _listen(pipe: int, child: int, until: float) -> bytes:
    """Return what the child says until it closes its end; kill it when its time is over."""
    said = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            until = time.monotonic() + HANGING
        elif data := os.read(pipe, 65536):
            said += data
        else:
            return said


def _be_child(reading: int, writing: int, command: Callable[[], object], prepare: Callable[[], None] | None) -> None:
    """Never returns. A pipe takes what is printed, as files may not be writable here."""
    code = 70
    try:
        os.close(reading)
        for number in (1, 2):
            os.dup2(writing, number)
        os.close(writing)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        if prepare is not None:
            prepare()
        command()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, it is printed, and the child must not live on as a parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Sample]:
    """Serve the sample archive, keeping its log in a folder; crawls have some options more."""
    with Sample(folder, *options) as sample:
        yield sample
