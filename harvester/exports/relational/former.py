"""The table of former ids: which ids that were once published lead to which record now, by the change feed."""

from collections.abc import Iterator

from harvester.exports.relational.tables import Family, Row, Table, text
from harvester.exports.source import Line, Source


def former_ids(source: Source) -> Iterator[Line]:
    """Yield `id` and `into`, sorted by id: each id that was merged and not added again, and where it leads at last."""
    into: dict[str, str] = {}
    for change in source.changes():
        if change["change"] == "merged":
            into[change["id"]] = change["into"]
        elif change["change"] in {"added", "dropped"}:
            into.pop(change["id"], None)
    leads = {former: _at_last(former, into) for former in sorted(into)}
    targets = set(leads.values())
    held = {record["id"] for record in source.records() if record["id"] in targets} if targets else set()
    yield from ({"id": former, "into": now} for former, now in leads.items() if now in held)


def _at_last(former: str, into: dict[str, str]) -> str:
    seen = {former}
    now = into[former]
    while now in into and now not in seen:
        seen.add(now)
        now = into[now]
    return now


def _former(source: Source, line: Line) -> Iterator[Row]:
    yield line["id"], line["into"]


FORMER = Family(
    "changes.jsonl",
    (
        Table(
            "former_ids",
            "Ids that were once published and lead to a record now: who cites one finds the record",
            (text("id", "An id that was merged into another"), text("record", "The id of the record now")),
            ("id",),
            _former,
            of="record",
            indexes=(("record",),),
        ),
    ),
    former_ids,
)
