"""Stands before all pages: which addresses there are, who may ask, and what a browser may do with the answer."""

import ipaddress
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

DATABASE = "archive"
# Datasette has pages of its own that tell of the host (its paths, threads, versions): they are not there.
PAGES = re.compile(
    rf"/|/favicon\.ico|/look/browse\.css|/{DATABASE}/catalogue(\.json)?|/{DATABASE}/catalogue/[^/.]+(\.json)?"
)
PAGES_WITH_SQL = re.compile(rf"{PAGES.pattern}|/-/static/[^/]+|/{DATABASE}(\.json)?|/{DATABASE}/[^/.]+(\.json)?"
                            rf"|/{DATABASE}/[^/]+/[^/.]+(\.json)?")  # fmt: skip
# No script runs, whatever stands in a record; nothing is asked of any other host; no page is framed by another.
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application around another.

    `only_loopback` also refuses requests that name another host than this machine: a page of the web whose name is made
    to lead here could read along otherwise (DNS rebinding).
    """

    app: App
    pages: re.Pattern[str]
    only_loopback: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may be asked, with headers for the browser; refuse the rest in a sentence."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = [one for one in message.get("headers", []) if one[0].lower() not in dict(HEADERS)]
                message = {**message, "headers": [*told, *HEADERS]}
            await send(message)

        if refusal := self._refusal(scope):
            await _answer(send_guarded, *refusal)
        else:
            await self.app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, "Nothing can be written here."
        if self.only_loopback and not is_loopback(_host(scope)):
            return 403, "This server answers to this machine only, by the name of 127.0.0.1 or localhost."
        path = bytes(scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        if not self.pages.fullmatch(path.decode("ascii", "replace")):
            return 404, "There is no such page. The records are at /"
        return None


def is_loopback(host: str) -> bool:
    """Return whether a name or an address is this machine's own.

    >>> [is_loopback(one) for one in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _host(scope: Scope) -> str:
    told = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    return told[1:].partition("]")[0] if told.startswith("[") else told.partition(":")[0]


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
