"""Checks that all files tell one story of the runs: each began once, and none is told of before it was."""

from typing import Any

from harvester.dataset.findings import Findings


class ToldRuns:
    """When each run began, by coverage.json and then by the feed, whose lines are noted one by one."""

    def __init__(self, coverage: dict[str, Any], findings: Findings) -> None:
        self._begun: dict[int, str] = {}
        self._last = 0
        for listing in coverage["listings"]:
            for told in filter(None, (listing["last_run"], listing["last_complete"])):
                for fault in self._contradictions(told["run"], told["started"]):
                    findings.add(f"coverage.json, {listing['listing'] or listing['label']}: {fault}")

    @property
    def last(self) -> int:
        """Return the last run that anything was told of."""
        return max(self._begun, default=0)

    def note(self, change: dict[str, Any]) -> list[str]:
        """Take a change; return what cannot be true of its run."""
        run = change["run"]
        faults = self._contradictions(run, change["at"])
        if run < self._last:
            faults.append(f"run {run} comes after run {self._last}")
        self._last = max(run, self._last)
        late = sorted(walk["walk"] for walk in change.get("walks", ()) if walk["run"] > run)
        return faults + [f"walk {walk} was ended by a later run" for walk in late]

    def _contradictions(self, run: int, at: str) -> list[str]:
        begun = self._begun.setdefault(run, at)
        return [] if begun == at else [f"run {run} is said to have begun at {at}, and at {begun}"]
