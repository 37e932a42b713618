"""What may be claimed of a walk: one verdict, and a sentence for each thing that stands against "complete"."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harvester.coverage.pages import SeenPage, agree, in_step
from harvester.coverage.ranges import say_ranges

if TYPE_CHECKING:
    from harvester.coverage.account import Coverage

COMPLETE = "complete"
AS_CAPTURED = "complete as captured, order unproven"
INCOMPLETE = "incomplete"
DRIFTED = "drifted"
UNVERIFIABLE = "unverifiable"
NOT_WALKED = "not walked"
WHOLE = frozenset({COMPLETE, AS_CAPTURED})

_NOT_IN_ORDER = "the pages were not read strictly in order"
_PROVES_NOTHING = "the order in which the listing was walked proves nothing"

Judgement = tuple[str, list[str]]


def judge(
    c: "Coverage", pages: Sequence[SeenPage], before: Sequence[SeenPage], *, proving: bool, live: bool
) -> Judgement:
    """Return the verdict on a walk's pages, and why; `before` are those of the pass before it, if there was one."""
    if c.total is None:
        return (UNVERIFIABLE, ["the pages announce no total"]) if pages else (NOT_WALKED, ["no page was read"])
    if reasons := _shortfalls(c):
        return INCOMPLETE, reasons
    if reasons := _drift(c):
        return DRIFTED if live or len(c.totals) > 1 else INCOMPLETE, reasons
    if not all(page.told_apart for page in pages):
        return UNVERIFIABLE, ["equal entries without links stand at different places and cannot be told apart"]
    return _judge_whole(pages, before, proving=proving) if live else (AS_CAPTURED, [])


def _judge_whole(pages: Sequence[SeenPage], before: Sequence[SeenPage], *, proving: bool) -> Judgement:
    """Judge a live walk that shows nothing amiss: its order, or its agreement with another, may prove it complete.

    Several pages vouch for each other by their totals; a single one may be a stale copy of another listing's, and needs
    a second look whatever the order.
    """
    alone = len(pages) == 1
    if proving and not alone and in_step(pages):
        return COMPLETE, []
    if before:
        return (COMPLETE, []) if agree(before, pages) else (DRIFTED, ["the last two passes do not agree"])
    if alone:
        verdict = AS_CAPTURED if pages[0].total else UNVERIFIABLE
        return verdict, ["the listing's one page was seen once only"]
    return AS_CAPTURED, [_NOT_IN_ORDER if proving else _PROVES_NOTHING]


def _shortfalls(c: "Coverage") -> list[str]:
    reasons = []
    if c.missing:
        reasons.append(f"missing {say_ranges(c.missing)}")
    if c.rejects:
        reasons.append(f"{c.rejects} rows could not be read")
    if c.short:
        reasons.append(f"another number of rows than announced at {say_ranges(c.short)}")
    if c.conflicts:
        reasons.append(f"two different pages at {say_ranges(c.conflicts)}")
    return reasons


def _drift(c: "Coverage") -> list[str]:
    reasons = []
    if len(c.totals) > 1:
        reasons.append(f"the total changed during the walk: {', '.join(map(str, c.totals))}")
    if c.records != c.total and not reasons:
        reasons.append(f"{c.records} distinct records at {c.total} places")
    return reasons
