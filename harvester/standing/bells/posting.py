"""The program that hands one notice to apprise: asked by a line of JSON on standard input, answers by one.

It stands by itself: run as a file, it imports nothing of this package. Nothing but its own answer is let out of it, and
in that no part of an address: the names of variables, words chosen here, and status codes of HTTP.
"""

import json
import logging
import os
import re
import sys
from typing import Any

# apprise ends its warning about an answer with its status: "Failed to send … notification: …, error=401."
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")


class Statuses(logging.Handler):
    """Picks status codes out of apprise's log, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[int] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Look for a status in a message."""
        if found := _STATUS.search(record.getMessage()):
            self.found.add(int(found.group(1)))


def post(address: str, title: str, body: str, kind: str) -> dict[str, Any]:
    """Send to all addresses of one variable; return what became of it."""
    try:
        import apprise
    except ImportError:
        return {"installed": False}
    statuses = Statuses()
    logger = logging.getLogger("apprise")
    logger.addHandler(statuses)
    try:
        bells = apprise.Apprise()
        readable = bells.add(address)
        # Those that can be read are rung, even if another cannot.
        sent = bool(bells.notify(body=body, title=title, notify_type=kind, body_format="text"))
    finally:
        logger.removeHandler(statuses)
    return {"installed": True, "readable": readable, "sent": sent, "statuses": sorted(statuses.found)}


def main() -> None:
    """Answer one question; whatever else is printed by anybody goes nowhere."""
    asked = json.loads(sys.stdin.read())
    answer = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    told = {name: post(os.environ[name], asked["title"], asked["body"], asked["type"]) for name in asked["names"]}
    os.write(answer, json.dumps(told).encode())
    # A service that apprise gave up waiting for still has its thread, which would hold the end of this program back.
    os._exit(0)


if __name__ == "__main__":
    main()
