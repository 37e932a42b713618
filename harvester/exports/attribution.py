"""The line that says whose the records are and how they were had; every format carries it as far as it can."""

from harvester.dataset.package import attribute
from harvester.exports.source import Source


def attribution(source: Source) -> str:
    """Return the line as datapackage.json has it.

    A dataset of an earlier program does not have it: then it is made of the site's name, as nothing else is known.
    """
    told = source.package.get("attribution")
    return " ".join(told.split()) if isinstance(told, str) and told.strip() else attribute(source.site)
