"""What a release tells people of itself in numbers, counted from the lines that it is made of."""

from collections import Counter
from dataclasses import dataclass, field

from harvester.exports.source import Source


@dataclass(slots=True)
class Figures:
    """How many there are, and from when to when; `open` dates have no first or no last day.

    `rights` counts each statement that documents' pages print.
    """

    records: int = 0
    withdrawn: int = 0
    undated: int = 0
    open: int = 0
    earliest: str | None = None
    latest: str | None = None
    documents: int = 0
    texts: int = 0
    files: int = 0
    fetched: int = 0
    rights: Counter[str] = field(default_factory=Counter)


def count(source: Source) -> Figures:
    """Return the figures of a dataset."""
    told = Figures()
    for record in source.records():
        told.records += 1
        told.withdrawn += record["withdrawn"]
        told.undated += record["date"] is None
        told.open += record["date"] is not None and None in (record["date_earliest"], record["date_latest"])
        told.earliest = min(filter(None, (told.earliest, record["date_earliest"])), default=None)
        told.latest = max(filter(None, (told.latest, record["date_latest"])), default=None)
    for line in source.documents():
        told.documents += 1
        told.texts += len(line["texts"])
        told.files += len(line["files"])
        told.fetched += sum(one["file"] is not None for one in line["files"])
        told.rights[line["rights"] or ""] += 1
    return told
