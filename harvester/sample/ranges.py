"""Answers requests for a file or a part of it, as RFC 9110 has it in section 14."""

import re
from email.utils import parsedate_to_datetime

from harvester.sample.exchange import Answer, Request
from harvester.sample.scans import Stored

_BYTES = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*", re.IGNORECASE)


def send_file(stored: Stored, request: Request, *, ranges: bool = True) -> Answer:
    """Return a file, or the part that is asked for: 206 with Content-Range, 416 if there is nothing in it.

    Several ranges in one request are answered with the whole file, as 14.2 allows; so is one that is no range of bytes,
    or whose If-Range names another file (13.1.5). A HEAD has no ranges (14.2).
    """
    headers = {"Content-Type": stored.type, "ETag": stored.etag, "Last-Modified": stored.modified}
    headers["Accept-Ranges"] = "bytes" if ranges else "none"
    whole = Answer(200, headers, stored.body, plain=True)
    asked = _BYTES.fullmatch(request.headers.get("Range", ""))
    if not ranges or asked is None or request.method != "GET" or not _is_meant(stored, request):
        return whole
    size = len(stored.body)
    first, last = _find_ends(asked, size)
    if asked[2] and int(asked[2]) < int(asked[1]):  # 14.1.1: not valid, and to be ignored
        return whole
    if first >= size:
        return Answer(416, {**headers, "Content-Range": f"bytes */{size}"}, b"", plain=True)
    part = stored.body[first : last + 1]
    return Answer(206, {**headers, "Content-Range": f"bytes {first}-{last}/{size}"}, part, plain=True)


def _find_ends(asked: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first and the last place of a range that is asked for; of nothing the first is beyond the end."""
    if asked[3] is not None:
        return max(0, size - int(asked[3])), size - 1
    return int(asked[1]), min(int(asked[2]), size - 1) if asked[2] else size - 1


def _is_meant(stored: Stored, request: Request) -> bool:
    """Return whether the condition that a range may have holds: a strong validator, or the day of the last change."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition == stored.etag
    try:
        return parsedate_to_datetime(condition) == parsedate_to_datetime(stored.modified)
    except ValueError:  # a weak validator ("W/...") never holds, nor does what is no date
        return False
