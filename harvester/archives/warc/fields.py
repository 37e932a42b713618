"""The named fields of a head, of a WARC record or an HTTP message, and the places where heads end and records begin."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

HEAD_END = re.compile(rb"\r?\n\r?\n")
# A record that is looked for after damage: its first line, and a field as every tool seen writes it first.
RECORD_START = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n(?:WARC-|Content-)", re.I)
_FOLD = re.compile(r"\r?\n[ \t]+")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Fields:
    """Named fields in their order, names in lower case."""

    values: dict[str, list[str]]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the fields of the lines of a head; lines without a name are no fields."""
        values: dict[str, list[str]] = {}
        if "\n " in text or "\n\t" in text:
            text = _FOLD.sub(" ", text)
        for line in text.split("\n"):
            name, colon, value = line.partition(":")
            if colon:
                values.setdefault(name.strip().lower(), []).append(value.strip())
        return cls(values)

    def first(self, name: str) -> str | None:
        """Return the first value of a field that says something, None if there is none."""
        return next((value for value in self.values.get(name, ()) if value), None)

    def tokens(self, name: str) -> list[str]:
        """Return all that a field lists, over all its lines, in lower case."""
        listed = [token.strip().lower() for value in self.values.get(name, ()) for token in value.split(",")]
        return [token for token in listed if token]

    def number(self, name: str) -> int | None:
        """Return a field's number; None if it says none, or two that differ."""
        numbers = set(self.values.get(name, ()))
        text = numbers.pop() if len(numbers) == 1 else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def to_time(text: str | None) -> str | None:
    """Return a WARC-Date to the second, in UTC; None where it is none, or less than a second is told.

    >>> to_time("2026-11-23T15:38:12.123456Z"), to_time("2026-11-23T16:38:12+01:00"), to_time("2026-11")
    ('2026-11-23T15:38:12Z', '2026-11-23T15:38:12Z', None)
    """
    found = _TIME.fullmatch(text or "")
    if found is None:
        return None
    try:
        time = datetime.fromisoformat(found[1] + found[2]).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{time.isoformat(timespec='seconds').removesuffix('+00:00')}Z"
