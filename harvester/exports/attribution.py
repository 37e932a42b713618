"""The line that says whose the records are and how they were had; every format carries it as far as it can."""

from harvester.dataset.package import attribute
from harvester.exports.source import Source


def attribution(source: Source) -> str:
    """Return the line as datapackage.json has it.

    A dataset of an earlier program does not have it: then it is made of the site's name, as nothing else is known.
    """
    told = source.package.get("attribution")
    return " ".join(told.split()) if isinstance(told, str) and told.strip() else attribute(source.site)


def last_complete(source: Source) -> str | None:
    """Return when the newest run began that walked a listing completely (UTC); None where no walk was complete."""
    whole = [listing["last_complete"] for listing in source.coverage["listings"]]
    return max((run["started"] for run in whole if run is not None), default=None)
