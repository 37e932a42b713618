"""Checks each claim that a record is withdrawn: which walks show it no more, and whether they could tell."""

from collections import defaultdict
from typing import Any

from harvester.coverage import COMPLETE
from harvester.dataset.check_runs import ToldRuns
from harvester.dataset.findings import Findings
from harvester.sites import load_sites

_FLAG = "withdrawn"
_SECOND = len("2026-03-01T12:00:00")  # pages are timed to the second


class Claims:
    """Takes the records, then their lines of provenance."""

    def __init__(self, coverage: dict[str, Any], runs: ToldRuns, findings: Findings) -> None:
        self.runs = runs
        self.needed = coverage.get("withdraw_after")  # datasets of earlier programs never call a record withdrawn
        self.walks = {listing["walk"]: listing for listing in coverage["listings"]}
        self.findings = findings
        site = next((site for site in load_sites() if site.name == coverage["site"]), None)
        self.knows_site, self.whole = site is not None, site and site.whole
        self._claimed: set[str] = set()

    def note(self, record: dict[str, Any]) -> None:
        """Take a record."""
        if record[_FLAG]:
            self._claimed.add(record["id"])

    def check(self, line: dict[str, Any]) -> None:
        """Compare a line of provenance with what its record claims."""
        record, by = line["id"], line.get("withdrawn_by", [])
        if bool(by) != (record in self._claimed):
            told = "names walks that show it no more" if by else "names no walk that shows it no more"
            claims = "" if record in self._claimed else "not "
            self.findings.add(f"{record}: it is {claims}called withdrawn, but provenance {told}")
        elif by:
            for fault in self._faults(by, line["captures"]):
                self.findings.add(f"{record}: it is called withdrawn, but {fault}")

    def _faults(self, by: list[dict[str, Any]], captures: list[dict[str, Any]]) -> list[str]:
        listings = {capture["listing"] for capture in captures} - {None}
        showing, times = {c["walk"] for c in captures}, [c["captured_at"] or "" for c in captures]
        told: dict[str, set[str]] = defaultdict(set)
        faults = []
        for walk in by:
            told[walk["listing"]].add(walk["begun"])
            name = f"walk {walk['walk']} of {walk['listing']}"
            if walk["listing"] not in listings:
                faults.append(f"{name} is of a listing that never showed it")
            if walk["walk"] in showing:
                faults.append(f"{name} shows it")
            if walk["begun"][:_SECOND] < max(times)[:_SECOND]:
                faults.append(f"{name} was begun before it was last seen")
            if walk["run"] > self.runs.last:
                faults.append(f"{name} is of run {walk['run']}, of which nothing else is told")
            if not self._may_tell(walk):
                faults.append(f"{name} is not complete")
        faults += [
            f"{len(begun)} walks of {listing} were begun after it was last seen, not {self.needed}"
            for listing, begun in told.items()
            if len(begun) != self.needed
        ]
        if self.knows_site and self.whole not in told and told.keys() < listings:
            faults.append(f"nothing is told of {', '.join(sorted(listings - told.keys()))}, which showed it too")
        return faults

    def _may_tell(self, walk: dict[str, Any]) -> bool:
        """Return whether a walk may be a complete one of its listing; of those before the last no file tells more."""
        known = self.walks.get(walk["walk"])
        return known is None or (known["verdict"] == COMPLETE and known["listing"] == walk["listing"])
