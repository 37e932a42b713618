"""Lives the life of an archive night by night on a server, and tells afterwards what truly stood in its listings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from harvester.sample.archive import Archive
from harvester.sample.events import Stage
from harvester.sample.life import Life, Night
from harvester.sample.playing import NOON, Playing, play
from harvester.sample.query import write_query
from harvester.sample.record import Record
from harvester.sample.server import Server
from harvester.sample.upkeep import works_on

SHARE = 1 / 3  # of the records that the narrower listing has, as nearly as any has


@dataclass(frozen=True, slots=True)
class Stood:
    """What stood in one listing during one night, as the paths of documents' pages."""

    begin: frozenset[str]
    end: frozenset[str]
    throughout: frozenset[str]
    ever: frozenset[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """One night as it was: what happened, what stood in each listing (by its query), the records at its end by path.

    `said` has, by path, all that was shown of each record at any time of the night.
    """

    night: Night
    listings: Mapping[str, Stood]
    records: Mapping[str, Record]
    said: Mapping[str, frozenset[Record]]


class Living:
    """An archive whose days go by; `queries` are its two listings: everything ("") and the one of `facet`."""

    def __init__(self, server: Server, life: Life, *, now: Callable[[], datetime] = lambda: NOON) -> None:
        self.server, self.life = server, life
        self.facet = choose_facet(server.archive)
        self.queries = ("", write_query((("f[0]", self.facet),)))
        self.truths: list[Truth] = []
        self.playing: Playing | None = None
        self._now = now
        self._stage = Stage(server.archive)
        self._works = works_on(self.facet)

    @contextmanager
    def night(self) -> Iterator[Night]:
        """Let the next day go by, and then its night while the context lasts; the truth of it is then the last one."""
        night = self.life.nights[len(self.truths)]
        for work in night.works:
            self._works[work.kind](self._stage, work)
        states = [self.server.archive.snapshot()]

        def note(line: str) -> None:
            states.append(self.server.archive.snapshot())

        self.playing = play(self.server, night.schedule, now=self._now, tell=note)
        try:
            yield night
        finally:
            self.server.intercept = None
            self.truths.append(self._tell(night, states))

    def _tell(self, night: Night, states: Sequence[Archive]) -> Truth:
        said: dict[str, set[Record]] = {}
        for state in states:
            for record in state.records:
                said.setdefault(record.path, set()).add(record)
        listings = {query: _stood([_list(state, query) for state in states]) for query in self.queries}
        records = {record.path: record for record in states[-1].records}
        return Truth(night, listings, records, {path: frozenset(shown) for path, shown in said.items()})


def choose_facet(archive: Archive) -> str:
    """Return the facet term that a third of the records have, as nearly as any; of equals the first by its name."""
    counts = archive.listing("").counts
    wanted = len(archive.records) * SHARE
    return min(sorted(counts), key=lambda term: abs(counts[term] - wanted), default="")


def _list(archive: Archive, query: str) -> frozenset[str]:
    return frozenset(record.path for record in archive.listing(query).selection[0])


def _stood(states: Sequence[frozenset[str]]) -> Stood:
    return Stood(states[0], states[-1], frozenset.intersection(*states), frozenset.union(*states))
