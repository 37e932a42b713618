"""What of a dataset a database lacks: by the change feed where it can be gone on with, else by comparing digests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harvester.exports.relational.held import Held, digest_change
from harvester.exports.relational.model import digest_of
from harvester.exports.source import Line, Source


@dataclass(frozen=True, slots=True)
class Delta:
    """The ids of lines that are to be written, and of rows that are to go; `put` is None where all lines are."""

    put: frozenset[str] | None
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.put is None or bool(self.put or self.gone)


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


def since(source: Source, held: Held) -> Delta | None:
    """Return what the change feed tells since the position that a database holds.

    None where the feed cannot be gone on with from there: there is none, it was folded there, or it is another.
    """
    changes = source.changes()
    if not any(one["seq"] == held.position and digest_change(one) == held.position_digest for one in changes):
        return None
    changed = {one["id"] for one in changes}  # the rest of the feed: `any` has stopped at the position
    if not changed:
        return NOTHING
    there = {line["id"] for line in source.records() if line["id"] in changed}
    return Delta(frozenset(there), frozenset(changed - there))
