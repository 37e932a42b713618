"""Composes what the sample's records say: date lines, titles and summaries in the site's proportions."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from harvester.sample import days, summaries, titles
from harvester.sample.vocabulary import read_seed

SEED_RANK = 70  # page 8 of ten, newest first
RECURRING = 0.02  # of 917 records of the site, 14 bear a title that recurs under another date


@dataclass(frozen=True, slots=True)
class Draft:
    """What a record says, before it has a place in the archive."""

    date: str
    title: str
    summary: tuple[str, ...]


def compose_drafts(count: int, rng: random.Random) -> list[Draft]:
    """Return count drafts, newest first; the seed's ten stand at SEED_RANK, or last in a smaller archive."""
    seed = [Draft(entry["date"], entry["title"], tuple(entry["summary"])) for entry in read_seed()][:count]
    drafts = _compose(count - len(seed), rng, {draft.title.casefold() for draft in seed})
    rank = min(SEED_RANK, len(drafts))
    return drafts[:rank] + seed + drafts[rank:]


def deal(rng: random.Random, count: int, shares: Mapping[str, float]) -> list[str]:
    """Return count words in random order, each in its share to the nearest whole number, "" for what is left over."""
    words = [word for word, share in shares.items() for _ in range(round(count * share))][:count]
    words += [""] * (count - len(words))
    rng.shuffle(words)
    return words


def _compose(count: int, rng: random.Random, taken: set[str]) -> list[Draft]:
    shapes = [shape or "day" for shape in deal(rng, count, days.SHAPES)]
    styles = _leave_two_unbalanced(deal(rng, count, titles.STYLES))
    accents = deal(rng, count, {"accented": titles.ACCENTED})
    lengths = deal(rng, count, summaries.SHAPES)
    drafts: list[Draft] = []
    for shape, style, accent, length in zip(shapes, styles, accents, lengths, strict=True):
        title = titles.write_title(rng, style, bool(accent))
        while title.casefold() in taken:
            title = titles.write_title(rng, style, bool(accent))
        taken.add(title.casefold())
        drafts.append(Draft(days.write_date(rng, shape), title, summaries.write_summary(rng, length)))
    return _let_recur(drafts, styles, rng)


def _leave_two_unbalanced(styles: list[str]) -> list[str]:
    quoted = [number for number, style in enumerate(styles) if style == "quoted"]
    for number in quoted[:2]:
        styles[number] = "unbalanced"
    return styles


def _let_recur(drafts: list[Draft], styles: list[str], rng: random.Random) -> list[Draft]:
    """Give some drafts another's title, days only: a text form that drops "1979" must not make two records one."""
    full = [n for n, d in enumerate(drafts) if "," in d.date and not styles[n] and d.title.isascii()]
    chosen = rng.sample(full, min(round(len(drafts) * RECURRING), len(full) // 2))
    others = [n for n in full if n not in set(chosen)]
    source = 0
    for turn, number in enumerate(chosen):
        if turn % 4 == 0:  # so that a title stands up to five times
            source = others[int(rng.random() * len(others))]
        used = {drafts[n].date for n in (*chosen[turn - turn % 4 : turn], source)}
        date = days.write_date(rng, "day")
        while date in used:
            date = days.write_date(rng, "day")
        drafts[number] = Draft(date, drafts[source].title, drafts[number].summary)
    return drafts
