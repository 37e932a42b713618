"""Cuts a container whose records are neighbours, not elements: a date, a link, a paragraph; again and again."""

import re
from collections.abc import Sequence
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element as Element

from harvester.pages.blocks import path_of, text_of
from harvester.pages.containers import kind_of
from harvester.pages.parts import Candidate, Part, strays
from harvester.pages.row import FoundRow
from harvester.pages.titles import is_one_text
from harvester.pages.wording import is_small

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_flat(chosen: Sequence[Candidate], parts: Sequence[Part]) -> bool:
    """Return whether records are neighbours, not elements: text stands between most of the rows."""
    between = strays(parts)
    whole = not any(map(is_bare, chosen))
    if len(chosen) == 1:
        return bool(between) and not whole
    gaps = {rows for rows, _ in between if 0 < rows < len(chosen)}
    if len(gaps) * 2 < len(chosen) - 1:
        return False
    # Headings over groups of rows that are whole in themselves: "1958" belongs to no one of them.
    return not whole or len(between) == len(chosen) or not all(part.date for _, part in between)


def is_bare(candidate: Candidate) -> bool:
    """Return whether an element shows nothing but the record's link: the record's other texts may stand beside it."""
    link = next((a for a in candidate.element.iter("a") if text_of(a)), None)
    return link is None or (is_one_text(link) and text_of(candidate.element) == text_of(link))


def cut_flat(chosen: Sequence[Candidate], parts: Sequence[Part]) -> list[FoundRow]:
    """Cut a container into rows: each begins at its date if dates come first, else at its link."""
    if sum(part.url is not None for part in parts) != len(chosen):
        doubt = "records stand side by side in a way that cannot be told apart"
        return [FoundRow(c.element, path_of(c.element), c.url, doubt) for c in chosen]
    starts = _starts(parts)
    ends = [*starts[1:], _end(parts, starts[-1])]
    runs = [[p for p in parts[start:end] if not p.frame] for start, end in zip(starts, ends, strict=True)]
    unclear = _doubt(parts[: starts[0]], parts, runs)
    rows = [_row(run, unclear) for run in runs]
    if unclear is None and len(runs) > 1 and _told(runs[-1]) > max(map(_told, runs[:-1])):
        rows[-1] = _row(runs[-1], "more text follows the last record than any other; where it ends cannot be told")
    return rows


def _doubt(lead: Sequence[Part], parts: Sequence[Part], runs: Sequence[Sequence[Part]]) -> str | None:
    """Return why the texts of a flat listing cannot be given to its records; None if they can."""
    kinds = {kind_of(p.element) for run in runs for p in run if p.element is not None and p.url is None}
    for part in lead:
        alike = part.element is not None and kind_of(part.element) in kinds
        if part.shown and not part.frame and (alike or not is_small(part.text)):
            return f"which record this text belongs to cannot be told: {part.text[:100]}"
    dates = [sum(part.date for part in run) for run in runs]
    if len(set(dates)) > 1 and not _dates_follow_titles([p for p in parts if p.shown and not p.frame]):
        return "some records have a date line of their own and some have none; whose each is cannot be told"
    return None


def _dates_follow_titles(told: Sequence[Part]) -> bool:
    """Return whether each date stands right below a link and right above some text: it can be no other record's."""
    at = [i for i, part in enumerate(told) if part.date]
    return all(i and told[i - 1].url and (i + 1 == len(told) or not told[i + 1].url) for i in at)


def _row(run: Sequence[Part], doubt: str | None) -> FoundRow:
    place = next(path_of(part.element) for part in run if part.url and part.element is not None)
    return FoundRow(_join(run), place, next(part.url for part in run if part.url), doubt)


def _told(run: Sequence[Part]) -> int:
    return sum(part.shown for part in run)


def _starts(parts: Sequence[Part]) -> list[int]:
    """Return where each record begins."""
    at = [i for i, part in enumerate(parts) if part.url]
    above = [_date_above(parts, i) for i in at]
    if above[0] is None:
        return at
    return [i if date is None else date for i, date in zip(at, above, strict=True)]


def _date_above(parts: Sequence[Part], i: int) -> int | None:
    """Return the index of the date right above a record's link, None if something else stands there."""
    for j in range(i - 1, -1, -1):
        if parts[j].date:
            return j
        if parts[j].shown and not parts[j].frame:
            return None
    return None


def _end(parts: Sequence[Part], start: int) -> int:
    """Return where the last record ends: at the page's own parts below it."""
    link = next(i for i in range(start, len(parts)) if parts[i].url)
    return next((i for i in range(link + 1, len(parts)) if parts[i].frame), len(parts))


def _join(run: Sequence[Part]) -> Element:
    """Return the parts of one record as one element, so that it is read as any other row."""
    row = etree.Element("div")
    for part in run:
        if part.element is not None:
            copy = deepcopy(part.element)
            copy.tail = None
            row.append(copy)
        elif len(row):
            row[-1].tail = (row[-1].tail or "") + _settable(part.raw)
        else:
            row.text = (row.text or "") + _settable(part.raw)
    return row


def _settable(text: str) -> str:
    """Return text without the control characters that libxml2 reads but does not take back."""
    return _CONTROLS.sub(lambda found: " " if found[0].isspace() else "", text)
