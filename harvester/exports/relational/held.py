"""What a database holds of a dataset, told by the one row of its table `harvest_load`."""

from collections.abc import Mapping
from dataclasses import dataclass

from harvester.exports.attribution import attribution
from harvester.exports.relational.tables import Column, Table, as_json, integer, text
from harvester.exports.source import Source

FORMAT = 1
NAME = "harvest_load"
# Those that every format has, so that any program can say what it met.
KNOWN_BY = ("format", "dataset", "site")
COLUMNS = (
    integer("format", "The version of these tables"),
    text("dataset", "The name of the dataset's folder"),
    text("site", "The name of the site"),
    text("digest", "Stands for the published state that was loaded"),
    integer("position", "The last number of the change feed that was loaded; 0 without a feed"),
    text("position_digest", "Stands for the line of the feed with that number"),
    text("documents_digest", "Stands for documents.jsonl; null without documents", nullable=True),
    text("as_of", "When the last run before the load ended (UTC); null if it did not", nullable=True),
    text("readers", "The versions of all that decides what is read from a page"),
    text("attribution", "Whose the records are and how they were had, in one line"),
    Column("rows", "json", "How many rows each table had after the load"),
)
LOAD = Table(NAME, "What is loaded; one row", COLUMNS, ("dataset",), lambda source, line: ())


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
    attribution: str
    rows: str

    @classmethod
    def of_format(cls, number: int, dataset: str, site: str) -> "Held":
        """Return what is known of a database whose tables are of another format."""
        return cls(number, dataset, site, "", 0, "", None, None, "", "", "")

    def is_of(self, source: Source, rows: Mapping[str, int]) -> bool:
        """Return whether a dataset is as it was loaded, and the tables have as many rows as they had then."""
        told = (source.digest, source.package["readers"], attribution(source), as_json(rows))
        return (self.digest, self.readers, self.attribution, self.rows) == told


def state_of(source: Source, position: int, position_digest: str, rows: Mapping[str, int]) -> Held:
    """Return what a database holds once a dataset is loaded into it, up to a position of its feed."""
    return Held(
        FORMAT, source.name, source.site, source.digest, position, position_digest, documents_digest(source),
        source.as_of, source.package["readers"], attribution(source), as_json(rows),
    )  # fmt: skip


def documents_digest(source: Source) -> str | None:
    """Return what stands for all that is published of documents, None where nothing is."""
    hashes = {resource["path"]: resource["hash"] for resource in source.published}
    return hashes.get("documents.jsonl")
