"""Serves bytes exactly as a test gives them, over plain TCP or TLS on loopback, and keeps exactly what was asked."""

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import sleep
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What goes back for a request: pieces with a pause before each; then the connection is closed, or stays."""

    pieces: tuple[bytes, ...]
    close: bool = False
    pause: float = 0.0

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces)


class RawServer:
    """`asked` are the requests as they came, `connections` counts the connections that asked something."""

    def __init__(self, reply: Callable[[str], Reply]) -> None:
        self.reply = reply
        self.asked: list[bytes] = []
        self.connections = 0
        self.url = ""
        self.over = threading.Event()

    def serve(self, connection: Any) -> None:
        file, first = connection.makefile("rb"), True
        with file, suppress(OSError):
            while head := _head(file):
                self.connections += first
                first = False
                self.asked.append(head)
                reply = self.reply(head.split()[1].decode())
                for piece in reply.pieces:
                    sleep(reply.pause)
                    connection.sendall(piece)
                if reply.close or self.over.is_set():
                    return


def _head(file: Any) -> bytes:
    lines = []
    while line := file.readline():
        lines.append(line)
        if line == b"\r\n":
            break
    return b"".join(lines)


@contextmanager
def raw_server(reply: Callable[[str], Reply], context: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Serve while the context lasts; with a TLS context by https."""
    raw = RawServer(reply)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection = self.request
            connection.settimeout(10)
            with suppress(OSError):
                wrapped = context.wrap_socket(connection, server_side=True) if context else connection
                with wrapped:
                    raw.serve(wrapped)

    class TCPServer(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        raw.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
        try:
            yield raw
        finally:
            raw.over.set()
            server.shutdown()
            thread.join()
