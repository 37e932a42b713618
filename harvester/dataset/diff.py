"""Compares two states: what is found only here, only there, in both; never a guess.

Both are streamed in the order of their ids. Only what has no counterpart by id is held, for the second matching.
"""

from collections import defaultdict
from collections.abc import Iterator
from heapq import merge
from itertools import chain, groupby
from typing import Any

from harvester.dataset.difference import DIFFERS, GONE_A, GONE_B, ONLY_A, ONLY_B, UNSURE, Difference
from harvester.dataset.held import Held
from harvester.dataset.listed import Listed
from harvester.dataset.namesakes import Namesakes
from harvester.dataset.package import record_schema
from harvester.dataset.states import State
from harvester.errors import UsageProblem
from harvester.identity import joining_key, may_join
from harvester.text import squash

Key = tuple[str, str]


class Comparison:
    """Two states side by side. Raises UsageProblem if they are of different sites."""

    def __init__(self, a: State, b: State, whole: str | None) -> None:
        """Compare A with B; `whole` is the listing of everything, None if the site has none."""
        if a.site != b.site:
            raise UsageProblem(
                f"{a.name} is of the site {a.site}, {b.name} of {b.site}", advice="Compare datasets of one site."
            )
        self.a = a
        self.b = b
        self.whole = whole
        self._gone_ones: list[Difference] = []
        self.both = 0  # records that both have, known once the differences were read out
        self.known = {listed.listing for listed in a.listings} & {listed.listing for listed in b.listings}
        self.names = [name for name in record_schema()["properties"] if name not in {"id", "site"}]

    def differences(self) -> Iterator[Difference]:
        """Yield the differences: of records in both by id, of those matched by date and title, then one side's own."""
        self.both = 0
        self._gone_ones = []
        only_a: dict[str, Held] = {}
        only_b: dict[str, Held] = {}
        for a, b in _pairs(self.a.records(), self.b.records()):
            if a is not None and b is not None:
                yield from self._compared(a, b, "id")
            elif a is not None:
                only_a[a.id] = a
            elif b is not None:
                only_b[b.id] = b
        for id_a, id_b in self._joined(only_a, only_b):
            yield from self._compared(only_a.pop(id_a), only_b.pop(id_b), "date and title")
        yield from self._gone_since()
        alone_a, alone_b = sorted(only_a.values(), key=_age), sorted(only_b.values(), key=_age)
        for held, absence, may_be in self._absences(alone_a, self.b):
            yield Difference(ONLY_A, None, held, None, (), absence, may_be)
        for held, absence, may_be in self._absences(alone_b, self.a):
            yield Difference(ONLY_B, None, None, held, (), absence, may_be)

    def _compared(self, a: Held, b: Held, matched_by: str) -> Iterator[Difference]:
        self.both += 1
        fields = tuple(name for name in self.names if self._said(a, name) != self._said(b, name))
        if not (a.sure and b.sure):
            yield Difference(UNSURE, matched_by, a, b, fields)
        elif fields:
            yield Difference(DIFFERS, matched_by, a, b, fields)
        gone_a, gone_b = self._gone(a, self.a), self._gone(b, self.b)
        if gone_a and not gone_b:
            self._gone_ones.append(Difference(GONE_A, matched_by, a, b, (), gone_a))
        if gone_b and not gone_a:
            self._gone_ones.append(Difference(GONE_B, matched_by, a, b, (), gone_b))

    def _gone(self, held: Held, side: State) -> Listed | None:
        """Return the complete walk of a side that did not show a record any more which the side still holds.

        Of an entry without a link it cannot be told: it may have got one since.
        """
        walk = self._absence(held, side)
        if walk is None or not walk.is_proof or walk.first is None or held.record["url"] is None:
            return None
        return walk if held.last is not None and held.last_known and held.last < walk.first else None

    def _gone_since(self) -> Iterator[Difference]:
        """Yield what is gone from one side; not where an entry without a link there may be the record."""
        for kind, side in ((GONE_A, self.a), (GONE_B, self.b)):
            gone = [one for one in self._gone_ones if one.kind == kind]
            namesakes = Namesakes(side.records(), {title for one in gone for title in one.titles})
            for one in gone:
                held = one.a if kind == GONE_A else one.b
                if held is not None and namesakes.find(held) is None:
                    yield one

    def _said(self, held: Held, name: str) -> Any:
        """Return a field's value; of the listings those that both sides tell of: one not walked shows nothing."""
        value = held.record[name]
        return [listing for listing in value if listing in self.known] if name == "listings" else value

    def _joined(self, only_a: dict[str, Held], only_b: dict[str, Held]) -> list[tuple[str, str]]:
        """Return, as ids in A and B, the entries without a link that join a linked record of the other side.

        The match must be the only one both ways among all records of both sides, not among those left over.
        """
        known = self._namesakes({key for held in (*only_a.values(), *only_b.values()) if (key := _key(held))})
        pairs = []
        for linked, linkless in known.values():
            if may_join(linked, linkless):
                (one,), (other,) = linked, linkless
                if one in only_a and other in only_b:
                    pairs.append((one, other))
                if one in only_b and other in only_a:
                    pairs.append((other, one))
        return sorted(pairs, key=min)

    def _namesakes(self, wanted: set[Key]) -> dict[Key, tuple[set[str], set[str]]]:
        """Return of each key the ids of all records that have it: those with a link, those without."""
        known: dict[Key, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        if wanted:
            for held in chain(self.a.records(), self.b.records()):
                if (key := joining_key(held.record["date"], held.record["title"])) in wanted and key is not None:
                    known[key][held.record["url"] is None].add(held.id)
        return known

    def _absences(self, alone: list[Held], other: State) -> Iterator[tuple[Held, Listed | None, str | None]]:
        """Yield what is known of the absence of records from the other side."""
        namesakes = Namesakes(other.records(), {squash(held.record["title"]) for held in alone})
        for held in alone:
            may_be = namesakes.find(held)
            yield held, None if may_be else self._absence(held, other), may_be

    def _absence(self, held: Held, other: State) -> Listed | None:
        """Return the walk of the other side that should have shown a record: the best, the newest."""
        names = {self.whole, *held.record["listings"]} - {None}
        walks = [listed for listed in other.listings if listed.listing in names and listed.is_whole]
        return max(walks, key=lambda w: (w.is_proof, w.listing == self.whole, w.last or ""), default=None)


def _key(held: Held) -> Key | None:
    """Return what an entry without a link may be joined by."""
    return joining_key(held.record["date"], held.record["title"]) if held.record["url"] is None else None


def _pairs(a: Iterator[Held], b: Iterator[Held]) -> Iterator[tuple[Held | None, Held | None]]:
    """Yield what two sorted sides hold of each id."""
    both = merge(((held.id, "a", held) for held in a), ((held.id, "b", held) for held in b), key=lambda row: row[:2])
    for _, group in groupby(both, key=lambda row: row[0]):
        sides = {side: held for _, side, held in group}
        yield sides.get("a"), sides.get("b")


def _age(held: Held) -> tuple[str, str, str]:
    return held.last or "", held.record["date_earliest"] or "9999-99", held.id
