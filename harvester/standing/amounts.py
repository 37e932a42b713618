"""Durations and sizes as people write them: "7 days", "36 hours", "200MB"."""

import re
from datetime import timedelta

_DURATION = re.compile(r"(\d{1,5}) ?(second|minute|hour|day|week)s?", re.ASCII)
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([KMG]?I?B?)", re.ASCII)
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SECONDS = {604_800: "week", 86_400: "day", 3_600: "hour", 60: "minute", 1: "second"}


def read_duration(text: str) -> timedelta | None:
    """Return the duration; None if the text is none.

    Five digits are enough for 1,900 years, and no date of our time less that lies before the year 1.

    >>> read_duration("36 hours"), read_duration("1 week")
    (datetime.timedelta(days=1, seconds=43200), datetime.timedelta(days=7))
    """
    found = _DURATION.fullmatch(text)
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None


def read_size(text: str) -> int | None:
    """Return the number of bytes, one at least; None if the text is no size.

    >>> read_size("1.5GB"), read_size("512 KiB")
    (1500000000, 524288)
    """
    found = _SIZE.fullmatch(text.strip().upper())
    size = int(float(found[1]) * _UNITS.get(found[2], 0)) if found else 0
    return size if size >= 1 else None


def write_duration(duration: timedelta) -> str:
    """Return a duration of whole seconds as `read_duration` reads it, in the largest unit that fits.

    >>> write_duration(timedelta(hours=36)), write_duration(timedelta(days=14))
    ('36 hours', '2 weeks')
    """
    seconds = int(duration.total_seconds())
    size, unit = next((size, unit) for size, unit in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // size} {unit if seconds == size else unit + 's'}"
