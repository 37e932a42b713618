"""Judges a dataset after each night against what truly stood in the archive: the feed, the claims, the records."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from harvester.dataset.verify import verify
from harvester.sample.life import Night
from harvester.sample.living import Truth
from harvester.sample.record import Record
from tests.soak.consumer import Change, Consumer
from tests.soak.schedules import says
from tests.soak.spans import Span, last_run, path_of, seen_by

# Complete walks of the whole on nights when nothing fails, after which a record that was gone must be withdrawn: one
# more than confirm it, as a page of before may have been taken as late as the night before.
ENOUGH = 3

STATES = "the feed gives each night's records, however it is read"
NUMBERS = "a change that was told keeps its number, and says the same"
CLAIMS = "no false withdrawal"
MISSED = "what is gone for long is withdrawn"
SHOWN = "what a complete walk shows is held, and says so"
SOUND = "the dataset verifies"
COMPLETE = 'no false "complete"'
PROMISES = (STATES, NUMBERS, CLAIMS, MISSED, SHOWN, SOUND, COMPLETE)


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise that did not hold, in which life and night, and how."""

    promise: str
    seed: int
    night: Night
    told: str

    def __str__(self) -> str:
        return f"seed {self.seed}, night {self.night.number} ({self.night.kind}): {self.promise}: {self.told}"


@dataclass(slots=True)
class Judge:
    """What a dataset was found to be, night after night: there are to be no `faults`."""

    folder: Path
    queries: tuple[str, ...]
    page_size: int
    seed: int
    faults: list[Fault] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    lines: list[bytes] = field(default_factory=list)
    consumer: Consumer = field(default_factory=Consumer)
    truths: list[tuple[str, Truth]] = field(default_factory=list)
    walks: dict[int, Span] = field(default_factory=dict)
    absent: Counter[str] = field(default_factory=Counter)
    between: list[int] = field(default_factory=list)

    def judge(self, truth: Truth, began: datetime) -> int:
        """Judge the dataset as it stands after a night that began then; return how many changes it brought."""
        self.truths.append((f"{began:%Y-%m-%dT%H:%M:%SZ}", truth))
        if not (self.folder / "changes.jsonl").exists():
            return 0
        run, night = last_run(self.folder), truth.night
        coverage = orjson.loads((self.folder / "coverage.json").read_bytes())["listings"]
        walked = {told["walk"]: self._span(told) for told in coverage if told["last_run"]["run"] == run}
        looked = [self._query(told["listing"]) for told in coverage if told["looked"] and told["looked"]["run"] == run]
        self.walks |= walked
        complete = [span for span in walked.values() if span.verdict == "complete"]
        published = (self.folder / "records.jsonl").read_bytes()
        records = {path_of(told): told for told in map(orjson.loads, published.splitlines())}
        changes = [orjson.loads(line) for line in (self.folder / "changes.jsonl").read_bytes().splitlines()]
        new = self._follow(changes, night)
        self._fail(STATES, night, self._read(changes, published, night))
        self._fail(CLAIMS, night, self._false(new, truth))
        self._fail(SHOWN, night, self._untold(records, complete))
        self._fail(COMPLETE, night, self._unseen({walk: span for walk, span in walked.items() if span in complete}))
        self._fail(SHOWN, night, self._overlooked(records, looked, truth))
        self._fail(MISSED, night, self._missed(records, complete, truth))
        return len(new)

    def _span(self, told: Mapping[str, Any]) -> Span:
        first = told["captured"]["first"]
        nights = [truth for began, truth in self.truths if first and began >= first[:10]]
        return Span(self._query(told["listing"]), told["verdict"], tuple(nights or [self.truths[-1][1]]))

    def verify(self, night: Night) -> None:
        """Let the dataset prove itself."""
        if (self.folder / "records.jsonl").exists():
            self._fail(SOUND, night, verify(self.folder)[0].told())

    def _fail(self, promise: str, night: Night, told: Iterable[str]) -> None:
        self.faults += [Fault(promise, self.seed, night, fault) for fault in told]

    def _follow(self, changes: list[Change], night: Night) -> list[Change]:
        """Return what is new in the feed; what was there is to be as it was, byte by byte."""
        lines = (self.folder / "changes.jsonl").read_bytes().splitlines()
        if lines[: len(self.lines)] != self.lines:
            self._fail(NUMBERS, night, ["a change is told otherwise than before"])
        if [change["seq"] for change in changes] != list(range(1, len(changes) + 1)):
            self._fail(NUMBERS, night, ["the numbers have gaps, or are not in order"])
        new = changes[len(self.lines) :]
        self.lines = lines
        self.kinds.update(change["change"] for change in new)
        return new

    def _read(self, changes: list[Change], published: bytes, night: Night) -> Iterator[str]:
        """Read the feed in every way in which it may be read."""
        rng = random.Random(f"{self.seed} {night.number}")
        again, stop = sorted(rng.randint(0, len(changes)) for _ in range(2))
        stopped = Consumer().apply(changes[:stop])
        readers = {
            "replayed from nothing": Consumer().apply(changes),
            "gone on with each night": self.consumer.go_on(changes),
            "applied twice": Consumer().apply(changes).apply(changes),
            f"stopped after {stop}, and gone on with": stopped.go_on(changes),
            f"stopped after {stop}, and gone on with after {again}": Consumer()
            .apply(changes[:stop])
            .apply(changes[again:]),
        }
        yield from (name for name, consumer in readers.items() if consumer.lines() != published)

    def _false(self, new: list[Change], truth: Truth) -> Iterator[str]:
        """Yield what is wrong with claims of withdrawal: each needs two complete walks that cannot have shown it."""
        for change in new:
            if change["change"] != "withdrawn":
                continue
            path, walks = path_of(self.consumer.records[change["id"]]), change["walks"]
            if path in truth.listings[""].throughout:
                yield f"{path} was there all night"
            for listing in {walk["listing"] for walk in walks}:
                if len({walk["run"] for walk in walks if walk["listing"] == listing}) < 2:
                    yield f"of {path} fewer than two walks of {listing} tell"
            for walk in walks:
                told = f"walk {walk['walk']} of {walk['listing']} is said to lack {path}"
                span = self.walks.get(walk["walk"], Span("", "told of nowhere", (truth,)))
                if span.verdict != "complete":
                    yield f"{told}, and was {span.verdict}"
                elif path in span.throughout:
                    yield f"{told}, and it stood there all the time"

    def _untold(self, records: Mapping[str, Any], complete: list[Span]) -> Iterator[str]:
        """Yield what complete walks ought to have told: what was there is there, and says what it said."""
        for span in complete:
            for path in sorted(span.throughout):
                yield from self._differs(records.get(path), path, span.said(path))

    def _unseen(self, complete: Mapping[int, Span]) -> Iterator[str]:
        """Yield records that stood there all the time that a complete walk took, and which it did not see.

        A walk that was gone on with a night later may miss some where a record was put back among the old ones by day:
        that is counted apart, in `between`.
        """
        for walk, span in complete.items():
            missed = sorted(span.throughout - seen_by(self.folder, walk))
            if len(span.nights) > 1:
                self.between.append(len(missed))
                continue
            yield from (f"{path} stood in {span.query or 'everything'}, and walk {walk} lacks it" for path in missed)

    def _overlooked(self, records: Mapping[str, Any], looked: list[str], truth: Truth) -> Iterator[str]:
        """Yield what a look at the newest page of a listing, on a night when nothing fails, ought to have told."""
        if truth.night.kind != "sound":
            return
        for query in looked:
            there = sorted(truth.listings[query].end, key=lambda path: -truth.records[path].created)
            for path in there[: self.page_size]:
                yield from self._differs(records.get(path), path, truth.said[path])

    def _differs(self, record: Mapping[str, Any] | None, path: str, said: Iterable[Record]) -> Iterator[str]:
        if record is None or record["withdrawn"]:
            yield f"{path} stood there all the time, and is {'withdrawn' if record else 'not held'}"
        elif not any(says(record, shown) for shown in said):
            yield f"{path} says what the archive did not say then"

    def _missed(self, records: Mapping[str, Any], complete: list[Span], truth: Truth) -> Iterator[str]:
        """Yield records that are long gone, and are not said to be."""
        whole = any(not span.query and len(span.nights) == 1 for span in complete)
        quiet = truth.night.kind in {"sound", "drift"} and whole
        gone = sorted(set(records) - truth.listings[""].ever)
        # A page of the day before may show one once more; that is a sight of it, and the count begins anew.
        stale = any(fault.kind == "stale" for fault in truth.night.schedule.faults)
        self.absent = Counter({} if stale else {path: self.absent[path] + quiet for path in gone})
        for path in gone:
            if self.absent[path] >= ENOUGH and not records[path]["withdrawn"]:
                yield f"{path} is gone, as {self.absent[path]} walks of everything could see"

    def _query(self, listing: str) -> str:
        return self.queries["?" in listing]
