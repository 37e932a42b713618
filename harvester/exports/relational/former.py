"""Which ids that were once published lead to which record now, by the change feed."""

from collections.abc import Iterator

from harvester.exports.source import Line, Source


def former_ids(source: Source) -> Iterator[Line]:
    """Yield `id` and `into`, sorted by id: each id that was merged and not added again, and where it leads at last."""
    into: dict[str, str] = {}
    for change in source.changes():
        if change["change"] == "merged":
            into[change["id"]] = change["into"]
        elif change["change"] in {"added", "dropped"}:
            into.pop(change["id"], None)
    held = {record["id"] for record in source.records()} if into else set()
    for former in sorted(into):
        now = _at_last(former, into)
        if now in held:
            yield {"id": former, "into": now}


def _at_last(former: str, into: dict[str, str]) -> str:
    seen = {former}
    now = into[former]
    while now in into and now not in seen:
        seen.add(now)
        now = into[now]
    return now
