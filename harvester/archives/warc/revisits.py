"""Revisits: records that say only that a page was the same as in another record, and how they refer to it."""

from dataclasses import dataclass

from harvester.archives.finds import Damaged
from harvester.errors import UnresolvedRevisit


@dataclass(frozen=True, slots=True)
class Names:
    """By what a record can be referred to: its payload's digest, its id, its address and second."""

    digest: str | None
    record: str | None
    time: str | None

    def listed(self) -> list[str]:
        """Return those that there are, the surest first."""
        return [name for name in (self.digest, self.record, self.time) if name]


@dataclass(frozen=True, slots=True)
class Revisit:
    """A record that refers to another; `status` and `content_type` are its own, None where it has none."""

    refers_to: Names
    url: str
    captured_at: str | None
    status: int | None
    content_type: str | None
    challenged: bool
    file: str
    offset: int


def unresolved(revisit: Revisit) -> Damaged:
    """Return the damage of a revisit whose original no archive given holds."""
    names = " or ".join(revisit.refers_to.listed()) or "nothing that it names"
    where = f"{revisit.file}, byte {revisit.offset:,}"
    error = UnresolvedRevisit(f"the record refers to {names[:300]}, which is in no archive given", where=where)
    return Damaged(error, revisit.file, revisit.offset, revisit.url)


def differ(one: str | None, other: str | None) -> bool:
    """Return whether two digests of one kind are of different bodies."""
    if one is None or other is None:
        return False
    return one.partition(":")[0] == other.partition(":")[0] and one != other
