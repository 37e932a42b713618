"""Decides by a record's head alone what is to be made of it, before its block is read."""

from dataclasses import dataclass

from harvester.archives.finds import Judge
from harvester.archives.limits import MOST_FILE, MOST_PAGE
from harvester.archives.warc.fields import Fields
from harvester.archives.warc.records import MOST_HEAD, target_of
from harvester.errors import BrokenRecord, PageError, SegmentedRecord
from harvester.harvest.wishes import Wish

# A body may be larger as it was sent than as it is read, in small chunks above all.
MOST_BLOCK = 2 * MOST_PAGE
_PAGES = frozenset({"response", "resource", "conversion", "revisit", "continuation"})
_BOOKKEEPING = frozenset({"warcinfo", "request", "metadata"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of a record: `passed` is the kind for which it is passed over, `error` what is wrong with it.

    A `page` is read, `hold` bytes of its block at most, for what it is wanted for. A record with none of the three is
    bookkeeping.
    """

    passed: str | None = None
    error: PageError | None = None
    page: bool = False
    hold: int = 0
    wish: Wish | None = None


def judge_record(fields: Fields, judge: Judge) -> Verdict:
    """Return what is to be made of a record."""
    kind = (fields.first("warc-type") or "").lower()
    if kind in _BOOKKEEPING:
        return Verdict()
    if kind not in _PAGES:
        return Verdict(passed="other") if kind else Verdict(error=BrokenRecord("the record does not say its type"))
    url = target_of(fields)
    if url is None:
        return Verdict(error=BrokenRecord(f"the {kind} does not say what address it is of"))
    if not url.lower().startswith(("http://", "https://")):
        return Verdict(passed="other")
    judged = judge(url)
    if isinstance(judged, str):
        return Verdict(passed=judged)
    if judged is Wish.FILE and kind == "conversion":  # the text that somebody made of it
        return Verdict(passed="file")
    if kind == "continuation":
        return Verdict(error=SegmentedRecord("the record continues another; the page was split"))
    length = fields.number("content-length") or 0
    most = MOST_FILE + MOST_HEAD if judged is Wish.FILE else MOST_BLOCK
    return Verdict(page=True, hold=length if length <= most else MOST_HEAD, wish=judged)
