"""What a web archive answers in the place of a capture."""

from harvester.errors.root import Exit, PageError


class NotArchived(PageError):
    """The index of a web archive has no capture that may be of what is wanted."""

    kind = "not-archived"
    code = Exit.INCOMPLETE
    advice = (
        "Look the address up in the web archive itself; try the listing without its facets, or replay other captures."
    )


class MissingMemento(PageError):
    """A capture that the index names cannot be had: it is not archived after all, or no page came of it."""

    kind = "no-memento"
    code = Exit.INCOMPLETE
    advice = "Run the same command again later, or replay captures from elsewhere into this folder."


class ExcludedSite(PageError):
    """The web archive does not show this site, by its owner's wish or its robots.txt."""

    kind = "excluded"
    code = Exit.REFUSED
    advice = "The web archive keeps this site to itself. Write to it, or replay captures from elsewhere."
