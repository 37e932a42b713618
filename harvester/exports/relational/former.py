"""The table of former ids: which ids that were once published lead to which record now, by the change feed."""

from collections.abc import Iterator

from harvester.exports.relational.tables import Family, Row, Table, text
from harvester.exports.source import Line, Source


class Leads:
    """Takes the lines of a feed from its first, and tells what became of the ids that were merged."""

    def __init__(self) -> None:
        self._into: dict[str, str] = {}

    def note(self, change: Line) -> None:
        """Take the next line of the feed."""
        if change["change"] == "merged":
            self._into[change["id"]] = change["into"]
        elif change["change"] in {"added", "dropped"}:
            self._into.pop(change["id"], None)

    def lines(self, source: Source) -> Iterator[Line]:
        """Yield `id` and `into`, sorted by id: each id merged and not added again, and the record where it leads."""
        leads = {former: self._at_last(former) for former in sorted(self._into)}
        targets = set(leads.values())
        held = {record["id"] for record in source.records() if record["id"] in targets} if targets else set()
        yield from ({"id": former, "into": now} for former, now in leads.items() if now in held)

    def _at_last(self, former: str) -> str:
        seen = {former}
        now = self._into[former]
        while now in self._into and now not in seen:
            seen.add(now)
            now = self._into[now]
        return now


def former_ids(source: Source) -> Iterator[Line]:
    """Yield `id` and `into` of each former id, sorted by id."""
    leads = Leads()
    for change in source.changes():
        leads.note(change)
    yield from leads.lines(source)


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
