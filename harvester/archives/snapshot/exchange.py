"""One exchange as it went over the wire, and where it was kept."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

KEPT = "harvest_kept"  # in a request's meta: where its exchange was kept
_HEAD = re.compile(rb"HTTP/\d[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n")
_INTERIM = re.compile(rb"HTTP/\d\S* 1(?!01)\d\d\b")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:[^\n]*\bchunked\b")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back, both as on the wire (inside TLS).

    `url` is what was asked, `begun` when, `address` the server's IP address if known. `truncated` is why the answer
    breaks off, in WARC's words: time, length, disconnect; None for a whole one.
    """

    url: str
    begun: datetime
    sent: bytes
    received: bytes
    address: str | None = None
    truncated: str | None = None

    @property
    def time(self) -> str:
        """Return when it began, to the second, as WARC and captures have it."""
        return self.begun.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an answer was kept: the file and the offset of its record, and its time."""

    file: str
    offset: int
    captured_at: str


class Keeper(Protocol):
    """Who keeps exchanges."""

    def keep(self, exchange: Exchange) -> Kept | None:
        """Keep an exchange before anything is made of it; None if no answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: its head (status line, headers, blank line) and its body as sent."""

    head: bytes
    body: bytes

    @property
    def chunked(self) -> bool:
        """Return whether the body is sent in chunks, whose marks are no part of the payload."""
        return _CHUNKED.search(self.head) is not None

    @property
    def status(self) -> str | None:
        """Return the status code as printed."""
        parts = self.head.split(None, 2)
        return parts[1].decode("latin-1") if len(parts) > 1 else None

    @property
    def media_type(self) -> str | None:
        """Return the declared type without parameters; None if none is declared."""
        for line in self.head.split(b"\n")[1:]:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-type":
                return re.split(r"[;\s]", value.decode("latin-1").strip(), maxsplit=1)[0]
        return None


def answer_in(received: bytes) -> Answer | None:
    """Return the answer in what was received, None if its head never came whole.

    Interim answers (1xx) are left out: a record holds one message, and readers take the first for the page.
    """
    at = 0
    while (head := _HEAD.match(received, at)) is not None:
        if not _INTERIM.match(received, at):
            return Answer(head[0], received[head.end() :])
        at = head.end()
    return None
