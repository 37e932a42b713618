"""Keeps exports off the files that a dataset consists of, be it the one that is exported or another."""

import re
from pathlib import Path

from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.package import CHANGES, NAMES
from harvester.errors import UsageProblem
from harvester.exports.release.parts import MANIFEST, PACKAGE, PARQUET, README, SQLITE

_LEDGER = re.compile(r"ledger\.sqlite(-\w+)?")
_NAMES = frozenset({*NAMES, DOCUMENTS, CHANGES, PACKAGE, "report.html"})
_RELEASED = frozenset({MANIFEST, PARQUET, README, SQLITE})
_FOLDERS = frozenset({"texts", "files", "snapshot"})
_SCHEME = re.compile(r"sqlite:///", re.I)


def refuse_own_files(folder: Path, target: str) -> None:
    """Raise UsageProblem if an export would be written over a file of a dataset, or among its texts and captures.

    A release is a dataset, too, and the tables in it are its own.
    """
    if target == "-" or "://" in _SCHEME.sub("", target):
        return
    own, path = folder.resolve(), Path(_SCHEME.sub("", target)).resolve()
    for dataset in path.parents:
        if (dataset == own or _is_dataset(dataset)) and _has(dataset, path):
            whose = "the dataset's" if dataset == own else f"the dataset {dataset.name}'s"
            raise UsageProblem(
                f"{path} is {whose} own, or lies among its files", advice="Name a file outside of the dataset folder."
            )


def _is_dataset(folder: Path) -> bool:
    """Return whether a folder is a dataset, or about to be one: a first harvest begins with the ledger."""
    return (folder / "ledger.sqlite").exists() or all((folder / name).exists() for name in (PACKAGE, "coverage.json"))


def _has(dataset: Path, path: Path) -> bool:
    """Return whether a file within a dataset's folder is one of those that it consists of."""
    first, *more = path.relative_to(dataset).parts
    if more:
        return first in _FOLDERS
    released = first in _RELEASED and (dataset / MANIFEST).exists()
    return released or first in _NAMES or _LEDGER.fullmatch(first) is not None
