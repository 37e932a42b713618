"""Reads text extracts of results pages: a counter, then blocks of date, title, summary, split on blank lines."""

from collections.abc import Sequence
from functools import cached_property

from harvester.dates import looks_like_date
from harvester.items import Counter, Entry, Reading, Reject, Row
from harvester.pages.counter import read_counter
from harvester.pages.endings import cut_off, runs_out
from harvester.pages.limits import MOST_BLOCKS, MOST_LINES, overlong, refuse
from harvester.pages.origins import Origin
from harvester.pages.page import PageObject
from harvester.pages.segments import Block, Segment, is_pager, split_blocks, split_segments
from harvester.pages.wording import ends_sentence
from harvester.text import join_paragraphs

_UNPARTED = "records are not parted by blank lines; where a title ends cannot be told"
_UNTITLED = "the blocks have no titles: a date line is followed by a summary"
_TOO_MANY = "there are more date lines than the counter announces records"
_NO_TITLE = "all that follows the date reads as a summary; the title may be missing"
_TWO_DATES = "two dates in a row: one is a title, or a title is missing; which cannot be told"
_UNDATED = "a record without a date line may stand among these blocks; where it begins cannot be told"
_BARE = "a text without date and summary may be a line of the page's own"


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
    def blocks(self) -> list[Block]:
        """Return all blocks, numbered from 1."""
        return split_blocks(self._body)

    @cached_property
    def _body(self) -> str:
        """Return the text up to its last line "Pagination" below the counter; what follows is no record's."""
        lines = self.page.text.splitlines(keepends=True)
        if len(lines) > MOST_LINES:
            refuse("has too many lines of text", MOST_LINES)
        counted = next((i for i, line in enumerate(lines) if read_counter(line, self.page.facts.counter)), len(lines))
        ends = [i for i, line in enumerate(lines) if i > counted and _plain(line) in self.page.facts.closing]
        return "".join(lines[: ends[-1]]) if ends else self.page.text

    @property
    def _closed(self) -> bool:
        """Return whether the page's own end stands below the records."""
        return len(self._body) < len(self.page.text)

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
        if len(self.blocks) > MOST_BLOCKS:
            refuse("has too many blocks of text", MOST_BLOCKS)
        body = [block for block in self.blocks[at:] if not self._is_furniture(block.text)]
        segments = split_segments(body, self.page.facts)
        remarks: tuple[str, ...] = ()
        if len(segments) == counter.rows + 1 and segments[0].date is None:
            remarks = (f"text before the first date is in no record: {segments[0].evidence[:200]}",)
            segments = segments[1:]
        return Reading(counter, self._rows(segments, counter.rows), None, self.layout, remarks)

    def origins(self, row: int) -> dict[str, tuple[Origin, ...]]:
        """Return the blocks of a row: its date line if it has one, its title, then its summary."""
        entry = self.read().rows[row]
        if not isinstance(entry, Entry):
            return {}
        at = int(entry.place.removeprefix("block "))
        blocks = [block for block in self.blocks[at - 1 :] if not self._is_furniture(block.text)]
        start = 1 if entry.date_text is not None else 0
        found = {"date_text": blocks[:start], "title": blocks[start : start + 1], "summary": list[Block]()}
        for end in range(start + 2, len(blocks) + 1):
            if join_paragraphs(block.text for block in blocks[start + 1 : end]) == entry.summary:
                found["summary"] = blocks[start + 1 : end]
                break
        return {
            name: tuple(Origin(f"block {block.number}", block.text, block.text) for block in of)
            for name, of in found.items()
            if of
        }

    def _is_furniture(self, text: str) -> bool:
        if _plain(text) in self.page.facts.furniture or is_pager(text):
            return True
        return read_counter(text, self.page.facts.counter) is not None

    def _rows(self, segments: list[Segment], expected: int) -> tuple[Row, ...]:
        doubt = self._doubt(segments, expected)
        if doubt:
            reason, message = doubt
            return tuple(Reject(reason, message, s.evidence[:4000], s.place) for s in segments)
        plain = len(segments) == expected
        announced = sum(len(segment.starts) for segment in segments) == expected
        dated = plain and not any(segment.date is None for segment in segments)
        cut = None if self._closed or not segments else cut_off(segments[-1], self.page.facts.closing, sure=dated)
        if cut:  # then numbers that agree do so by chance
            plain, announced = dated, False
        rows: list[Row] = []
        for segment in segments:
            unclear = self._unclear(segment, plain=plain, announced=announced)
            if segment is segments[-1]:
                unclear = unclear or runs_out(segment) or cut
            rows += _read(segment, unclear, plain=plain)
        return tuple(rows)

    def _doubt(self, segments: Sequence[Segment], expected: int) -> tuple[str, str] | None:
        """Return why no block of this page can be believed: a code and a sentence; None if they can."""
        titles = [segment.blocks[0] for segment in segments if segment.blocks]
        if any(b.first != b.text and looks_like_date(b.first, self.page.facts.dates) for b in titles):
            return "unparted", _UNPARTED
        if len(segments) > expected:
            return "too-many", f"{_TOO_MANY} ({expected})"
        # A title or two ends as a sentence does; most of a page's do only where they are summaries.
        prose = [b for b in titles if ends_sentence(b.text) and len(b.text) > 80]
        return ("no-title", _UNTITLED) if len(prose) * 2 > len(titles) else None

    def _unclear(self, segment: Segment, *, plain: bool, announced: bool) -> Reject | None:
        """Return why a segment cannot be read, None if it can."""
        blocks = segment.blocks
        if not blocks:
            return Reject("no-title", "a date line without a title", segment.evidence[:4000], segment.place)
        if len(blocks) == 1 and ends_sentence(blocks[0].text):
            return Reject("no-title", _NO_TITLE, segment.evidence[:4000], segment.place)
        if segment.date is None and len(blocks) == 1 and not self._closed:
            return Reject("unclear-blocks", _BARE, segment.evidence[:4000], segment.place)
        if self._may_lack_title(segment):
            return Reject("unclear-blocks", _TWO_DATES, segment.evidence[:4000], segment.place)
        if plain or (announced and _has_summaries(segment)):
            return None
        if not announced and segment.date and len(blocks) <= 2 and len(segment.starts) == 1:
            return None
        return Reject("unclear-blocks", _UNDATED, segment.evidence[:4000], segment.place)

    def _may_lack_title(self, segment: Segment) -> bool:
        """Return whether a title is itself a date and no summary follows it: it may be the next record's date."""
        if segment.date is None or len(segment.blocks) < 2 or ends_sentence(segment.blocks[1].text):
            return False
        return looks_like_date(segment.blocks[0].text, self.page.facts.dates)


def _plain(text: str) -> str:
    return text.lower().strip().rstrip(":").strip()


def _has_summaries(segment: Segment) -> bool:
    """Return whether each title after the first is followed by a summary: else it may be a summary's own last line."""
    return all(start + 1 < len(segment.blocks) and start + 1 not in segment.starts for start in segment.starts[1:])


def _read(segment: Segment, unclear: Reject | None, *, plain: bool) -> list[Row]:
    """Return the records of a segment: one, or (not `plain`) one from each block that could be a title."""
    if unclear:
        return [unclear]
    starts = [0] if plain else segment.starts
    ends = [*starts[1:], len(segment.blocks)]
    return [
        _entry(segment.date if start == 0 else None, segment.blocks[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]


def _entry(date: Block | None, blocks: tuple[Block, ...]) -> Row:
    place = f"block {(date or blocks[0]).number}"
    summary = join_paragraphs(b.text for b in blocks[1:])
    entry = Entry(date.text if date else None, blocks[0].text, summary, None, place)
    long = overlong(entry)
    return Reject("unclear-blocks", long, f"{entry.title}\n\n{summary or ''}"[:4000], place) if long else entry
