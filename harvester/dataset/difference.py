"""One difference between two states: which record, of which kind, and what it rests on."""

from dataclasses import dataclass
from typing import Any

from harvester.dataset.held import Held
from harvester.dataset.listed import Listed
from harvester.text import squash

ONLY_A, ONLY_B, DIFFERS, UNSURE = "only-in-a", "only-in-b", "differs", "unsure"
GONE_A, GONE_B = "gone-from-a", "gone-from-b"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: a record that only one side has, or fields in which both sides differ.

    `matched_by` is id, "date and title", or None for one side's alone. `unsure` is a record that an earlier state has,
    but of which it is not kept for certain what it said then. `absence` is the walk of the other side that should
    have shown the record, None where there is none that was whole, or where the other side has a record that `may_be`
    the same: of its title, and one of both without a link. A record is gone from a side that still holds it, but whose
    complete walk does not show it any more; `absence` is that walk.
    """

    kind: str
    matched_by: str | None
    a: Held | None
    b: Held | None
    fields: tuple[str, ...] = ()
    absence: Listed | None = None
    may_be: str | None = None

    @property
    def held(self) -> Held:
        """Return the record, as A has it if A does."""
        held = self.a or self.b
        assert held is not None
        return held

    @property
    def titles(self) -> set[str]:
        """Return the whole titles of the record, of either side."""
        return {squash(held.record["title"]) for held in (self.a, self.b) if held is not None}

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data: a record that only one side has as a whole, else the fields that differ."""
        a, b = self.a, self.b
        told: dict[str, Any] = {"kind": self.kind, "matched_by": self.matched_by}
        told |= {"id_a": a and a.id, "id_b": b and b.id, "seen_a": a and a.seen(), "seen_b": b and b.seen()}
        if a is None or b is None:
            absent_from = self.absence and self.absence.as_data()
            return {**told, "absent_from": absent_from, "may_be": self.may_be, "record": self.held.record}
        if self.kind in {GONE_A, GONE_B}:
            return {**told, "absent_from": self.absence and self.absence.as_data()}
        return {**told, "fields": {name: {"a": a.record[name], "b": b.record[name]} for name in self.fields}}
