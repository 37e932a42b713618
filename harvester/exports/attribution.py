"""The line that says whose the records are and how they were had; every format carries it as far as it can."""

from harvester.dataset.package import attribute
from harvester.exports.source import Source


def attribution(source: Source) -> str:
    """Return the line as datapackage.json has it.

    A dataset of an earlier program does not have it: then it is made of the site's name, as nothing else is known.
    Of a selection it says by which query it was made.
    """
    told = source.package.get("attribution")
    line = " ".join(told.split()) if isinstance(told, str) and told.strip() else attribute(source.site)
    return line if source.selection is None else f"{line}; {_say_selection(source.selection)}"


def _say_selection(query: str) -> str:
    return f"a selection: the records found by “{' '.join(query.split())}”"
