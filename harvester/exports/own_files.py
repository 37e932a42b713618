"""Keeps exports off the files that a dataset consists of."""

import re
from pathlib import Path

from harvester.dataset.documents import FILE as DOCUMENTS
from harvester.dataset.package import CHANGES, NAMES
from harvester.errors import UsageProblem

_LEDGER = re.compile(r"ledger\.sqlite(-\w+)?")
_NAMES = frozenset({*NAMES, DOCUMENTS, CHANGES, "datapackage.json", "report.html"})
_FOLDERS = frozenset({"texts", "files", "snapshot"})
_SCHEME = re.compile(r"sqlite:///", re.I)


def refuse_own_files(folder: Path, target: str) -> None:
    """Raise UsageProblem if an export would be written over a file of the dataset, or among its texts and captures."""
    if target == "-" or "://" in _SCHEME.sub("", target):
        return
    dataset, path = folder.resolve(), Path(_SCHEME.sub("", target)).resolve()
    if not path.is_relative_to(dataset):
        return
    first, *more = path.relative_to(dataset).parts or ("",)
    if (first in _FOLDERS) if more else (first in _NAMES or _LEDGER.fullmatch(first)):
        raise UsageProblem(
            f"{path} is the dataset's own, or lies among its files", advice="Name a file outside of the dataset folder."
        )
