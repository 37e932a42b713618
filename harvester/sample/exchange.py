"""What goes over the wire, as values: a request as it came in, and the answer to it, sound or broken on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

HTML = "text/html; charset=UTF-8"


class Request(NamedTuple):
    """A request; `path_qs` is the target exactly as sent, `headers` can be looked up in any case."""

    method: str
    path_qs: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Return the path, as sent."""
        return self.path_qs.partition("?")[0]

    @property
    def query(self) -> str:
        """Return the query string, as sent; "" if there is none."""
        return self.path_qs.partition("?")[2]


class Sent(NamedTuple):
    """What was answered: the status, and how many bytes of a body went on the wire, packed as they were."""

    status: int
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends; the faults are played in the order of the fields.

    `delay`: seconds before anything is sent. `cut`: send only so many bytes of the body (as encoded), though
    Content-Length tells of all, then close (None: whole; below zero: close before the status line). `reset`: close with
    a TCP reset. `pause`: seconds of waiting before each kilobyte. `misstated`: Content-Length tells so many bytes more
    than there are, or fewer (below zero); all are sent, then the connection is closed. A body is compressed for who
    asks for gzip, unless Content-Encoding is set here or `plain` is.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str = b""
    delay: float = 0.0
    cut: int | None = None
    reset: bool = False
    pause: float = 0.0
    misstated: int = 0
    plain: bool = False

    @property
    def data(self) -> bytes:
        """Return the body as bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body

    @property
    def size(self) -> int:
        """Return how many bytes of the body are sent."""
        return len(self.data) if self.cut is None else len(self.data[: max(0, self.cut)])
