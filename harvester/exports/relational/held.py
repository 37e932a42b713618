"""What a database holds of a dataset, told by the one row of its table `harvest_load`."""

import hashlib
from dataclasses import dataclass

import orjson

from harvester.exports.relational.tables import Column
from harvester.exports.source import Source

FORMAT = 1
NAME = "harvest_load"
COLUMNS = (
    Column("format", "integer", "The version of these tables"),
    Column("dataset", "text", "The name of the dataset's folder"),
    Column("site", "text", "The name of the site"),
    Column("digest", "text", "Stands for the published state that was loaded"),
    Column("position", "integer", "The last number of the change feed that was loaded; 0 without a feed"),
    Column("position_digest", "text", "Stands for the line of the feed with that number"),
    Column("documents_digest", "text", "Stands for documents.jsonl; null without documents", nullable=True),
    Column("as_of", "text", "When the last run before the load ended (UTC); null if it did not", nullable=True),
    Column("readers", "text", "The versions of all that decides what is read from a page"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """The published state that a database holds; the fields are the columns of `harvest_load`."""

    format: int
    dataset: str
    site: str
    digest: str
    position: int
    position_digest: str
    documents_digest: str | None
    as_of: str | None
    readers: str


def state_of(source: Source) -> Held:
    """Return what a database holds once a dataset is loaded into it."""
    position, told = 0, ""
    for change in source.changes():
        position, told = change["seq"], digest_change(change)
    hashes = {resource["path"]: resource["hash"] for resource in source.package["resources"]}
    ends = [one["last_run"].get("finished") for one in source.coverage["listings"]]
    return Held(
        FORMAT, source.name, source.site, source.digest, position, told, hashes.get("documents.jsonl"),
        max((end for end in ends if end), default=None), source.package["readers"],
    )  # fmt: skip


def digest_change(change: dict[str, object]) -> str:
    """Return what stands for a line of the change feed."""
    return hashlib.sha256(orjson.dumps(change)).hexdigest()[:32]
