"""Cuts the text of an extract into blocks, and blocks into segments: a date line and what follows it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harvester.dates import looks_like_date
from harvester.pages.facts import Facts
from harvester.pages.limits import MOST_BLOCKS
from harvester.pages.wording import ends_sentence
from harvester.text import squash

_BLANK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_PAGER = re.compile(r"(?:page|first|previous|prev|next|last|current|of|[«‹<›»>…,.|\d\s])+", re.I)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the text: its number, from 1, and its words on one line; `first` is its first line."""

    number: int
    text: str
    first: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A date line (None if the text begins without one) and the blocks up to the next."""

    date: Block | None
    blocks: tuple[Block, ...]

    @property
    def starts(self) -> list[int]:
        """Return which blocks could be titles: the first, and those that do not end as a sentence."""
        return [i for i, block in enumerate(self.blocks) if i == 0 or not ends_sentence(block.text)]

    @property
    def evidence(self) -> str:
        """Return the segment's own text."""
        return "\n\n".join(block.text for block in (*([self.date] if self.date else []), *self.blocks))

    @property
    def place(self) -> str:
        """Return where the segment begins."""
        return f"block {(self.date or self.blocks[0]).number}"


def split_blocks(text: str) -> list[Block]:
    """Return the blocks of a text, split on blank lines, never on single line ends; the last may be all the rest."""
    parts = _BLANK.split(text.replace("\r\n", "\n").replace("\r", "\n"), MOST_BLOCKS + 1)
    raw = [part.strip() for part in parts]
    return [Block(i, squash(part), squash(part.partition("\n")[0])) for i, part in enumerate(filter(None, raw), 1)]


def is_pager(text: str) -> bool:
    """Return whether a block is a pager's text: "1 2 3 … Next ›", but not a year that stands alone."""
    return bool(_PAGER.fullmatch(text)) and not re.fullmatch(r"\d+", text)


def split_segments(body: Sequence[Block], facts: Facts) -> list[Segment]:
    """Return the segments; right after a date comes the title, even where the title is itself a date."""
    segments: list[Segment] = []
    date: Block | None = None
    held: list[Block] = []
    for block in body:
        if looks_like_date(block.text, facts.dates) and (held or date is None):
            if held:
                segments.append(Segment(date, tuple(held)))
            date, held = block, []
        else:
            held.append(block)
    if date or held:
        segments.append(Segment(date, tuple(held)))
    return segments
