"""What happens to the archive itself while it is read: each kind of event, done to an archive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from harvester.sample.archive import Archive
from harvester.sample.record import Record


@dataclass(frozen=True, slots=True)
class Event:
    """One thing at the `at`-th page request, before its answer is made or `after`; `plan` is what it is a part of.

    `where` (from 0 up to 1) picks the record, from the oldest to the newest; `to` picks its new place likewise,
    and is 1 for the newest.
    """

    at: int
    after: bool
    kind: str
    plan: str
    where: float
    to: float = 1.0


@dataclass(slots=True)
class Stage:
    """An archive, and what was taken off it and may come back."""

    archive: Archive
    withdrawn: list[Record] = field(default_factory=list)

    def pick(self, where: float) -> Record | None:
        """Return the record at a place; None in an empty archive."""
        records = self.archive.records
        return records[int(where * len(records))] if records else None

    def place(self, to: float, without: Record | None = None) -> int:
        """Return the number in the order of creation for a place among the others, from below the oldest up."""
        numbers = [record.created for record in self.archive.records if record != without]
        lower = min(int(to * (len(numbers) + 1)), len(numbers))
        return numbers[lower - 1] if lower else min(numbers, default=1) - 1


def insert(stage: Stage, event: Event) -> Record | None:
    """Add a record, the newest."""
    return _add(stage, event, None)


def insert_old(stage: Stage, event: Event) -> Record | None:
    """Add a record that is older than some."""
    return _add(stage, event, stage.place(event.to))


def delete(stage: Stage, event: Event) -> Record | None:
    """Remove a record for good."""
    record = stage.pick(event.where)
    return stage.archive.remove(record.node) if record else None


def withdraw(stage: Stage, event: Event) -> Record | None:
    """Remove a record that comes back."""
    removed = delete(stage, event)
    stage.withdrawn += [removed] if removed else []
    return removed


def put_back(stage: Stage, event: Event) -> Record | None:
    """Put back the record that has been away the longest, where it was."""
    return stage.archive.restore(stage.withdrawn.pop(0)) if stage.withdrawn else None


def move(stage: Stage, event: Event) -> Record | None:
    """Give a record another place in the order of creation."""
    record = stage.pick(event.where)
    return stage.archive.move(record.node, stage.place(event.to, without=record)) if record else None


def change(stage: Stage, event: Event) -> Record | None:
    """Change a record's title or its summary."""
    record = stage.pick(event.where)
    if record is None:
        return None
    if event.to < 0.5:
        return stage.archive.change(record.node, title=f"{record.title} (Revised)")
    return stage.archive.change(record.node, summary=(*record.summary, "Revised since."))


def _add(stage: Stage, event: Event, created: int | None) -> Record:
    """Add a record with the date and the facets of another, so that it stands in narrower listings too."""
    title = f"Note on a Late Accession, Request {event.at}, Case {int(event.where * 10**6)}"
    model = stage.pick(event.where)
    facets, date = (model.facets, model.date) if model else ((), "")
    return stage.archive.add(title, date, ["Found in a box that nobody had opened."], facets, created=created)


EVENTS: Mapping[str, Callable[[Stage, Event], Record | None]] = MappingProxyType(
    {
        "insert": insert,
        "insert-old": insert_old,
        "delete": delete,
        "withdraw": withdraw,
        "put-back": put_back,
        "move": move,
        "change": change,
    }
)
