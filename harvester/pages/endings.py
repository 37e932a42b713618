"""Tells whether the last record of a text extract ends where the text does: it may lack its end, or have too much."""

import re
from collections.abc import Collection

from harvester.items import Reject
from harvester.pages.segments import Segment
from harvester.pages.wording import ends_sentence

_RUNS_OUT = "the text after the last record does not end as a summary; it may be the foot of the page"
_MAY_BE_CUT = "the text may break off in this record; capture it again"
_FOOT = re.compile(r"©|\(c\)|copyright\b|footer\b", re.I)


def runs_out(segment: Segment) -> Reject | None:
    """Return why the page's last record may end in lines of the page's foot, None if it ends as a summary does."""
    *_, last = segment.blocks
    if len(segment.blocks) < 2 or ends_sentence(last.text):
        return None
    if len(segment.blocks) == 2 and not _FOOT.match(last.text):
        return None  # one text after the title is its summary, as in every other record
    return Reject("unclear-blocks", _RUNS_OUT, segment.evidence[:4000], segment.place)


def cut_off(segment: Segment, closing: Collection[str], *, sure: bool) -> Reject | None:
    """Return why the last record of a text without one of the page's `closing` lines may lack its end, None if not.

    Nothing shows where such a text ends. It is believed to be whole where it ends as a summary does; or, as some
    summaries have no full stop, where all records are there (`sure`) and the last has one.
    """
    if not segment.blocks:
        return None
    *before, last = segment.blocks
    # Half a letter, or half of the closing line itself.
    half = last.text.endswith("\ufffd") or any(word.startswith(last.text.lower()) for word in closing)
    if before and not half and (sure or ends_sentence(last.text)):
        return None
    return Reject("cut-off", _MAY_BE_CUT, segment.evidence[:4000], segment.place)
