"""What a field was read from, and what is said where that cannot be shown."""

from dataclasses import dataclass
from typing import Any

from harvester.pages import Origin

OF_DATE = ("date", "date_earliest", "date_latest", "date_precision", "date_note")
NOT_KEPT = "the page itself was not kept: it was read live"
LOST = "the page itself was not found again"
REMOVED = "the snapshot that held the page is not there any more: `keep.snapshots` has the oldest ones removed"
ELSEWHERE = "the page itself lies in the web archive that it was taken from"
CHANGED = "what lies there now is not what was read: its digest is another one"
OTHERWISE = "this version reads that row in another way, so where the field stood cannot be told"
UNPLACED = "it was read there, but where on the page it stands cannot be told"
UNREAD = "this version does not read that page any more"
COMPARE = "Replay the capture into another folder, and compare it by `harvest diff`."


@dataclass(frozen=True, slots=True)
class Field:
    """What a field was read from: its name, its value, the rule that made it of the print (None: it is the print).

    It may be a field of the document that the record alone does not have.

    `read` are the fields of the print that it was made of, `capture` is the one in which they stand (None if it was
    made of none). `origins` are the places on the page; where they cannot be shown `trouble` says why and `advice` what
    to do.
    """

    name: str
    value: Any
    rule: str | None
    read: tuple[str, ...] = ()
    capture: dict[str, Any] | None = None
    origins: tuple[Origin, ...] = ()
    trouble: str | None = None
    advice: str | None = None
    of_document: bool = False


def date_rule(printed: str) -> str:
    """Return the rule that made a date of its print."""
    return f"the printed date {printed!r} read as EDTF, never more precise than the print (docs/dates.md)"
