"""The consumer of changes.jsonl as it is meant to be: what one change does to the records that somebody keeps."""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

Records = MutableMapping[str, dict[str, Any]]


def apply(state: Records, change: Mapping[str, Any]) -> None:
    """Do to `state` (records by their ids) what one line of changes.jsonl tells.

    `added` puts a record, whether there was one or not; `changed`, `withdrawn` and `returned` set each field that they
    name to what it is `after`; `merged` and `dropped` take a record away. What was applied before may be applied again
    from any line on, if all that follows is applied too: where a record is not there to be changed, a later line took
    it away, and takes it away again.

    >>> state = {}
    >>> apply(state, {"seq": 1, "change": "added", "id": "a", "record": {"id": "a", "title": "A note"}})
    >>> fields = {"title": {"before": "A note", "after": "B"}}
    >>> apply(state, {"seq": 2, "change": "changed", "id": "a", "fields": fields})
    >>> state
    {'a': {'id': 'a', 'title': 'B'}}
    """
    match change["change"]:
        case "added":
            state[change["id"]] = dict(change["record"])
        case "merged" | "dropped":
            state.pop(change["id"], None)
        case _ if change["id"] in state:
            state[change["id"]] |= {name: told["after"] for name, told in change["fields"].items()}


def replay_changes(changes: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the records, by their ids, that changes amount to which are applied from nothing."""
    state: dict[str, dict[str, Any]] = {}
    for change in changes:
        apply(state, change)
    return state
