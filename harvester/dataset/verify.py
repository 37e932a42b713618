"""Checks a dataset independently of what made it: digests, schema, order, and the certificate from provenance."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonlines
import orjson
from jsonschema import Draft202012Validator

from harvester.coverage import join_ranges
from harvester.dataset.package import NAMES, record_schema
from harvester.dataset.publish import open_dataset
from harvester.dataset.writing import digest_file
from harvester.errors import DatasetError

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
    _check_digests(folder, package, findings)
    coverage: dict[str, Any] = _read_json(folder / "coverage.json")
    if not findings.faults:
        ids = _check_records(folder, findings)
        _check_certificate(folder, coverage, ids, findings)
    return findings, coverage


def _check_digests(folder: Path, package: dict[str, Any], findings: Findings) -> None:
    described = {resource["path"]: resource for resource in package.get("resources", [])}
    for name in NAMES:
        if name not in described:
            findings.add(f"datapackage.json does not describe {name}")
        elif not (folder / name).is_file():
            raise DatasetError(f"{folder / name} is missing")
        elif (held := digest_file(folder / name)) != described[name]["hash"]:
            findings.add(
                f"{name} is not the file that was published: {held[:19]}..., not {described[name]['hash'][:19]}..."
            )


def _check_records(folder: Path, findings: Findings) -> set[str]:
    validator = Draft202012Validator(record_schema())
    seen: set[str] = set()
    before = ""
    for number, record in enumerate(read_lines(folder / "records.jsonl"), 1):
        where = f"records.jsonl, line {number}"
        for error in validator.iter_errors(record):
            findings.add(f"{where}: {error.json_path}: {error.message[:200]}")
        identity = str(record.get("id"))
        if identity in seen:
            findings.add(f"{where}: the id {identity} stands twice")
        if identity < before:
            findings.add(f"{where}: not sorted by id")
        seen.add(identity)
        before = identity
    findings.records = len(seen)
    return seen


def _check_certificate(folder: Path, coverage: dict[str, Any], ids: set[str], findings: Findings) -> None:
    """Work out from provenance and rejects what each walk saw, and compare it with what is certified."""
    places: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    told: set[str] = set()
    for line in read_lines(folder / "provenance.jsonl"):
        told.add(line["id"])
        for capture in line["captures"]:
            if capture["position"] is not None:
                places[capture["walk"]][capture["position"]].add(line["id"])
    for line in read_lines(folder / "rejects.jsonl"):
        if line["position"] is not None:
            places[line["walk"]][line["position"]]  # a place that was seen, with nothing readable in it
    if told != ids:
        findings.add(
            f"records.jsonl and provenance.jsonl tell of different records: {len(told ^ ids)} stand in one only"
        )
    for listing in coverage["listings"]:
        _compare(listing, places[listing["walk"]], findings)


def _compare(listing: dict[str, Any], places: dict[int, set[str]], findings: Findings) -> None:
    name = listing["listing"] or listing["label"]
    short = [tuple(r) for r in listing["short"]]
    seen = join_ranges([*((place, place) for place in places), *short])
    if seen != tuple(tuple(r) for r in listing["seen"]):
        findings.add(f"{name}: coverage.json says seen {listing['seen']}, provenance says {[list(r) for r in seen]}")
    if short or not places:
        return
    records = len(set().union(*places.values()))
    if records != listing["records"]:
        findings.add(f"{name}: coverage.json says {listing['records']} distinct records, provenance says {records}")
    if listing["verdict"].startswith("complete") and (listing["missing"] or records != listing["total"]):
        findings.add(f"{name}: certified {listing['verdict']} with {records} of {listing['total']}")


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
        value: dict[str, Any] = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    return value
