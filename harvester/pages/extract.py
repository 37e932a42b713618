"""Reads text extracts of results pages: a counter, then blocks of date, title, summary, split on blank lines."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from harvester.dates import looks_like_date
from harvester.items import Counter, Entry, Reading, Reject, Row
from harvester.pages.counter import read_counter
from harvester.pages.page import PageObject
from harvester.text import join_paragraphs, split_paragraphs

# How a summary's paragraph ends and (nearly) no title does: of 953 blocks seen, a handful of titles end so.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class _Block:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Segment:
    """A date line (None if the text begins without one) and the blocks up to the next."""

    date: _Block | None
    blocks: tuple[_Block, ...]

    @property
    def titles(self) -> int:
        """Return how many blocks could be titles: the first, and those that do not end as a sentence."""
        return sum(i == 0 or not _SENTENCE_END.search(block.text) for i, block in enumerate(self.blocks))


class TextExtract(PageObject):
    """The text of a results page, whole or with its short lines dropped.

    A date line begins a record and the next block is its title. Where the counter announces more records than there
    are date lines, some records came without: their titles are told from summaries only if that gives exactly the
    number announced; else the doubtful blocks are rejected.
    """

    layout = "text"

    def recognises(self) -> bool:
        """Return whether the text holds a counter on a line of its own."""
        return self.page.medium == "text" and self.counter is not None

    @cached_property
    def blocks(self) -> list[_Block]:
        """Return all blocks, numbered from 1."""
        return [_Block(i, text) for i, text in enumerate(split_paragraphs(self.page.text), 1)]

    @cached_property
    def counter(self) -> tuple[Counter, int] | None:
        """Return the counter and the number of its block; it may share the block with "Results:" or "Documents"."""
        for block in self.blocks:
            found = read_counter(self._without_furniture(block.text), self.page.facts.counter)
            if found:
                return found, block.number
        return None

    def _without_furniture(self, text: str) -> str:
        for word in self.page.facts.furniture:
            if text.lower().endswith(" " + word):
                return text[: -len(word) - 1]
        return text

    def read(self) -> Reading:
        """Return the reading, rows in the order of the text."""
        assert self.counter is not None
        counter, at = self.counter
        below = takewhile(lambda b: _plain(b.text) not in self.page.facts.closing, self.blocks[at:])
        body = [block for block in below if not self._is_furniture(block.text)]
        segments = self._segments(body)
        announced = sum(segment.titles for segment in segments) == counter.rows
        rows: list[Row] = []
        for segment in segments:
            rows += _rows(segment, plain=len(segments) == counter.rows, announced=announced)
        return Reading(counter, tuple(rows), None, self.layout)

    def _is_furniture(self, text: str) -> bool:
        return _plain(text) in self.page.facts.furniture or read_counter(text, self.page.facts.counter) is not None

    def _segments(self, body: list[_Block]) -> list[_Segment]:
        segments: list[_Segment] = []
        date: _Block | None = None
        held: list[_Block] = []
        for block in body:
            # Right after a date comes the title, even where the title is itself a date.
            if looks_like_date(block.text, self.page.facts.dates) and (held or date is None):
                if held:
                    segments.append(_Segment(date, tuple(held)))
                date, held = block, []
            else:
                held.append(block)
        if date or held:
            segments.append(_Segment(date, tuple(held)))
        return segments


def _plain(text: str) -> str:
    return text.lower().rstrip(":").strip()


def _rows(segment: _Segment, *, plain: bool, announced: bool) -> list[Row]:
    """Return the records of a segment; `plain`: each segment is one; `announced`: titles number what is announced."""
    if not segment.blocks:
        assert segment.date is not None
        return [Reject("no-title", "a date line without a title", segment.date.text, f"block {segment.date.number}")]
    if plain or segment.titles == 1:
        return [_entry(segment.date, segment.blocks)]
    if not announced:
        evidence = "\n\n".join(block.text for block in ([segment.date] if segment.date else []) + list(segment.blocks))
        message = "a record without a date line stands among these blocks; where it begins cannot be told"
        return [Reject("unclear-blocks", message, evidence[:4000], f"block {segment.blocks[0].number}")]
    starts = [i for i, b in enumerate(segment.blocks) if i == 0 or not _SENTENCE_END.search(b.text)]
    ends = [*starts[1:], len(segment.blocks)]
    return [
        _entry(segment.date if start == 0 else None, segment.blocks[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]


def _entry(date: _Block | None, blocks: tuple[_Block, ...]) -> Entry:
    place = f"block {(date or blocks[0]).number}"
    return Entry(date.text if date else None, blocks[0].text, join_paragraphs(b.text for b in blocks[1:]), None, place)
