"""What goes with records wherever they go: whose they are, which published state they show, what was proved of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from harvester.exports.attribution import attribution
from harvester.exports.source import Source


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file of records comes from; `as_of` is the end of the last run (UTC), None if it did not come to one.

    `selection` is the query that found the records, None where they are all. `sources` are the archive's title and
    address, `verdicts` a listing and its verdict each.
    """

    title: str
    attribution: str
    sources: tuple[tuple[str, str], ...]
    dataset: str
    site: str
    digest: str
    selection: str | None
    as_of: datetime | None
    format_version: str
    readers: str
    verdicts: tuple[tuple[str, str], ...]

    @property
    def proved(self) -> list[dict[str, str]]:
        """Return what was proved of each listing, for formats that hold JSON."""
        return [{"listing": listing, "verdict": verdict} for listing, verdict in self.verdicts]

    @property
    def facts(self) -> dict[str, str]:
        """Return what is one line each, by its name; what is not known is left out."""
        told = {
            "title": self.title,
            "attribution": self.attribution,
            "dataset": self.dataset,
            "site": self.site,
            "dataset_digest": self.digest,
            "format_version": self.format_version,
            "readers": self.readers,
        }
        told |= {"selection": self.selection} if self.selection is not None else {}
        return told | ({"as_of": self.as_of.strftime("%Y-%m-%dT%H:%M:%SZ")} if self.as_of else {})


def origin_of(source: Source) -> Origin:
    """Return where the records of a dataset come from."""
    package = source.package
    return Origin(
        package["title"],
        attribution(source),
        tuple((one["title"], one["path"]) for one in package.get("sources", ())),  # those of earlier programs have none
        source.name,
        source.site,
        source.digest,
        source.selection,
        datetime.fromisoformat(source.as_of).astimezone(UTC) if source.as_of else None,
        package["format_version"],
        package["readers"],
        # Captures may not say of which listing they are; such a one has the name of its file.
        tuple((one["listing"] or one["label"] or "listing", one["verdict"]) for one in source.coverage["listings"]),
    )
