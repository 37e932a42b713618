"""Checks a dataset independently of what made it: digests, schema, order, and the certificate from provenance."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from harvester.dataset.findings import Findings, read_lines
from harvester.dataset.package import NAMES, readers, record_schema
from harvester.dataset.publish import open_dataset
from harvester.dataset.recount import check_certificate
from harvester.dataset.writing import digest_file
from harvester.dates import read_edtf, read_printed
from harvester.errors import DatasetError
from harvester.identity import content_digest
from harvester.sites import load_sites


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
            check_certificate(folder, coverage, contents, findings)
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


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path} is not in the form of a dataset")
    return value
