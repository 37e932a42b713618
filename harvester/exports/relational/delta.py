"""What of a dataset a database lacks: by the change feed where it can be gone on with, else by comparing digests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harvester.exports.relational.digests import digest_of
from harvester.exports.relational.held import Held
from harvester.exports.source import Line, Source


@dataclass(frozen=True, slots=True)
class Delta:
    """The ids of lines that are to be written, and of rows that are to go; `put` is None where all lines are."""

    put: frozenset[str] | None
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.put is None or bool(self.put or self.gone)

    def after(self, earlier: "Delta") -> "Delta":
        """Return what both did together, this one after an earlier one."""
        if self.put is None or earlier.put is None:
            return EVERYTHING
        return Delta(self.put | (earlier.put - self.gone), self.gone | (earlier.gone - self.put))


EVERYTHING = Delta(None)
NOTHING = Delta(frozenset())


def compare(held: Iterable[tuple[str, str]], lines: Iterable[Line]) -> Delta:
    """Return what differs between rows (id, digest) and lines, both sorted by id."""
    put, gone = set(), set()
    rows = iter(held)
    row = next(rows, None)
    for line in lines:
        while row is not None and row[0] < line["id"]:
            gone.add(row[0])
            row = next(rows, None)
        if row is not None and row[0] == line["id"]:
            if row[1] != digest_of(line):
                put.add(line["id"])
            row = next(rows, None)
        else:
            put.add(line["id"])
    gone.update(_rest(row, rows))
    return Delta(frozenset(put), frozenset(gone))


def _rest(row: tuple[str, str] | None, rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    if row is not None:
        yield row[0]
    yield from (key for key, _ in rows)


@dataclass(frozen=True, slots=True)
class News:
    """What the feed tells beyond a position: where it ends, and which ids changed.

    `changed` is None where it cannot be gone on with: there is none, it was folded at the position, or it is another.
    """

    position: int
    position_digest: str
    changed: frozenset[str] | None


def read_feed(source: Source, held: Held | None) -> News:
    """Return what the change feed tells since the position that a database holds, if it holds any."""
    last: Line | None = None
    changed: set[str] | None = None
    for last in source.changes():
        if changed is not None:
            changed.add(last["id"])
        elif held is not None and last["seq"] == held.position and digest_of(last) == held.position_digest:
            changed = set()
    if last is None:
        return News(0, "", None)
    return News(last["seq"], digest_of(last), None if changed is None else frozenset(changed))


def split(changed: frozenset[str], source: Source) -> Delta:
    """Return which of the ids that changed are to be written, as records of them are published, and which are to go."""
    if not changed:
        return NOTHING
    there = frozenset(line["id"] for line in source.records() if line["id"] in changed)
    return Delta(there, changed - there)
