"""A record as one side of a comparison holds it: what it says, and when it was seen to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Held:
    """A record with its first and last capture (UTC; None where no capture says when).

    `last_known` is False where it may have been seen once more, `sure` where what it said then is not kept for certain:
    both only of an earlier state.
    """

    record: dict[str, Any]
    first: str | None
    last: str | None
    last_known: bool = True
    sure: bool = True

    @property
    def id(self) -> str:
        """Return the record's id."""
        return str(self.record["id"])

    def seen(self) -> dict[str, Any]:
        """Return in data when it was seen."""
        return {"first": self.first, "last": self.last, "last_known": self.last_known}


def extent(captures: Iterable[dict[str, Any]]) -> tuple[str | None, str | None]:
    """Return when the first and the last of some captures were made, as far as they say."""
    times = [capture["captured_at"] for capture in captures if capture["captured_at"] is not None]
    return min(times, default=None), max(times, default=None)
