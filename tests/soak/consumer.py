"""The simplest program that follows a change feed: it keeps the records as the feed tells them."""

from collections.abc import Iterable
from typing import Any

import orjson

Change = dict[str, Any]


class Consumer:
    """Holds the records by id, and the number of the last change that it applied."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.last = 0

    def apply(self, changes: Iterable[Change]) -> "Consumer":
        """Apply changes in their order, whether they were applied before or not."""
        for change in changes:
            self._apply(change)
            self.last = change["seq"]
        return self

    def go_on(self, changes: Iterable[Change]) -> "Consumer":
        """Apply those that are new."""
        return self.apply(change for change in changes if change["seq"] > self.last)

    def _apply(self, change: Change) -> None:
        match change["change"]:
            case "added":
                self.records[change["id"]] = {**change["record"]}
            case "changed" | "withdrawn" | "returned":
                # As UPDATE ... WHERE id = ? does: nothing where there is no such record (any more).
                record = self.records.get(change["id"], {})
                record.update({name: told["after"] for name, told in change["fields"].items()})
            case "merged" | "dropped":
                self.records.pop(change["id"], None)
            case other:
                raise ValueError(f"a change of a kind that nobody knows: {other}")

    def lines(self) -> bytes:
        """Return the records as records.jsonl has them."""
        return b"".join(orjson.dumps(self.records[key]) + b"\n" for key in sorted(self.records))
