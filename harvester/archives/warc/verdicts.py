"""Decides by a record's head alone what is to be made of it, before its block is read."""

from dataclasses import dataclass

from harvester.archives.finds import Judge
from harvester.archives.warc.fields import Fields
from harvester.archives.warc.records import MOST_HEAD, target_of
from harvester.errors import BrokenRecord, PageError, SegmentedRecord
from harvester.pages.limits import MOST_BYTES

# A body may be larger as it was sent than as it is read, in small chunks above all.
MOST_BLOCK = 2 * MOST_BYTES
_PAGES = frozenset({"response", "resource", "conversion", "revisit", "continuation"})
_BOOKKEEPING = frozenset({"warcinfo", "request", "metadata"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of a record: `passed` is the kind for which it is passed over, `error` what is wrong with it.

    A `page` is read, `hold` bytes of its block at most. A record with none of the three is bookkeeping.
    """

    passed: str | None = None
    error: PageError | None = None
    page: bool = False
    hold: int = 0


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
    if passed := judge(url):
        return Verdict(passed=passed)
    if kind == "continuation":
        return Verdict(error=SegmentedRecord("the record continues another; the page was split"))
    length = fields.number("content-length") or 0
    return Verdict(page=True, hold=length if length <= MOST_BLOCK else MOST_HEAD)
