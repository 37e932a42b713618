"""What is claimed of a dataset, in data and in words: verdicts, what is missing, why, and what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harvester.coverage import AS_CAPTURED, COMPLETE, UNVERIFIABLE, say_ranges
from harvester.errors import Exit, HarvestError, worst
from harvester.ledger.projection import Walked, coverage_as_data

MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a listing, or a page, could not be had: the kind of error, its sentence, its advice, its exit code."""

    kind: str
    message: str
    advice: str
    code: Exit
    listing: str | None = None

    @classmethod
    def of(cls, error: HarvestError, listing: str | None = None) -> "Trouble":
        """Return the trouble that an error amounts to."""
        return cls(error.kind, str(error), error.advice, error.code, listing)


def coverage_data(site: str, walks: Sequence[Walked], runs: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return the content of coverage.json: for each listing and order the last walk, and the last complete one."""
    lineages: dict[tuple[str, ...], list[Walked]] = {}
    for walk in walks:
        key = (walk.listing or "", walk.label or "", walk.order or "", walk.kind, walk.scope)
        lineages.setdefault(key, []).append(walk)
    return {"site": site, "listings": [_lineage(lineages[key], runs) for key in sorted(lineages)]}


def _lineage(walks: list[Walked], runs: dict[int, dict[str, Any]]) -> dict[str, Any]:
    last = max(walks, key=_age)
    whole = sorted((walk for walk in walks if walk.coverage.verdict in {COMPLETE, AS_CAPTURED}), key=_age)
    if whole and whole[-1] is last and not last.coverage.total and any(walk.coverage.total for walk in whole):
        last = _doubted(last)
        whole.pop()
    complete = whole[-1] if whole else None
    return {
        "listing": last.listing,
        "label": last.label,
        "order": last.order,
        "kind": last.kind,
        "walk": last.number,
        "proving": last.proving,
        "told_apart": last.told_apart,
        **coverage_as_data(last),
        "remarks": list(last.remarks),
        "last_run": {"run": last.run, **runs[last.run]},
        "last_complete": None
        if complete is None
        else {"run": complete.run, "walk": complete.number, "total": complete.coverage.total, **runs[complete.run]},
    }


def _age(walk: Walked) -> tuple[int, int]:
    return walk.run, walk.number


def _doubted(walk: Walked) -> Walked:
    """Return a walk that found nothing, where records stood before: a search that is down looks the same."""
    reason = "the listing shows no results, where it had some before"
    return replace(walk, coverage=replace(walk.coverage, verdict=UNVERIFIABLE, reasons=(reason,)))


def exit_code(listings: Iterable[dict[str, Any]], troubles: Iterable[Trouble]) -> Exit:
    """Return the exit code that a run's listings and troubles amount to.

    A listing is incomplete because of its trouble, so the trouble's cause stands for both.
    """
    troubles = list(troubles)
    codes = [trouble.code for trouble in troubles]
    if any(listing["verdict"] not in {COMPLETE, AS_CAPTURED} for listing in listings):
        codes.append(Exit.INCOMPLETE)
    return worst(codes)


def say_listing(listing: dict[str, Any]) -> str:
    """Return one line for one listing: "10 of 103, missing 1-70 and 81-103: incomplete"."""
    name = listing["listing"] or listing["label"] or "listing"
    total = listing["total"]
    line = f"{name}: {listing['rows']} of {'an unknown number' if total is None else total}"
    if listing["missing"]:
        line += f", missing {say_ranges([tuple(r) for r in listing['missing']])}"
    if listing["duplicates"]:
        line += f", {len(listing['duplicates'])} duplicates"
    if listing["rejects"]:
        line += f", {listing['rejects']} rejected"
    line += f" - {listing['verdict']}"
    other = [
        reason
        for reason in listing["reasons"]
        if not reason.startswith("missing ") and "could not be read" not in reason
    ]
    return line + (f" ({'; '.join(other)})" if other else "")


def say(listings: Sequence[dict[str, Any]], troubles: Sequence[Trouble], facts: Sequence[str], code: Exit) -> list[str]:
    """Return the last screen, at most ten lines: what there is, what is missing, why, what to do next."""
    remarks = [remark for listing in listings for remark in listing["remarks"]]
    room = MOST_LINES - len(facts) - 1 - 2 * bool(troubles) - bool(remarks)
    unwell = sorted(listings, key=lambda listing: listing["verdict"] in {COMPLETE, AS_CAPTURED})
    lines = [*facts, *map(say_listing, unwell[:room])]
    if len(unwell) > room:
        lines[-1] = f"... and {len(unwell) - room + 1} listings more; coverage.json has them all"
    if remarks:
        lines.append(f"Note: {remarks[0]}" + (f" (and {len(remarks) - 1} more)" if len(remarks) > 1 else ""))
    if troubles:
        first = min(troubles, key=lambda trouble: trouble.code != code)
        more = f" (and {len(troubles) - 1} more; see rejects.jsonl)" if len(troubles) > 1 else ""
        lines += [f"Why: {first.message}{more}", f"Next: {first.advice}"]
    elif code == Exit.INCOMPLETE:
        lines.append("Next: run the same command again, or replay captures of what is missing into this folder.")
    return lines
