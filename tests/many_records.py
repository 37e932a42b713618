"""Publishes datasets of very many records: written straight into the folder, as a crawl of so many takes too long."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from published import publish

from harvester.dates import read_printed

Line = dict[str, Any]
WORDS = (
    "telegram conversation memorandum report embassy minister committee letter delegation party central "
    "treaty border conference ambassador note draft record meeting military economic foreign affairs "
    "security council visit border question Soviet Chinese Polish Korean German Hungarian Albanian Warsaw "
    "Moscow Beijing Berlin Havana nuclear weapons aid trade "
).split()
MONTHS = "January March May July August October December".split()
LISTINGS = ("everything", "topic=cold-war", "place=moscow")


def records(count: int, seed: int = 0) -> Iterator[Line]:
    """Yield records, sorted by id, alike in size to a catalogue's: a title of twelve words, a summary of twenty."""
    drawn = random.Random(seed)
    ids = sorted(f"wilson-{drawn.getrandbits(64):016x}" for _ in range(count))
    days = [_dated(f"{month} {day}, {year}") for month in MONTHS for day in (1, 9, 17) for year in range(1945, 1992, 2)]
    days += [_dated(text) for text in ("1950s", "Winter 1956", "before 1900", "undated", "November 1967")]
    parts = [" ".join(drawn.choices(WORDS, k=10)) for _ in range(500)]
    for number, one in enumerate(ids):
        yield {
            "id": one, "site": "wilson", "url": f"https://digitalarchive.wilsoncenter.org/document/{one}",
            "title": f"{drawn.choice(parts)} No. {number}", **drawn.choice(days),
            "summary": None if number % 10 == 0 else "\n\n".join(drawn.choices(parts, k=2)),
            "listings": sorted(drawn.sample(LISTINGS, 1 + number % 2)), "withdrawn": number % 100 == 7,
        }  # fmt: skip


def _dated(text: str) -> Line:
    return asdict(read_printed(text))


@dataclass
class Many:
    """A dataset folder, and what was told of it so far."""

    folder: Path
    held: dict[str, Line] = field(default_factory=dict)
    feed: list[Line] = field(default_factory=list)

    def publish(self, lines: Iterable[Line]) -> None:
        """Publish these records; the feed tells what changed since the last time."""
        now = {line["id"]: line for line in lines}
        for one in sorted(self.held.keys() | now.keys()):
            if told := _change(self.held.get(one), now.get(one)):
                self.feed.append({"seq": len(self.feed) + 1, "run": 1, "at": "2026-01-01T00:00:00Z", "id": one, **told})
        self.held = now
        publish(self.folder, now.values(), changes=self.feed)


def _change(before: Line | None, now: Line | None) -> Line | None:
    if before == now:
        return None
    if now is None:
        return {"change": "dropped"}
    if before is None:
        return {"change": "added", "record": now}
    fields = {name: {"before": before[name], "after": now[name]} for name in now if before[name] != now[name]}
    return {"change": "changed", "fields": fields}
