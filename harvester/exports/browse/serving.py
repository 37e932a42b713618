"""Serves an application on one port until a signal ends it, and leaves nothing behind."""

import asyncio
import signal
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import uvicorn

from harvester.errors import UsageProblem

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Make each signal that ends a program a KeyboardInterrupt, once: tidying up is not interrupted again."""

    def end(number: int, frame: FrameType | None) -> None:
        for one in _ENDING:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [signal.signal(one, end) for one in _ENDING]
    try:
        yield
    finally:
        for one, handler in zip(_ENDING, before, strict=True):
            signal.signal(one, handler)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there, port 0 being any that is free; raises UsageProblem where that cannot be."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise UsageProblem(
            f"nothing can listen on port {port} of {host}: {error.strerror or error}",
            advice="If something else does already, name another port: --port 8002, or --port 0 for any that is free.",
        ) from error


def address_of(listening: socket.socket) -> str:
    """Return the address that a browser opens to come to a socket."""
    host, port = listening.getsockname()[:2]
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{named}]:{port}/" if ":" in named else f"http://{named}:{port}/"


class _Server(uvicorn.Server):
    """A server that also lets go of those who asked for a page and don't read it."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the loop closes them in its next turn


def serve(app: Any, listening: socket.socket, *, show: bool) -> None:
    """Serve until a signal comes; `show` opens the browser of the user at the first page."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=3,  # a browser may hold its connection open as long as it likes
    )
    if show:  # beside the server: a browser in the terminal returns only when it is closed
        threading.Thread(target=webbrowser.open, args=[address_of(listening)], daemon=True).start()
    server = _Server(config)
    signal.signal(signal.SIGHUP, server.handle_exit)  # the terminal was closed; uvicorn listens to the others itself
    with suppress(KeyboardInterrupt):  # the signal, which uvicorn tells again once it has stopped
        asyncio.run(server.serve(sockets=[listening]))
