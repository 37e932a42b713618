"""Times and spans in words, the same on every machine: UTC, English."""

from datetime import UTC, datetime, timedelta


def say_time(time: datetime) -> str:
    """Return a time for people.

    >>> say_time(datetime(2026, 3, 1, 2, 30, tzinfo=UTC))
    '2026-03-01 02:30 UTC'
    """
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def say_span(span: timedelta) -> str:
    """Return a span in its largest unit, rounded down; hours up to two days.

    >>> say_span(timedelta(hours=30)), say_span(timedelta(days=9)), say_span(timedelta(seconds=61))
    ('30 hours', '9 days', '1 minute')
    """
    seconds = int(span.total_seconds())
    number, unit = next(
        ((seconds // size, unit) for size, unit in _UNITS if seconds >= size * (2 if unit == "day" else 1)),
        (seconds, "second"),
    )
    return f"{number} {unit}{'s' * (number != 1)}"


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
