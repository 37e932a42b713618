"""Checks a dataset independently of what made it: digests, schema, order, and the certificate from provenance."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import jsonlines
import orjson
from jsonschema import Draft202012Validator

from harvester.coverage import INCOMPLETE, NOT_WALKED, UNVERIFIABLE, WHOLE, SeenPage, account
from harvester.dataset.package import NAMES, readers, record_schema
from harvester.dataset.publish import open_dataset
from harvester.dataset.writing import digest_file
from harvester.dates import read_edtf, read_printed
from harvester.errors import DatasetError
from harvester.identity import content_digest
from harvester.sites import load_sites

_MOST = 8


@dataclass(slots=True)
class Findings:
    """What a check found wrong; empty means that the dataset is what it says it is."""

    faults: list[str] = field(default_factory=list)
    records: int = 0

    def add(self, fault: str) -> None:
        """Note a fault; after the first few only their number grows."""
        self.faults.append(fault)

    def told(self) -> list[str]:
        """Return the faults for people, the first few of them."""
        more = len(self.faults) - _MOST
        return self.faults[:_MOST] + ([f"... and {more} more"] if more > 0 else [])


def verify(folder: Path) -> tuple[Findings, dict[str, Any]]:
    """Check a dataset folder; return what is wrong with it, and its coverage.json.

    Raises DatasetError if the folder is no dataset, or a file is missing or cannot be read at all.
    """
    package = open_dataset(folder)
    findings = Findings()
    coverage = _read_json(folder / "coverage.json")
    try:
        _check_digests(folder, package, findings)
        if not findings.faults:
            contents = _check_records(folder, findings, same_readers=package.get("readers") == readers())
            _check_certificate(folder, coverage, contents, findings)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise DatasetError(f"{folder} is not in the form of a dataset: {type(error).__name__} {error}") from error
    return findings, coverage


def _check_digests(folder: Path, package: dict[str, Any], findings: Findings) -> None:
    described = {resource["path"]: resource for resource in package["resources"]}
    for name in NAMES:
        if name not in described:
            findings.add(f"datapackage.json does not describe {name}")
        elif not (folder / name).is_file():
            raise DatasetError(f"{folder / name} is missing")
        elif (held := digest_file(folder / name)) != described[name]["hash"]:
            findings.add(
                f"{name} is not the file that was published: {held[:19]}..., not {described[name]['hash'][:19]}..."
            )


def _check_records(folder: Path, findings: Findings, *, same_readers: bool) -> dict[str, str]:
    """Check each record by itself; return the digest of what each says, by id."""
    validator = Draft202012Validator(record_schema())
    contents: dict[str, str] = {}
    before = ""
    for number, record in enumerate(read_lines(folder / "records.jsonl"), 1):
        where = f"records.jsonl, line {number}"
        faults = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(record)]
        for fault in faults or _date_faults(record, same_readers=same_readers):
            findings.add(f"{where}: {fault}")
        if faults:
            continue
        if record["id"] <= before:
            findings.add(f"{where}: not sorted by id, or the id {record['id']} stands twice")
        before = record["id"]
        contents[before] = content_digest(record["url"], record["date_text"], record["title"], record["summary"])
    findings.records = len(contents)
    return contents


def _date_faults(record: dict[str, Any], *, same_readers: bool) -> Iterator[str]:
    """Yield what is wrong with a record's date; read again from its print where the readers are the same."""
    edtf, earliest, latest = record["date"], record["date_earliest"], record["date_latest"]
    if edtf is not None and read_edtf(edtf).date != edtf:
        yield f"$.date: {edtf} is no EDTF"
    for day in filter(None, (earliest, latest)):
        try:
            date.fromisoformat(day)
        except ValueError:
            yield f"{day} is no day of the calendar"
    if earliest and latest and earliest > latest:
        yield f"{earliest} is after {latest}"
    site = next((site for site in load_sites() if site.name == record["site"]), None)
    if same_readers and site is not None:
        read = asdict(read_printed(record["date_text"], site.dates))
        if any(record[name] != value for name, value in read.items()):
            yield f"$.date: {record['date_text']!r} is not read as {edtf}"


def _check_certificate(folder: Path, coverage: dict[str, Any], contents: dict[str, str], findings: Findings) -> None:
    """Work out from provenance and rejects what each walk saw, and compare it with what is certified."""
    pages: dict[int, dict[int, _Page]] = defaultdict(dict)
    told: set[str] = set()
    certified = {(listing["listing"], listing["order"]) for listing in coverage["listings"]}
    for line in read_lines(folder / "provenance.jsonl"):
        told.add(line["id"])
        if contents.get(line["id"]) not in {capture["content"] for capture in line["captures"]}:
            findings.add(f"{line['id']}: no capture says what the record says")
        for capture in line["captures"]:
            page = pages[capture["walk"]].setdefault(capture["page"], _Page(capture["counter"], capture["listing"]))
            page.rows[capture["row"]] = line["id"]
            if (capture["listing"], capture["order"]) not in certified:
                findings.add(f"{line['id']} was read from {capture['listing']}, which coverage.json does not name")
    for reject in read_lines(folder / "rejects.jsonl"):
        if reject["page"] is not None:
            page = pages[reject["walk"]].setdefault(reject["page"], _Page(reject["counter"], reject["listing"]))
            page.rows[reject["row"]] = None
    if told != set(contents):
        findings.add(f"records and provenance tell of different records: {len(told ^ set(contents))} stand in one only")
    for listing in coverage["listings"]:
        _check_passes(listing, coverage["site"], findings)
        _check_pages(listing, pages[listing["walk"]], listing["pages"], findings)
        _check_pages(listing, pages[listing["walk_before"]], listing["pages_before"], findings)
        _compare(listing, pages[listing["walk"]], pages[listing["walk_before"]], findings)


def _check_passes(listing: dict[str, Any], site_name: str, findings: Findings) -> None:
    """Check that a walk leans on an earlier pass of its own listing only, and takes no other order for proof."""
    name, before = listing["listing"] or listing["label"], listing["walk_before"]
    if (listing["passes"] > 1) != (before is not None) or (before is not None and before >= listing["walk"]):
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
    rows: dict[int, str | None] = field(default_factory=dict)

    def seen(self, *, told_apart: bool) -> SeenPage:
        """Return the page as the account needs it; conflicts cannot be judged here, as titles are not told."""
        rows = tuple(self.rows[i] for i in sorted(self.rows))
        first, last, total = self.counter or (None, None, None)
        return SeenPage(first, last, total, rows, told_apart, ("",) * len(rows))


def _compare(listing: dict[str, Any], pages: dict[int, _Page], before: dict[int, _Page], findings: Findings) -> None:
    name = listing["listing"] or listing["label"]
    if not pages and listing["verdict"] == NOT_WALKED:
        return
    seen, seen_before = (
        [of_walk[number].seen(told_apart=listing["told_apart"]) for number in sorted(of_walk)]
        for of_walk in (pages, before)
    )
    account_again = account(seen, proving=listing["proving"], live=listing["kind"] == "live", before=seen_before)
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


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file; raises DatasetError, naming the line, where one cannot be read."""
    try:
        with path.open("rb") as file:
            yield from jsonlines.Reader(file, loads=orjson.loads).iter(type=dict)
    except (OSError, jsonlines.Error) as error:
        line = f", line {error.lineno}" if isinstance(error, jsonlines.InvalidLineError) else ""
        raise DatasetError(f"{path}{line} cannot be read: {error}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path} is not in the form of a dataset")
    return value
