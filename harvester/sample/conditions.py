"""Gives pages their validators and answers who holds a page already: RFC 9110, sections 8.8 and 13."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from itertools import count

from harvester.sample.exchange import Answer, Request
from harvester.sample.habits import Validators

SECOND = timedelta(seconds=1)
BEFORE = timedelta(days=1)  # how long before the server began its pages were written, as far as it tells
_MEMBER = re.compile(r'[ \t]*(?:W/)?(?:"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,|\Z)')


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was answered last: what it said, when that was, and when it is told to have changed."""

    tag: str
    asked: datetime
    changed: datetime


class Conditions:
    """Puts validators on pages, and 304 in the place of those that the client says it holds.

    `now` is the clock that days of change are told by; without one there are none, whatever the habit.
    """

    def __init__(self, now: Callable[[], datetime] | None) -> None:
        self.now = now
        self._seen: dict[str, Seen] = {}
        self._began: datetime | None = None
        self._number = count(1)

    def answer(self, answer: Answer, request: Request, kind: Validators) -> Answer:
        """Return the answer with its validators, or 304 if the request's condition says that it is held.

        A condition counts only where the answer without it were 200 (13.2.1). Where that breaks on its way, it does.
        """
        if kind == "none" or not _is_page(answer, request):
            return answer
        told = self._tell(answer, request, kind)
        whole = answer.cut is None and not answer.reset and not answer.misstated
        if whole and self._is_held(request, kind, told):
            # 15.4.5: what a cache needs, and nothing that describes a body.
            kept = {name: value for name, value in answer.headers.items() if name in {"Date", "Vary"}}
            return replace(answer, status=304, headers={**kept, **told}, body=b"")
        return replace(answer, headers={**answer.headers, **told})

    def _tell(self, answer: Answer, request: Request, kind: Validators) -> dict[str, str]:
        tag = hashlib.sha256(answer.data).hexdigest()[:16]
        told = {"ETag": f'W/"{tag}-{next(self._number)}"' if kind == "changing" else f'W/"{tag}"'}
        if kind not in {"modified", "both"}:
            return told
        changed = self._note(request.path_qs, tag)
        days = {"Last-Modified": format_datetime(changed, usegmt=True)} if changed is not None else {}
        return days if kind == "modified" else {**told, **days}

    def _note(self, target: str, tag: str) -> datetime | None:
        """Return when a page changed, to the second; None without a clock, and where that second is not over.

        It changed after it was asked for last, so the second after that is told: later than all that was told before,
        and so no client can take an older page for this one, though both were there within one second.
        """
        if self.now is None:
            return None
        now = self.now().astimezone(UTC).replace(microsecond=0)
        self._began = self._began or now
        seen = self._seen.get(target)
        changed = self._began - BEFORE if seen is None else seen.changed
        if seen is not None and seen.tag != tag:
            changed = seen.asked + SECOND
        self._seen[target] = Seen(tag, now, changed)
        return changed if changed <= now else None  # 8.8.2.1: never later than the answer itself

    def _is_held(self, request: Request, kind: Validators, told: dict[str, str]) -> bool:
        tags, since = _read(request, "If-None-Match"), _read(request, "If-Modified-Since")
        if kind == "unasked" and tags is None and since is None:
            return True
        if kind == "stale":
            return tags is not None or since is not None
        if tags is not None:  # 13.1.3: then the day is not looked at
            return tags.strip() == "*" or told.get("ETag", "").removeprefix("W/").strip('"') in _list_tags(tags)
        day, changed = _read_day(since or ""), _read_day(told.get("Last-Modified", ""))
        return day is not None and changed is not None and changed <= day


def _is_page(answer: Answer, request: Request) -> bool:
    names = {name.lower(): value for name, value in answer.headers.items()}
    html = names.get("content-type", "text/html").startswith("text/html")
    return answer.status == 200 and request.method in {"GET", "HEAD"} and html and "etag" not in names


def _read(request: Request, name: str) -> str | None:
    """Return a header, all its lines as one; None if there is none."""
    values = [value for key, value in request.headers.items() if key.lower() == name.lower()]
    return ", ".join(values) if values else None


def _list_tags(text: str) -> set[str]:
    """Return the tags of a list, weak or not, as 13.1.2 compares them; none if it is no list of tags.

    >>> sorted(_list_tags('W/"a", "b,c" ,,'))
    ['a', 'b,c']
    >>> _list_tags('"a" b')
    set()
    """
    tags: set[str] = set()
    place = 0
    while place < len(text):
        found = _MEMBER.match(text, place)
        if found is None:
            return set()
        tags |= {found[1]} if found[1] is not None else set()
        place = found.end()
    return tags


def _read_day(text: str) -> datetime | None:
    """Return an HTTP date in any of its three forms (5.6.7); None for what is none, which is to be ignored (13.1.3)."""
    try:
        day = parsedate_to_datetime(text)
    except ValueError:
        return None
    if day.tzinfo is None or text.endswith(" GMT"):
        return day.replace(tzinfo=UTC)
    return None
