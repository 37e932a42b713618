"""A program that follows the change feed: wherever it stops, goes on from, or begins anew, it ends with the records."""

import random
from itertools import pairwise
from typing import Any

import orjson
import pytest

from harvester.dataset.changes import apply
from tests.soak.consumer import Change, Consumer

FIELDS = ("title", "date", "summary")


def draw_feed(seed: int, length: int = 40) -> tuple[list[Change], list[bytes]]:
    """Return a feed as the contract has it, and the lines of the records after each of its changes."""
    rng, records, feed, states = random.Random(seed), dict[str, dict[str, Any]](), list[Change](), list[bytes]()
    while len(feed) < length:
        # Numbers may have gaps, where retention folded versions.
        change: Change = {"seq": (feed[-1]["seq"] if feed else 0) + rng.choice((1, 1, 1, 5)), "run": 1, "at": ""}
        key = f"r{rng.randrange(6)}"
        if key not in records:
            records[key] = {"id": key, **dict.fromkeys(FIELDS, rng.randrange(3)), "withdrawn": False}
            change |= {"change": "added", "id": key, "record": {**records[key]}}
        elif rng.random() < 0.2:
            del records[key]
            kind = rng.choice(("merged", "dropped"))
            change |= {"change": kind, "id": key} | ({"into": "r0"} if kind == "merged" else {})
        else:
            flag = rng.random() < 0.4
            names = ["withdrawn"] if flag else rng.sample(FIELDS, rng.randint(1, 3))
            before = {name: records[key][name] for name in names}
            records[key] |= {name: not value if flag else value + 1 for name, value in before.items()}
            kind = ("withdrawn" if records[key]["withdrawn"] else "returned") if flag else "changed"
            told = {name: {"before": before[name], "after": records[key][name]} for name in names}
            change |= {"change": kind, "id": key, "fields": told}
        feed.append(change)
        states.append(b"".join(orjson.dumps(records[key]) + b"\n" for key in sorted(records)))
    return feed, states


@pytest.mark.parametrize("seed", range(20))
def test_it_may_stop_anywhere_and_go_back_anywhere(seed: int) -> None:
    feed, states = draw_feed(seed)
    assert {change["change"] for change in feed} >= {"added", "changed", "merged", "dropped"} or seed
    assert all(one["seq"] < other["seq"] for one, other in pairwise(feed))
    for stop in range(len(feed) + 1):
        stopped = Consumer().apply(feed[:stop])
        assert stopped.lines() == (states[stop - 1] if stop else b"")
        for again in range(stop + 1):
            consumer = Consumer().apply(feed[:stop]).apply(feed[again:])
            assert consumer.lines() == states[-1], f"seed {seed}: stopped after {stop}, went back to {again}"
        assert stopped.go_on(feed).lines() == states[-1]
        assert stopped.go_on(feed).last == feed[-1]["seq"]


@pytest.mark.parametrize("seed", range(20))
def test_it_does_as_the_reference_does(seed: int) -> None:
    feed, states = draw_feed(seed)
    records: dict[str, dict[str, Any]] = {}
    for change, state in zip(feed, states, strict=True):
        apply(records, change)
        assert b"".join(orjson.dumps(records[key]) + b"\n" for key in sorted(records)) == state


def test_it_does_not_guess() -> None:
    with pytest.raises(ValueError, match="nobody knows"):
        Consumer().apply([{"seq": 1, "change": "renamed", "id": "x"}])
