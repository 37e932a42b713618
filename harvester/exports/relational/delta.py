"""What of a dataset a database lacks: by the change feed where it can be gone on with, else by comparing digests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harvester.exports.relational.digests import digest_of
from harvester.exports.relational.former import Leads
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
    """What the feed tells: where it ends, where former ids lead, and what changed beyond the position that is held.

    `delta` is None where it cannot be gone on with: there is none, it was folded at the position, or it is another.
    """

    position: int
    position_digest: str
    leads: Leads
    delta: Delta | None


def read_feed(source: Source, held: Held | None) -> News:
    """Read the change feed once, from the position that a database holds, if it holds any."""
    last: Line | None = None
    leads = Leads()
    here: dict[str, bool] | None = None  # of each id that changed: whether a record is left
    for last in source.changes():
        leads.note(last)
        if here is not None:
            here[last["id"]] = last["change"] not in {"merged", "dropped"}
        elif held is not None and last["seq"] == held.position and digest_of(last) == held.position_digest:
            here = {}
    if last is None:
        return News(0, "", leads, None)
    return News(last["seq"], digest_of(last), leads, None if here is None else _delta(here))


def _delta(here: dict[str, bool]) -> Delta:
    put = frozenset(key for key, left in here.items() if left)
    return Delta(put, frozenset(here) - put)
