"""Writes titles of the kinds that the site has: plain, 'quoted', [bracketed], ending in a date or a full stop."""

import random
from collections.abc import Sequence
from typing import TypeVar

from harvester.sample.days import MONTHS, draw_year
from harvester.sample.vocabulary import read_words

T = TypeVar("T")
# Shares of the site's titles; a title has one of these styles, and 16 % (apart from that) hold non-ASCII letters.
STYLES = {"quoted": 0.28, "bracket": 0.04, "opening bracket": 0.02, "dated": 0.11, "stop": 0.03}
ACCENTED = 0.16
PATTERNS = (
    "{kind}, {office} {name} to {body}",
    "{kind}, {name} to {other}",
    "{kind} from {place}, {office} {name} on {topic}",
    "{kind} on {topic} in {place}",
    "{topic_start}: {kind} of {body}, {place}",
)
NAMED = 3  # the first patterns hold a name


def choose(rng: random.Random, items: Sequence[T]) -> T:
    """Return one of items; a good deal quicker than rng.choice."""
    return items[int(rng.random() * len(items))]


def write_title(rng: random.Random, style: str, accented: bool) -> str:
    """Return a title in a style of STYLES ("" is plain, "unbalanced" a quotation that nobody closed)."""
    base = _write_base(rng, accented)
    if style in ("quoted", "unbalanced"):
        topic, place = choose(rng, read_words()["topics"]), choose(rng, read_words()["places"])
        opened, closed = "‘’" if rng.random() < 0.25 else "''"
        return f"{base}, {opened}On {topic} in {place}{closed if style == 'quoted' else ''}"
    if style == "bracket":
        return f"{base} {choose(rng, read_words()['brackets'])}"
    if style == "opening bracket":
        return f"[{base}]" if rng.random() < 0.5 else f"[Untitled] {base}"
    if style == "dated":
        return f"{base}, {1 + int(rng.random() * 28)} {choose(rng, MONTHS)} {draw_year(rng)}"
    return f"{base}." if style == "stop" else base


def _write_base(rng: random.Random, accented: bool) -> str:
    words = read_words()
    topic = choose(rng, words["topics"])
    return choose(rng, PATTERNS[:NAMED] if accented else PATTERNS).format(
        kind=choose(rng, words["kinds"]),
        office=choose(rng, words["offices"]),
        name=choose(rng, words["accented" if accented else "surnames"]),
        other=choose(rng, words["surnames"]),
        body=choose(rng, words["bodies"]),
        place=choose(rng, words["places"]),
        topic=topic,
        topic_start=topic[0].upper() + topic[1:],
    )
