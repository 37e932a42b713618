"""Checks a release: every file by the manifest and the package, the certificate, and that all forms say the same."""

from pathlib import Path
from typing import Any

from harvester.dataset.findings import Findings
from harvester.dataset.publish import open_dataset
from harvester.dataset.verify import verify
from harvester.errors import DatasetError
from harvester.exports.release.manifest import read_manifest
from harvester.exports.release.parts import MANIFEST, PACKAGE, PARQUET, SQLITE, left_out_of
from harvester.exports.release.same_records import check_parquet
from harvester.exports.release.same_rows import check_sqlite
from harvester.exports.release.unpacking import Opened, opened_release

_TABLES = {"parquet": (PARQUET, check_parquet), "sqlite": (SQLITE, check_sqlite)}
_ADVICE = "Get the release again from where it came from."


def is_release(path: Path) -> bool:
    """Return whether a path names a release, and not a dataset: by either of two files, as one may be missing."""
    if path.is_dir() and not (path / MANIFEST).exists():
        return (path / PACKAGE).exists() and "release" in open_dataset(path)
    return path.exists()


def verify_release(path: Path) -> tuple[Findings, dict[str, Any], list[str]]:
    """Check a release, folder or zip; return what is wrong, its coverage.json, and what is left out or was not checked.

    Where any file is not as the manifest says nothing else is looked at, and the coverage is empty. Raises DatasetError
    if it is no release, or cannot be read at all.
    """
    with opened_release(path) as opened:
        findings = Findings(list(opened.faults))
        if MANIFEST not in opened.files:
            raise DatasetError(f"{path} is no release, or not all of one: it has no {MANIFEST}", advice=_ADVICE)
        if not findings.faults:
            _check_digests(opened, findings)
        if findings.faults:
            return findings, {}, []
        try:
            return _check_content(opened, findings)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DatasetError(f"{path} is not in the form of a release: {error}", advice=_ADVICE) from error


def _check_digests(opened: Opened, findings: Findings) -> None:
    """Compare what lies there with the manifest, both ways."""
    told = read_manifest((opened.folder / MANIFEST).read_bytes())
    there = {name: digest for name, (_, digest) in opened.files.items() if name != MANIFEST}
    for name in sorted(told.keys() | there.keys()):
        if name not in there:
            findings.add(f"{name} is missing")
        elif name not in told:
            findings.add(f"{name} is no file of this release")
        elif told[name] != there[name]:
            findings.add(f"{name} is not the file that was released: {there[name][:19]}..., not {told[name][:19]}...")


def _check_content(opened: Opened, findings: Findings) -> tuple[Findings, dict[str, Any], list[str]]:
    package = open_dataset(opened.folder)
    left_out = left_out_of(package)
    described = {one["path"]: (one["bytes"], one["hash"]) for one in package["resources"]}
    there = {name: told for name, told in opened.files.items() if name not in {MANIFEST, PACKAGE}}
    for name in sorted(described.keys() | there.keys()):
        if described.get(name) != there.get(name):
            findings.add(f"{PACKAGE} and {MANIFEST} tell differently of {name}")
    found, coverage = verify(opened.folder, left_out)
    findings.records = found.records
    findings.faults += found.faults
    notes = [f"left out of it: {', '.join(sorted(left_out))}"] if left_out else []
    for part, (name, check) in _TABLES.items():
        if (name in there) is (part in left_out):
            findings.add(f"{name} is {'missing' if part not in left_out else f'there, though {PACKAGE} leaves it out'}")
        elif name in there and not findings.faults:
            notes += check(opened.folder, findings)
    return findings, coverage, notes
