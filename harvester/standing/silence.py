"""That nothing was heard of a harvest for too long; and that all is well again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from harvester.standing.findings import Finding
from harvester.standing.notice import WELL
from harvester.standing.times import say_span, say_time

_MOST = 5  # lines; harvest status has them all


def find_silence(
    heard: datetime | None, busy_since: datetime | None, max_age: timedelta, now: datetime
) -> Finding | None:
    """Return that nothing was heard for longer than `max_age`; None if something was.

    `heard` is when the last run ended (None: none ever did), `busy_since` since when one is going on (None: none is).
    """
    last = max((time for time in (heard, busy_since) if time is not None), default=None)
    if last is not None and now - last <= max_age:
        return None
    facts = {
        "heard": None if heard is None else heard.isoformat(),
        "busy_since": None if busy_since is None else busy_since.isoformat(),
        "max_age": int(max_age.total_seconds()),
    }
    title = "nothing was ever heard" if last is None else f"nothing heard for {say_span(now - last)}"
    lines = (
        _say_last(last, now, going_on=last is not None and last == busy_since),
        f"Something should be heard every {say_span(max_age)}.",
        "Next: see whether its timer runs, and whether the machine was on.",
    )
    return Finding("silent", title, lines, facts)


def _say_last(last: datetime | None, now: datetime, *, going_on: bool) -> str:
    if last is None:
        return "No run of this harvest has ever come to its end."
    if going_on:
        return f"A run has been going on since {say_time(last)}, for {say_span(now - last)}."
    return f"The last run that came to its end did so on {say_time(last)}, {say_span(now - last)} ago."


def find_end(ended: Mapping[str, datetime], lacking: Sequence[str] = ()) -> Finding | None:
    """Return that all is well again, if somebody was told of what has ended; `ended`: since when it had lasted.

    `lacking` are lines on what the dataset lacks all the same.
    """
    if not ended:
        return None
    kinds = sorted(ended, key=lambda kind: (ended[kind], kind))
    told = ", ".join(f"{kind} since {say_time(ended[kind])}" for kind in kinds)
    facts = {"after": [{"kind": kind, "since": ended[kind].isoformat()} for kind in kinds]}
    if lacking:
        lines = (f"It was {told}.", "The dataset still lacks something:", *lacking[:_MOST], "Next: see harvest status.")
        return Finding(WELL, "the harvest runs again", lines, facts)
    return Finding(WELL, "all is well again", (f"It was {told}.", "Nothing is to be done."), facts)
