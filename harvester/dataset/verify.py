"""Checks a dataset independently of what made it: digests, schema, order, and the certificate from provenance."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from harvester.dataset.check_changes import ToldChanges
from harvester.dataset.check_documents import check_account, check_documents
from harvester.dataset.check_runs import ToldRuns
from harvester.dataset.check_withdrawn import Claims
from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.findings import Findings, read_lines
from harvester.dataset.package import CHANGES, NAMES, readers, record_schema
from harvester.dataset.publish import open_dataset
from harvester.dataset.recount import check_certificate
from harvester.dataset.redating import date_faults
from harvester.dataset.writing import digest_file
from harvester.errors import DatasetError
from harvester.identity import content_digest

_NOT_ALWAYS = (CHANGES, DOCUMENTS)


def verify(folder: Path, left_out: Collection[str] = ()) -> tuple[Findings, dict[str, Any]]:
    """Check a dataset folder; return what is wrong with it, and its coverage.json.

    `left_out` ("texts", "files") are not asked for: a release may be without them.
    Raises DatasetError if the folder is no dataset, or a file is missing or cannot be read at all.
    """
    package = open_dataset(folder)
    findings = Findings()
    coverage = _read_json(folder / "coverage.json")
    try:
        _check_digests(folder, package, findings)
        if not findings.faults:
            same_readers = package.get("readers") == readers()
            runs = ToldRuns(coverage, findings)
            told, claims = _told_changes(folder, package, runs, findings), Claims(coverage, runs, findings)
            contents, urls = _check_records(folder, findings, told, claims, same_readers=same_readers)
            check_certificate(folder, coverage, contents, findings, claims.check)
            lines = _documents(folder, package)
            site = coverage["site"]
            if check_documents(folder, site, lines, urls, findings, same_readers=same_readers, left_out=left_out):
                check_account(folder, coverage, lines, urls, findings)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise DatasetError(f"{folder} is not in the form of a dataset: {type(error).__name__} {error}") from error
    return findings, coverage


def _check_digests(folder: Path, package: dict[str, Any], findings: Findings) -> None:
    described = {resource["path"]: resource for resource in package["resources"]}
    for name in (*NAMES, *(name for name in _NOT_ALWAYS if name in described)):
        if name not in described:
            findings.add(f"datapackage.json does not describe {name}")
        elif not (folder / name).is_file():
            raise DatasetError(f"{folder / name} is missing")
        elif (held := digest_file(folder / name)) != described[name]["hash"]:
            findings.add(
                f"{name} is not the file that was published: {held[:19]}..., not {described[name]['hash'][:19]}..."
            )
    for name in _NOT_ALWAYS:
        if name not in described and (folder / name).exists():
            findings.add(f"datapackage.json does not describe {name}")


def _told_changes(folder: Path, package: dict[str, Any], runs: ToldRuns, findings: Findings) -> ToldChanges | None:
    """Return what the change feed amounts to; None of a dataset of an earlier program, which has none."""
    described = any(resource["path"] == CHANGES for resource in package["resources"])
    return ToldChanges(folder, runs, findings) if described else None


def _check_records(
    folder: Path, findings: Findings, told: ToldChanges | None, claims: Claims, *, same_readers: bool
) -> tuple[dict[str, str], dict[str, str | None]]:
    """Check each record by itself and by the feed; return the digest of what each says, and its address, by id."""
    validator = Draft202012Validator(record_schema())
    contents: dict[str, str] = {}
    urls: dict[str, str | None] = {}
    before = ""
    for number, record in enumerate(read_lines(folder / "records.jsonl"), 1):
        where = f"records.jsonl, line {number}"
        faults = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(record)]
        for fault in faults or date_faults(record, record["site"], same_readers=same_readers):
            findings.add(f"{where}: {fault}")
        if faults:
            continue
        if record["id"] <= before:
            findings.add(f"{where}: not sorted by id, or the id {record['id']} stands twice")
        before = record["id"]
        contents[before] = content_digest(record["url"], record["date_text"], record["title"], record["summary"])
        urls[before] = record["url"]
        claims.note(record)
        if told is not None:
            told.compare(record)
    if told is not None:
        told.end()
    findings.records = len(contents)
    return contents, urls


def _documents(folder: Path, package: dict[str, Any]) -> list[dict[str, Any]]:
    described = any(resource["path"] == DOCUMENTS for resource in package["resources"])
    return list(read_lines(folder / DOCUMENTS)) if described else []


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path} is not in the form of a dataset")
    return value
