"""What is claimed of a dataset's listings, in data: verdicts, what is missing; and the exit code of a run."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harvester.coverage import WHOLE, say_ranges
from harvester.errors import Exit, HarvestError, worst
from harvester.ledger import Walked, Whole, coverage_as_data


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

    @classmethod
    def unforeseen(cls, error: BaseException) -> "Trouble":
        """Return the trouble that any exception amounts to, Ctrl-C among them."""
        if isinstance(error, HarvestError):
            return cls.of(error)
        if isinstance(error, KeyboardInterrupt):
            return cls("interrupted", "interrupted", "Run the same command again to go on.", Exit.INTERRUPTED)
        return cls("unexpected", f"{type(error).__name__}: {error}", HarvestError.advice, Exit.UNEXPECTED)


def coverage_data(site: str, walks: Sequence[Walked], runs: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return the content of coverage.json: for each listing and order the last walk, and the last complete one."""
    ordered = sorted(walks, key=lambda w: (w.listing or "", w.label or "", w.order or "", w.kind, w.scope))
    return {"site": site, "listings": [_told(walked, runs) for walked in ordered]}


def _told(walked: Walked, runs: dict[int, dict[str, Any]]) -> dict[str, Any]:
    coverage = walked.coverage
    whole = walked.earlier
    if coverage.verdict in WHOLE:
        whole = Whole(walked.number, walked.run, coverage.total)
    return {
        "listing": walked.listing,
        "label": walked.label,
        "order": walked.order,
        "kind": walked.kind,
        "walk": walked.number,
        "proving": walked.proving,
        "passes": walked.passes,
        "walk_before": walked.before,
        "told_apart": walked.told_apart,
        "crawl": walked.crawl,
        "captured": {"first": walked.times[0], "last": walked.times[1]},
        "days": [{"day": day, "ranges": [list(r) for r in ranges]} for day, ranges in walked.days],
        **coverage_as_data(coverage),
        "remarks": [*walked.remarks, *_remark_days(walked)],
        "pages": [list(page) for page in walked.pages],
        "superseded": list(walked.superseded),
        "pages_before": [list(page) for page in walked.pages_before],
        "last_run": {"run": walked.run, **runs[walked.run]},
        "last_complete": None
        if whole is None
        else {"run": whole.run, "walk": whole.walk, "total": whole.total, **runs[whole.run]},
        "looked": None if walked.looked is None else asdict(walked.looked),
    }


def _remark_days(walked: Walked) -> list[str]:
    """Return the remarks that captures of several times may not show one listing, although its total is one."""
    if walked.kind == "live" or walked.crawl is not None:
        return []
    remarks = [
        f"the listing changed though its total did not: captures of {say_ranges(ranges)}, from {day}, are of the other"
        " time and not counted; their records are kept"
        for day, ranges in walked.aside
    ]
    days = [day for day, _ in walked.days if day is not None]
    if len(days) > 1:
        remarks.append(
            f"its pages were captured on {len(days)} days, from {days[0]} to {days[-1]}; all announce one total, but"
            " records may have come and gone between, and some be missed"
        )
    return remarks


def exit_code(listings: Iterable[dict[str, Any]], troubles: Iterable[Trouble], *, lacking: bool = False) -> Exit:
    """Return the exit code that a run's listings and troubles amount to; `lacking`: its documents lack something.

    A listing is incomplete because of its trouble, so the trouble's cause stands for both.
    """
    listings = list(listings)
    codes = [trouble.code for trouble in troubles]
    if lacking or any(lacks_rows(listing, listings) for listing in listings):
        codes.append(Exit.INCOMPLETE)
    return worst(codes)


def lacks_rows(listing: dict[str, Any], listings: Sequence[dict[str, Any]]) -> bool:
    """Return whether a listing is not had whole, by this walk or another one that stands for it.

    Archives have a listing as of many days, of most of them in part: captures that make it whole once are the listing,
    unless later ones announce more records.
    """
    if listing["verdict"] in WHOLE:
        return False
    mere_captures = listing["kind"] == "captured" and listing["crawl"] is None and listing["listing"] is not None
    return not mere_captures or not any(
        other["kind"] == "captured" and other["listing"] == listing["listing"] and _stands_for(other, listing)
        for other in listings
    )


def _stands_for(whole: dict[str, Any], listing: dict[str, Any]) -> bool:
    """Return whether a walk is whole, and no older than another one that announces more records."""
    times = (whole["captured"]["last"], listing["captured"]["last"])
    later = None not in times and times[0] >= times[1]
    return whole["verdict"] in WHOLE and (later or (whole["total"] or 0) >= (listing["total"] or 0))
