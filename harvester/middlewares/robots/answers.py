"""Says what a server's answer to /robots.txt is: rules, none, or nothing that can be gone by (RFC 9309, 2.3.1)."""

import re
from dataclasses import replace

from parsel import Selector
from scrapy.http import Response

from harvester.captures import Capture
from harvester.middlewares.robots.lines import read_groups
from harvester.pages.refusals import unread_error

# RFC 9309, 2.5 wants 500 KiB parsed at least. What is longer is not cut but refused: its end may disallow.
LONGEST = 1024 * 1024
TOO_LONG = f"it is longer than {LONGEST // 1024} KiB"
# Of 4xx, which else mean that there is no robots.txt, those that a server sends for as long as it is busy.
_BUSY = frozenset({408, 425, 429})
_COMMENT = re.compile(rb"#.*")
_REFUSALS = frozenset({"challenge", "block", "login", "unreachable"})


def objection_to(response: Response) -> str | None:
    """Return why an answer cannot be gone by, which disallows everything; None if it can."""
    status = response.status
    if 300 <= status < 400:
        return "it redirects to another site" if response.headers.get("Location") else f"the server answered {status}"
    if not 200 <= status < 500 or status in _BUSY | {206}:
        return f"the server answered {status}"
    if status < 300 and len(response.body) > LONGEST:
        return TOO_LONG
    kind, words = _page_in(response)
    telling = _REFUSALS if status < 300 else {"challenge"}  # 401 and 403 else mean what 404 does: RFC 9309, 2.3.1.3
    return words if kind in telling else None


def _page_in(response: Response) -> tuple[str, str]:
    """Return kind and words of the page that came in the place of robots.txt; "" for robots.txt, or any other page."""
    content_type = response.headers.get("Content-Type")
    capture = Capture(
        body=response.body,
        status=response.status,
        content_type=content_type.decode("latin-1") if content_type else None,
    )
    if (response.headers.get("cf-mitigated") or b"").lower() == b"challenge":
        return "challenge", "the server answered with a challenge"
    if read_groups(response.body, generous=False):  # rules may well name the paths that challenges come from
        return "", ""
    if capture.medium == "binary":
        return "unreachable", "it is no text"
    if capture.medium == "html":
        error = unread_error(capture, Selector(text=capture.text or "<html/>", type="html").root)
    else:
        error = unread_error(replace(capture, body=_COMMENT.sub(b"", capture.body)), None)
    return error.kind, error.message
