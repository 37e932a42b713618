"""Takes an EDTF date apart for formats that say less than EDTF does; never into anything more precise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MARKS = re.compile(r"[?~%]")
_POINT = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
_SEASONS = range(21, 33)  # spring to winter: of no hemisphere, northern, southern
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Point:
    """A year, month, day or season. `season` is 1 to 4 from spring on, and then there is no month."""

    year: int
    month: int | None = None
    day: int | None = None
    season: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says of its date.

    `points` are the one date or the two ends of a range, empty where the date is neither (a decade, an open range, a
    set, a part of the year that is no season). `mark` is "~" (circa), "?" (uncertain), "%" (both) or "", whatever part
    of the date it stands at. `year` and `month` are those in which the whole date lies beyond doubt, else None. `text`
    is the date as printed, `edtf` the date itself.
    """

    edtf: str | None
    text: str | None
    points: tuple[Point, ...]
    mark: str
    year: str | None
    month: str | None
    earliest: str | None
    latest: str | None


def read_said(record: Mapping[str, Any]) -> Said:
    """Return what a record says of its date.

    >>> bounds = {"date_earliest": "1956-10-01", "date_latest": "1956-10-31"}
    >>> said = read_said({"date": "1956-?10", "date_text": "Oct.? 1956", **bounds})
    >>> said.points, said.mark, said.year
    ((Point(year=1956, month=10, day=None, season=None),), '?', None)
    """
    edtf, earliest, latest = record["date"], record["date_earliest"], record["date_latest"]
    mark = _mark(edtf or "")
    sure = edtf and earliest and latest and not mark and earliest[:4] == latest[:4]
    return Said(
        edtf=edtf,
        text=record["date_text"],
        points=_points(edtf or ""),
        mark=mark,
        year=earliest[:4] if sure else None,
        month=earliest[5:7] if sure and earliest[:7] == latest[:7] else None,
        earliest=earliest,
        latest=latest,
    )


def _mark(edtf: str) -> str:
    marks = set(_MARKS.findall(edtf))
    return "%" if "%" in marks or len(marks) > 1 else "".join(marks)


def _points(edtf: str) -> tuple[Point, ...]:
    points = [_point(end) for end in _MARKS.sub("", edtf).split("/")]
    return tuple(point for point in points if point) if len(points) <= 2 and all(points) else ()


def _point(text: str) -> Point | None:
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    year, month = int(match["year"]), int(match["month"] or 0)
    if month in _SEASONS:
        return Point(year, season=(month - 21) % 4 + 1)
    if month and month not in _MONTHS:
        return None
    return Point(year, month or None, int(match["day"] or 0) or None)
