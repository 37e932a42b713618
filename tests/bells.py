"""A server on loopback that takes what apprise posts, and answers as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "T0PS3CRET-4711-token"


@dataclass
class Taker:
    """What came: the paths asked for and the JSON posted. `status` is answered, after `wait` seconds."""

    port: int = 0
    status: int = 200
    wait: float = 0.0
    paths: list[str] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Return an address for apprise, with what is secret in user, password, path and header."""
        return f"json://{SECRET}-user:{SECRET}-pass@127.0.0.1:{self.port}/{SECRET}-path?+X-Token={SECRET}-head"


@contextmanager
def taking(**told: Any) -> Iterator[Taker]:
    """Take what is posted while the context lasts."""
    taker = Taker(**told)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taker.paths.append(self.path)
            taker.headers.append(dict(self.headers))
            taker.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(taker.wait)
            self.send_response(taker.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        taker.port = server.server_address[1]
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield taker
        finally:
            server.shutdown()
            serving.join()
