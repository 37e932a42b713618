"""A notice: what someone must act on after a run, in words for people and facts for machines."""

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

# The kind beside those that can be chosen with `on`: it ends what was told before, and comes wherever that came.
WELL = "well"

# What lasts until a run is well again; the others are told once, of the run that showed them.
LASTING = frozenset({"incomplete", "refused", "unreachable", "failed", "silent"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of a kind and run.

    `title` is one line, `body` a few: what, since when, what to do next. `run` is null where none could begin, `code`
    is the exit code that it ended with, null where none ended. `facts` are what the words were made of;
    docs/notifications.md lists them by kind.
    """

    harvest: str
    kind: str
    title: str
    body: str
    dataset: str
    run: int | None
    code: int | None
    facts: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return the notice as plain data."""
        return asdict(self)

    def as_json(self) -> bytes:
        """Return the notice as one line of JSON."""
        return orjson.dumps(self.as_data()) + b"\n"
