"""How many rows of a walk have each field: kept with the walk, as its pages are forgotten one day."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harvester.coverage import WHOLE
from harvester.dates import DateStyle, read_printed

_ROWS = """
SELECT content.date_text, count(*), count(content.summary), count(content.url)
FROM page JOIN sight ON sight.page = page.id JOIN content ON content.id = sight.content
WHERE page.walk = :walk AND page.id NOT IN (SELECT value FROM json_each(:superseded)) GROUP BY content.date_text
"""
_LAYOUTS = """
SELECT DISTINCT layout FROM page
WHERE walk = :walk AND rows > 0 AND id NOT IN (SELECT value FROM json_each(:superseded)) ORDER BY layout
"""
_REJECTS = """
SELECT reject.reason, count(*) FROM reject JOIN page ON page.id = reject.page
WHERE page.walk = :walk AND page.id NOT IN (SELECT value FROM json_each(:superseded)) GROUP BY 1 ORDER BY 1
"""
# Of an older walk sights may have been forgotten; those of the newest run are all there.
_WALKED = """
SELECT id FROM walk WHERE kind != 'documents' AND run = (SELECT max(id) FROM run) AND id IN (SELECT walk FROM page)
"""
_IS_WHOLE = "verdict IN ({})".format(", ".join(f"'{verdict}'" for verdict in sorted(WHOLE)))
_LOOKS = f"""
SELECT id, listing, sort, kind, run, kind != 'incremental' AND {_IS_WHOLE}, shares
FROM walk WHERE shares IS NOT NULL AND listing IS NOT NULL AND run <= ? ORDER BY id
"""


def shares_of_run(
    db: sqlite3.Connection, style: DateStyle, superseded: Mapping[int, Collection[int]]
) -> dict[int, dict[str, Any]]:
    """Return the shares of each walk that the newest run added to; before anything of it is forgotten.

    `superseded` are, by walk, pages for which another capture stands.
    """
    walks = [walk for (walk,) in db.execute(_WALKED)]
    return {walk: shares_of(db, walk, style, superseded.get(walk, ())) for walk in walks}


def shares_of(db: sqlite3.Connection, walk: int, style: DateStyle, superseded: Iterable[int] = ()) -> dict[str, Any]:
    """Return how many rows of a walk were read, how many have each field, their layouts, its rejects by reason.

    `date` counts the date lines that were read into a date.
    """
    told = {"rows": 0, "date_text": 0, "date": 0, "summary": 0, "url": 0}
    asked = {"walk": walk, "superseded": json.dumps(sorted(superseded))}
    for date_text, rows, summaries, urls in db.execute(_ROWS, asked):
        told["rows"] += rows
        told["summary"] += summaries
        told["url"] += urls
        if date_text is not None:
            told["date_text"] += rows
            told["date"] += rows if read_printed(date_text, style).date is not None else 0
    layouts = [layout for (layout,) in db.execute(_LAYOUTS, asked)]
    return {**told, "layouts": layouts, "rejects": dict(db.execute(_REJECTS, asked).fetchall())}


@dataclass(frozen=True, slots=True)
class Look:
    """A walk with its shares; `whole` says that it showed its listing whole."""

    walk: int
    listing: str
    order: str | None
    kind: str
    run: int
    whole: bool
    shares: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Looks:
    """The last walk of a run through a listing, and what came before: the last whole one, and those that followed it.

    Of a listing that was never had whole `since` are all that came before.
    """

    now: Look
    whole: Look | None
    since: tuple[Look, ...]


def looks_of_run(db: sqlite3.Connection, run: int) -> list[Looks]:
    """Return the walks of a run beside those before them: live ones with live ones, captured ones with captured."""
    sides: dict[tuple[str, str | None, bool], list[Look]] = {}
    for walk, listing, order, kind, of_run, whole, shares in db.execute(_LOOKS, (run,)):
        look = Look(walk, listing, order, kind, of_run, bool(whole), json.loads(shares))
        sides.setdefault((listing, order, kind == "captured"), []).append(look)
    return [_beside(looks, run) for looks in sides.values() if any(look.run == run for look in looks)]


def _beside(looks: list[Look], run: int) -> Looks:
    now = next(look for look in reversed(looks) if look.run == run)
    before = [look for look in looks if look.run < run]
    whole = next((look for look in reversed(before) if look.whole), None)
    since = [look for look in before if whole is None or look.walk > whole.walk]
    return Looks(now, whole, tuple(since))
