"""The last screen of a run, for people: what there is, what is missing, why, and what to do next."""

from collections.abc import Sequence
from typing import Any

from harvester.coverage import WHOLE, WITH_UNKNOWNS, say_ranges
from harvester.dataset.certificate import Trouble, lacks_rows
from harvester.dataset.documents import UNKNOWNS_ADVICE, say_documents
from harvester.errors import Exit

MOST_LINES = 10


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


def say(
    listings: Sequence[dict[str, Any]],
    troubles: Sequence[Trouble],
    facts: Sequence[str],
    code: Exit,
    again: str = "",
    documents: dict[str, Any] | None = None,
) -> list[str]:
    """Return the last screen, at most ten lines: what there is, what is missing, why, what to do next.

    `again` is what to ask for once more where something is missing: nothing, where the same would come. `documents` is
    that object of coverage.json.
    """
    remarks = [remark for listing in listings for remark in listing["remarks"]]
    told = say_documents(documents)
    ends = _say_next(listings, troubles, code, again, documents)
    if remarks:
        ends.insert(0, f"Note: {remarks[0]}" + (f" (and {len(remarks) - 1} more)" if len(remarks) > 1 else ""))
    head = list(facts)[: MOST_LINES - len(told) - len(ends) - bool(listings)]
    return [*head, *_say_listings(listings, MOST_LINES - len(head) - len(told) - len(ends)), *told, *ends]


def _say_listings(listings: Sequence[dict[str, Any]], room: int) -> list[str]:
    """Return a line for each listing, as many as there is room for, those that lack something first."""
    unwell = sorted(listings, key=lambda one: (not lacks_rows(one, listings), one["verdict"] not in WHOLE))
    lines = [say_listing(listing) for listing in unwell[:room]]
    if len(unwell) > room:
        lines[-1] = f"... and {len(unwell) - room + 1} listings more; coverage.json has them all"
    return lines


def _say_next(
    listings: Sequence[dict[str, Any]],
    troubles: Sequence[Trouble],
    code: Exit,
    again: str,
    documents: dict[str, Any] | None,
) -> list[str]:
    """Return why something is missing, and what to do next."""
    if troubles:
        first = min(troubles, key=lambda trouble: trouble.code != code)
        more = f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""
        return [f"Why: {first.message}{more}", f"Next: {first.advice}"]
    if code != Exit.INCOMPLETE:
        return []
    whole = not any(lacks_rows(listing, listings) for listing in listings)
    if whole and documents is not None and documents["verdict"] == WITH_UNKNOWNS:
        return [f"Next: {UNKNOWNS_ADVICE}"]
    return [f"Next: {f'{again}, or ' if again else ''}replay captures of what is missing into this folder."]
