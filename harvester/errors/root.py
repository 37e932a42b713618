"""The root of the one tree of errors: each says what happened, where, what to do next, and its exit code."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, one per cause; docs/exit-codes.md is the table for people."""

    COMPLETE = 0
    UNEXPECTED = 1
    USAGE = 2
    INCOMPLETE = 3
    REFUSED = 4
    UNREACHABLE = 5
    UNREADABLE = 6
    DATASET = 7
    DESTINATION = 8
    INTERRUPTED = 130


WORST_FIRST = (
    Exit.UNEXPECTED,
    Exit.DATASET,
    Exit.DESTINATION,
    Exit.UNREADABLE,
    Exit.REFUSED,
    Exit.UNREACHABLE,
    Exit.INCOMPLETE,
)


def worst(codes: Iterable[Exit]) -> Exit:
    """Return the code that stands for several causes: the first of WORST_FIRST among them, else COMPLETE."""
    present = set(codes)
    return next((code for code in WORST_FIRST if code in present), Exit.COMPLETE)


class HarvestError(Exception):
    """The root: `kind` names the cause in data, `advice` says what to do next, `where` names the place."""

    kind = "unexpected"
    code = Exit.UNEXPECTED
    advice = "Run it again with --debug and report what it prints."

    def __init__(self, message: str, *, where: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        if advice is not None:
            self.advice = advice

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageProblem(HarvestError):
    """The command was asked for something that it cannot be asked for."""

    kind = "usage"
    code = Exit.USAGE
    advice = "See --help."


class DatasetError(HarvestError):
    """The dataset folder is in use, damaged, not writable, or not a dataset."""

    kind = "dataset"
    code = Exit.DATASET
    advice = "Nothing was changed. Harvest into another folder, or restore this one from a copy."


class DatasetBusy(DatasetError):
    """Another process holds the dataset."""

    advice = "Wait until it ends, or use another folder (-o)."


class DatasetDamaged(DatasetError):
    """The ledger is damaged, or missing beside records."""

    advice = "Nothing was changed. Restore it from a copy, or build the dataset anew with crawl --fresh."


class PageError(HarvestError):
    """A capture that is no results listing, or none that can be read."""

    kind = "page"
    code = Exit.UNREADABLE
