"""Runs the sample's server beside a test, in a thread with an event loop of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from harvester.sample.archive import Archive
from harvester.sample.server import Server
from harvester.sample.site import ALLOW_ALL

S = TypeVar("S", bound=Server)
Stop = tuple[asyncio.AbstractEventLoop, asyncio.Event]


@contextmanager
def running(
    archive: Archive | None = None,
    *,
    port: int = 0,
    robots: str | None = ALLOW_ALL,
    compress: bool = True,
    now: Callable[[], datetime] | None = None,
) -> Iterator[Server]:
    """Serve an archive (by default the one of 103 records) while the context lasts.

    >>> with running() as server:
    ...     server.url.rpartition(":")[0]
    'http://127.0.0.1'
    """
    with serving(Server(archive or Archive(), robots=robots, compress=compress, now=now), port=port) as server:
        yield server


@contextmanager
def serving(server: S, *, port: int = 0) -> Iterator[S]:
    """Serve what a server has while the context lasts."""
    ready: Future[Stop] = Future()
    thread = threading.Thread(target=_serve, args=(server, port, ready), name="sample", daemon=True)
    thread.start()
    try:
        loop, stop = ready.result()
    except BaseException:
        thread.join()
        raise
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _serve(server: Server, port: int, ready: Future[Stop]) -> None:
    async def serve() -> None:
        stop = asyncio.Event()
        async with server.listen(port):
            ready.set_result((asyncio.get_running_loop(), stop))
            await stop.wait()

    try:
        asyncio.run(serve())
    except BaseException as error:  # whatever went wrong belongs to the thread that waits
        if ready.done():
            raise
        ready.set_exception(error)
