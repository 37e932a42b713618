"""Reads out of a settled ledger what could not be read, and what contradicts itself, in a fixed order."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from typing import Any

from harvester.ledger.addresses import Known
from harvester.ledger.documented import unknown_parts

UNKNOWN_LABEL = "unknown-label"
CONTRADICTION = "addresses-contradict"
_LONGEST = 2_000  # characters of evidence, as of other rejects; the whole text is on the page
# What was wanted and is held by now is wanted no more. Runs over files want nothing: what of them cannot be read stays.
_REJECTS = """
SELECT reject.reason, reject.message, reject.text, reject.place, reject.url, reject.file, reject.digest,
       reject.position AS offset, reject.listing, page.walk, page.id AS page, reject.row, page.first,
       page.last, page.total, capture.captured_at,
       CASE WHEN page.rows = page.last - page.first + 1 THEN page.first + reject.row END AS position, reject.wanted
FROM reject LEFT JOIN page ON page.id = reject.page LEFT JOIN walk ON walk.id = page.walk
LEFT JOIN capture ON capture.id = page.capture JOIN run ON run.id = reject.run
WHERE CASE
    WHEN reject.wanted IS NOT NULL THEN (run.kind = 'replay' AND run.wanted IS NULL) OR reject.url IS NULL
        OR NOT CASE reject.wanted
            WHEN 'file' THEN EXISTS (
                SELECT 1 FROM file JOIN capture AS fetched ON fetched.id = file.capture WHERE fetched.url = reject.url)
            ELSE EXISTS (SELECT 1 FROM address WHERE address.url = reject.url) END
    ELSE reject.listing IS NULL OR walk.kind = 'captured' OR walk.id IN (SELECT value FROM json_each(?))
        OR (walk.id IS NULL AND reject.run IN
            (SELECT max(run) FROM walk AS other WHERE other.listing = reject.listing
             GROUP BY replace(other.kind, 'incremental', 'live'))) END
ORDER BY coalesce(reject.url, ''), coalesce(reject.file, ''), reject.position, reject.digest, reject.row, reject.reason
"""


def reject_lines(
    db: sqlite3.Connection, site: str, known: Iterable[Known], leaned_on: Collection[int]
) -> Iterator[dict[str, Any]]:
    """Yield the lines of rejects.jsonl; of a listing crawled again only what its last walk met.

    Rows go with the walk that is accounted for (`leaned_on`), whichever runs tried in vain since; pages that never
    came, with the run that asked for them last; documents and files that a run wanted, until they are held.
    """
    yield from merge(
        _rejects(db, site, leaned_on),
        sorted((_unknown(site, part) for part in unknown_parts(db)), key=_order),
        sorted((_contradiction(site, one) for one in known if one.joined.against), key=_order),
        key=_order,
    )


def _rejects(db: sqlite3.Connection, site: str, leaned_on: Collection[int]) -> Iterator[dict[str, Any]]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    for row in cursor.execute(_REJECTS, (json.dumps(sorted(leaned_on)),)):
        told = dict(row)
        first, last, total = (told.pop(name) for name in ("first", "last", "total"))
        yield {"site": site, **told, "counter": None if total is None else [first, last, total]}


def _unknown(site: str, part: dict[str, Any]) -> dict[str, Any]:
    """Return the line of a part of a page that was not read; it is of no listing, so what tells of one is null."""
    name = f'"{part["label"]}"' if part["label"] else "without a label"
    message = f"{part['id']}: a part {name} of the document's page is not read"
    where = {name: part[name] for name in ("place", "url", "file", "digest", "offset", "captured_at")}
    return _line(site, UNKNOWN_LABEL, message, part["text"][:_LONGEST], **where)


def _contradiction(site: str, known: Known) -> dict[str, Any]:
    """Return the line of a document whose pages share an address with another's; null is all but the address."""
    disputed = sorted(known.joined.disputed)
    message = f"{known.record}: pages that share addresses are not taken for one document: {known.joined.against}"
    return _line(site, CONTRADICTION, message, "\n".join(disputed), url=known.url)


def _line(site: str, reason: str, message: str, text: str, **where: Any) -> dict[str, Any]:
    names = "place url file digest offset listing walk page row captured_at position wanted counter".split()
    return {"site": site, "reason": reason, "message": message, "text": text, **{n: where.get(n) for n in names}}


def _order(line: dict[str, Any]) -> tuple[Any, ...]:
    """Return what lines are sorted by, as the database does: null before everything, text by its UTF-8 bytes."""
    names = ("offset", "digest", "row")
    where = ((line[name] is not None, line[name] or ("" if name == "digest" else 0)) for name in names)
    return (line["url"] or "", line["file"] or "", *where, line["reason"], line["place"] or "", line["text"])
