"""Bells that the library apprise reaches: mail, messengers, webhooks; each address in an environment variable.

The library runs in a process of its own. Its log, those of the libraries below it and their warnings name addresses
with what is secret in them, at some levels whole; and a service that never answers would hold this process back when it
ends, as it is waited for in a thread. What that process prints is thrown away, but for one line of our own.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harvester.standing.bells import posting
from harvester.standing.bells.programs import run_program
from harvester.standing.notice import WELL, Notice

LIMIT = 120.0  # seconds for all addresses; the library itself gives most services four to connect and four to answer

_TYPES = {WELL: "success", "drift": "warning", "withdrawn": "warning", "incomplete": "warning"}
_INSTALL = "install it with: pip install 'archive-harvester[notify]'"


def ring(
    names: Sequence[str], notice: Notice, environment: Mapping[str, str], *, limit: float = LIMIT
) -> list[str | None]:
    """Send a notice to the addresses in the variables named; return for each why it failed, None if it did not.

    A variable may hold several addresses, apart by white space or commas.
    """
    present = [name for name in names if environment.get(name, "").strip()]
    told = _post(present, notice, environment, limit) if present else {}
    return [told.get(name, f"the variable {name} is not set; it is to hold the address of a bell") for name in names]


def _post(names: Sequence[str], notice: Notice, environment: Mapping[str, str], limit: float) -> dict[str, str | None]:
    asked = {
        "names": list(names),
        "title": notice.title,
        "body": notice.body,
        "type": _TYPES.get(notice.kind, "failure"),
    }
    # -P: this very file is called apprise too. -W: a warning in somebody else's code is to keep no bell from ringing.
    program = [sys.executable, "-P", "-W", "ignore", str(Path(posting.__file__))]
    try:
        ended = run_program(program, json.dumps(asked).encode(), environment, limit)
    except OSError as error:
        return dict.fromkeys(names, f"apprise cannot be run: {error.strerror or type(error).__name__}")
    if ended.code is None:
        return dict.fromkeys(names, f"apprise took longer than {limit:g} seconds and was ended")
    try:
        answers: dict[str, Any] = json.loads(ended.printed)
    except ValueError:
        return dict.fromkeys(names, f"apprise broke down with exit code {ended.code}")
    return {name: _say(name, answer) for name, answer in answers.items()}


def _say(name: str, answer: Mapping[str, Any]) -> str | None:
    """Return what became of one variable's addresses, if they were not all reached."""
    if not answer["installed"]:
        return f"apprise is not installed, so {name} was not rung; {_INSTALL}"
    if not answer["readable"]:
        return f"{name} holds an address that apprise cannot read; `apprise -vvv` at a terminal says why"
    if answer["sent"]:
        return None
    statuses = ", ".join(map(str, answer["statuses"]))
    why = f"status {statuses}" if statuses else "no answer, or a refusal"
    return f"apprise could not deliver to {name} ({why}); `apprise -vvv` at a terminal says more"
