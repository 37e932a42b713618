"""Works a certificate out anew from provenance and rejects alone, and compares it with what is certified."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from harvester.coverage import (
    INCOMPLETE,
    NOT_WALKED,
    UNVERIFIABLE,
    WHOLE,
    CapturedPage,
    SeenPage,
    account,
    superseded,
)
from harvester.dataset.findings import Findings, read_lines
from harvester.sites import load_sites


def check_certificate(
    folder: Path,
    coverage: dict[str, Any],
    contents: dict[str, str],
    findings: Findings,
    check_line: Callable[[dict[str, Any]], None],
) -> None:
    """Work out from provenance and rejects what each walk saw, and compare it with what is certified.

    `check_line` checks what else is claimed by a line of provenance: the file is long, and read once.
    """
    pages: dict[int, dict[int, _Page]] = defaultdict(dict)
    told: set[str] = set()
    certified = {(listing["listing"], listing["order"]) for listing in coverage["listings"]}
    for line in read_lines(folder / "provenance.jsonl"):
        told.add(line["id"])
        check_line(line)
        listed = [capture for capture in line["captures"] if not _of_document(capture)]
        if contents.get(line["id"]) not in {capture["content"] for capture in _givers(line["captures"], listed)}:
            findings.add(f"{line['id']}: no capture says what the record says")
        for capture in listed:
            place = _Page(capture["counter"], capture["listing"], capture["captured_at"], capture["medium"])
            page = pages[capture["walk"]].setdefault(capture["page"], place)
            page.rows[capture["row"]] = line["id"]
            if (capture["listing"], capture["order"]) not in certified:
                findings.add(f"{line['id']} was read from {capture['listing']}, which coverage.json does not name")
    for reject in read_lines(folder / "rejects.jsonl"):
        if reject["page"] is not None and reject.get("wanted") is None:
            place = _Page(reject["counter"], reject["listing"], reject["captured_at"])
            page = pages[reject["walk"]].setdefault(reject["page"], place)
            page.rows[reject["row"]] = None
    if told != set(contents):
        findings.add(f"records and provenance tell of different records: {len(told ^ set(contents))} stand in one only")
    for listing in coverage["listings"]:
        _check_look(listing, pages, findings)
    for listing in coverage["listings"]:
        _check_passes(listing, coverage["site"], findings)
        _check_pages(listing, pages[listing["walk"]], listing["pages"], findings)
        _check_pages(listing, pages[listing["walk_before"]], listing["pages_before"], findings)
        _compare(listing, pages[listing["walk"]], pages[listing["walk_before"]], findings)


def _check_look(listing: dict[str, Any], pages: dict[int, dict[int, "_Page"]], findings: Findings) -> None:
    """Check that provenance tells of the last look at a listing: a later walk of it, of as many rows."""
    look = listing.get("looked")  # older datasets know of no looks
    if look is None:
        return
    found = set()
    for walk, of_walk in pages.items():
        seen = [page for page in of_walk.values() if page.listing == listing["listing"] and page.counter]
        if walk > listing["walk"] and seen:
            totals = {page.counter[2] for page in seen if page.counter}
            times = max(page.captured_at or "" for page in seen)
            found.add((times, max(totals), sum(len(page.rows) for page in seen)))
    if (look["at"], look["total"], look["rows"]) not in found or look["new"] > look["rows"]:
        findings.add(f"{listing['listing']}: coverage.json tells of a look of which provenance does not")


def _givers(captures: list[dict[str, Any]], listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the captures of which one gives the record: listings, unless a document's page is a better medium."""
    best = min(capture["medium"] for capture in captures)
    return listed if any(capture["medium"] == best for capture in listed) else captures


def _of_document(capture: dict[str, Any]) -> bool:
    """Return whether a capture is of a document's own page, which gives a record only where no listing shows it."""
    return capture.get("kind") == "document"  # older datasets have captures of listings only, and don't say so


def _check_passes(listing: dict[str, Any], site_name: str, findings: Findings) -> None:
    """Check that a walk leans on an earlier pass of its own listing only, and takes no other order for proof."""
    name, before = listing["listing"] or listing["label"], listing["walk_before"]
    replayed = listing["crawl"] is not None  # then passes come as the snapshots do, in any order, and some not at all
    follows = before is not None and (before < listing["walk"] or (replayed and before != listing["walk"]))
    if (listing["passes"] > 1) != follows and not (replayed and before is None):
        findings.add(f"{name}: pass {listing['passes']} cannot follow walk {before}")
    site = next((site for site in load_sites() if site.name == site_name), None)
    if site is not None and listing["proving"] and (site.proof is None or site.proof.order != listing["order"]):
        findings.add(f"{name}: the order {listing['order']} is no proof for {site.name}")


def _check_pages(listing: dict[str, Any], pages: dict[int, "_Page"], told: list[list[int]], findings: Findings) -> None:
    """Check a walk's pages against those that provenance tells of; of a page without rows it cannot."""
    name = listing["listing"] or listing["label"]
    counters = {number: counter if counter[2] is not None else None for number, *counter in told}
    for number, page in pages.items():
        if (page.counter, page.listing) != (counters.get(number, "none"), listing["listing"]):
            findings.add(f"{name}: page {number} is not as provenance tells of it")
    for number, counter in counters.items():
        pages.setdefault(number, _Page(counter, listing["listing"]))


@dataclass(slots=True)
class _Page:
    """A page as provenance tells of it: its counter, its listing, and the record of each row."""

    counter: list[int] | None
    listing: str | None
    captured_at: str | None = None
    medium: str = ""
    rows: dict[int, str | None] = field(default_factory=dict)

    def seen(self, *, told_apart: bool) -> SeenPage:
        """Return the page as the account needs it; conflicts cannot be judged here, as titles are not told."""
        rows = tuple(self.rows[i] for i in sorted(self.rows))
        first, last, total = self.counter or (None, None, None)
        return SeenPage(first, last, total, rows, told_apart, ("",) * len(rows))

    def captured(self, number: int) -> CapturedPage:
        """Return the page as one of several captures of its positions."""
        first, last, _ = self.counter or (None, None, None)
        whole = None not in self.rows.values() and first is not None and len(self.rows) == (last or 0) - first + 1
        records = tuple(self.rows[i] for i in sorted(self.rows))
        return CapturedPage(number, first, last, self.captured_at, whole, records, self.medium)


def _compare(listing: dict[str, Any], pages: dict[int, _Page], before: dict[int, _Page], findings: Findings) -> None:
    name = listing["listing"] or listing["label"]
    if not pages and listing["verdict"] == NOT_WALKED:
        return
    in_order = listing["kind"] == "live" or listing["crawl"] is not None
    old = set() if in_order else _superseded(pages, listing)
    if sorted(old) != listing["superseded"]:
        findings.add(f"{name}: other pages are superseded by newer ones than coverage.json says")
    seen, seen_before = (
        [of_walk[number].seen(told_apart=listing["told_apart"]) for number in sorted(of_walk) if number not in old]
        for of_walk in (pages, before)
    )
    account_again = account(seen, proving=listing["proving"], live=in_order, before=seen_before)
    again = orjson.loads(orjson.dumps(asdict(account_again)))
    told = ["total", "totals", "seen", "missing", "rows", "records", "rejects", "short", "unsure"]
    verdict = INCOMPLETE if listing["conflicts"] else again["verdict"]
    if not listing["total"] and listing["verdict"] == UNVERIFIABLE and verdict in WHOLE:
        verdict = UNVERIFIABLE  # where results are to be expected, that there are none is not believed
    findings.faults += [
        f"{name}: coverage.json says {what} {listing[what]}, provenance says {again[what]}"
        for what in told
        if listing[what] != again[what]
    ]
    if listing["verdict"] != verdict:
        findings.add(f"{name}: certified as {listing['verdict']}, provenance amounts to {verdict}")


def _superseded(pages: dict[int, _Page], listing: dict[str, Any]) -> set[int]:
    """Return which pages a newer capture stands for; the time of one without any row is told by nothing else."""
    captured = [page.captured(number) for number, page in pages.items()]
    without_rows = {number for number in listing["superseded"] if number in pages and not pages[number].rows}
    return superseded(captured) | without_rows
