"""Checks a change feed: its numbers, the form of each line, and that from nothing it amounts to the records."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from harvester.dataset.changes import Records, apply
from harvester.dataset.check_runs import ToldRuns
from harvester.dataset.findings import Findings, read_lines
from harvester.dataset.package import CHANGES, change_schema

_FLAG = "withdrawn"
_OF_FLAG = {"withdrawn": [False, True], "returned": [True, False]}


class ToldChanges:
    """The records that a feed amounts to; each record that is published is compared with what is told of it."""

    def __init__(self, folder: Path, runs: ToldRuns, findings: Findings) -> None:
        self.findings = findings
        self.state: Records = {}
        validator, last, all_told = Draft202012Validator(change_schema()), 0, True
        for number, change in enumerate(read_lines(folder / CHANGES), 1):
            where = f"{CHANGES}, line {number}"
            faults = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(change)]
            if not faults:
                all_told &= change["seq"] == last + 1  # else changes were folded, and only the last of a record is left
                faults = [*_out_of_step(change, last), *runs.note(change)]
                faults += _contradictions(self.state, change, all_told=all_told)
                last = change["seq"]
                apply(self.state, change)
            for fault in faults:
                findings.add(f"{where}: {fault}")

    def compare(self, record: dict[str, Any]) -> None:
        """Compare a published record, each once, with what the feed makes of it."""
        told = self.state.pop(record["id"], None)
        if told is None:
            self.findings.add(f"{record['id']}: {CHANGES} does not tell of it")
        elif told != record:
            fields = ", ".join(name for name in {**told, **record} if told.get(name) != record.get(name))
            self.findings.add(f"{record['id']}: {CHANGES} amounts to something else ({fields})")

    def end(self) -> None:
        """Tell of records that stand by the feed, and are not published."""
        for record in self.state:
            self.findings.add(f"{record}: by {CHANGES} it stands, but it is not in records.jsonl")


def _out_of_step(change: Mapping[str, Any], last: int) -> list[str]:
    return [] if change["seq"] > last else [f"number {change['seq']} comes after {last}"]


def _contradictions(state: Records, change: Mapping[str, Any], *, all_told: bool) -> list[str]:
    """Return what in a change is not true of the records as they are before it.

    Unless `all_told`, of a record that was merged or dropped long ago no more may be kept than that.
    """
    kind, record = change["change"], change["id"]
    if kind == "added":
        faults = [f"{record} is added twice"] if record in state else []
        return faults + ([] if change["record"]["id"] == record else [f"the record of {record} has another id"])
    if kind in {"merged", "dropped"} and not all_told:
        return []
    if record not in state:
        return [f"{record} is {kind}, but was not there"]
    if kind in {"merged", "dropped"}:
        return []
    fields, held = change["fields"], state[record]
    faults = [
        f"{record}: {name} was not what it says" for name, told in fields.items() if held.get(name) != told["before"]
    ]
    flagged = [list(fields[_FLAG].values())] if _FLAG in fields else []
    if flagged != ([_OF_FLAG[kind]] if kind in _OF_FLAG else []) or (kind in _OF_FLAG and len(fields) > 1):
        faults.append(f"{record} is {kind}, but other fields are told of")
    return faults
