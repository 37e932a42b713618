"""What the published files of a dataset show of it, read in a moment: how many records, which verdicts, walked when."""

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from harvester.coverage import AS_CAPTURED, COMPLETE, DRIFTED, INCOMPLETE, NOT_WALKED, UNVERIFIABLE, WHOLE
from harvester.dataset.certificate import exit_code, lacks_rows
from harvester.dataset.documents import lack_still, say_documents
from harvester.dataset.publish import open_dataset
from harvester.dataset.screen import say_listing
from harvester.errors import DatasetError, Exit

# The worst first; each stands for those behind it.
_VERDICTS = (NOT_WALKED, INCOMPLETE, DRIFTED, UNVERIFIABLE, AS_CAPTURED, COMPLETE)
_TOLD = ("listing", "label", "order", "kind", "verdict", "total", "rows", "reasons")
# A record is written with this field last; within a text the quotation mark before the colon would be escaped.
_WITHDRAWN = b'"withdrawn":true}\n'


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset by its files: `lacking` are lines for people on what is not had whole, none where all is.

    `walked` is when every listing had been walked whole for the last time (UTC), None if one of them never was.
    """

    site: str
    records: int
    withdrawn: int
    verdict: str
    lacking: tuple[str, ...]
    listings: tuple[dict[str, Any], ...]
    documents: str | None
    walked: str | None
    code: Exit


def read_shown(folder: Path) -> Shown:
    """Return what the files show; raises DatasetError if they are not those that were published, by their sizes."""
    package = open_dataset(folder)
    try:
        for resource in package["resources"]:
            _check(folder, resource)
        coverage = orjson.loads((folder / "coverage.json").read_bytes())
        rows = next(resource["rows"] for resource in package["resources"] if resource["path"] == "records.jsonl")
        return _shown(coverage, rows, _count(folder / "records.jsonl", _WITHDRAWN))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise DatasetError(
            f"{folder} is not in the form of a dataset: {type(error).__name__} {error}", advice=_ADVICE
        ) from error


_ADVICE = "`harvest verify` says what is wrong; the next run publishes anew, if its ledger is whole."


def _check(folder: Path, resource: Mapping[str, Any]) -> None:
    path = folder / resource["path"]
    if not path.is_file():
        raise DatasetError(f"{path} is missing", advice=_ADVICE)
    if path.stat().st_size != resource["bytes"]:
        raise DatasetError(f"{path} is not the file that was published", advice=_ADVICE)


def _count(path: Path, what: bytes) -> int:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return 0
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            count, at = 0, held.find(what)
            while at >= 0:
                count, at = count + 1, held.find(what, at + len(what))
            return count


def _shown(coverage: Mapping[str, Any], records: int, withdrawn: int) -> Shown:
    listings, documents = coverage["listings"], coverage["documents"]
    short = [listing for listing in listings if lacks_rows(listing, listings)]
    wanting = lack_still(documents)
    return Shown(
        coverage["site"],
        records,
        withdrawn,
        _verdict(short or listings, documents, wanting=wanting),
        (*map(say_listing, short), *(say_documents(documents) if wanting else ())),
        tuple(_told(listing) for listing in listings),
        documents and documents["verdict"],
        _walked(listings),
        exit_code(listings, [], lacking=wanting),
    )


def _verdict(listings: Sequence[Mapping[str, Any]], documents: Mapping[str, Any] | None, *, wanting: bool) -> str:
    """Return the worst verdict among listings; that of documents where the listings are whole and it is worse."""
    worst = min((_VERDICTS.index(listing["verdict"]) for listing in listings), default=None)
    if documents is not None and (worst is None or (wanting and _VERDICTS[worst] in WHOLE)):
        return f"documents {documents['verdict']}"
    return NOT_WALKED if worst is None else _VERDICTS[worst]


def _told(listing: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: listing[name] for name in _TOLD}
    return {**said, "walked": _walked_at(listing), "looked": listing.get("looked")}


def _walked(listings: Sequence[Mapping[str, Any]]) -> str | None:
    times = [_walked_at(listing) for listing in listings if listing["kind"] == "live"] or [
        _walked_at(listing) for listing in listings
    ]
    known = [time for time in times if time is not None]
    return min(known) if known and len(known) == len(times) else None


def _walked_at(listing: Mapping[str, Any]) -> str | None:
    """Return when a listing was last seen whole: the time of the last page of that walk, or the end of its run."""
    if listing["verdict"] in WHOLE:
        last: str | None = listing["captured"]["last"]
        return last
    whole = listing["last_complete"]
    return None if whole is None else whole["finished"]
