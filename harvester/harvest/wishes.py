"""Says by an address alone what a capture of it is wanted for, before its body is read."""

from collections.abc import Callable, Collection, Sequence
from enum import Enum

from harvester.items import Address
from harvester.sites import Site


class Wish(Enum):
    """What a capture is wanted for, where it is not a listing's page."""

    DOCUMENT = "the page of a document"
    FILE = "a file of a document: taken as it is, whatever its bytes are"


Judged = str | Wish | None


def judge_for(sites: Sequence[Site], *, files: bool = False, offered: Collection[str] = ()) -> Callable[..., Judged]:
    """Return what says of a capture for which kind it is passed over unread, or what it is wanted for.

    None stands for a listing's page. An address of a listing that is wrong in itself is to be read: that it cannot be
    understood is told then. Document pages are wanted of sites that read them, `files` only if they are asked for;
    `offered` are addresses of these, wherever on the site they lie.
    """
    taken = Wish.FILE if files else "file"

    def judge(url: str, listed: str | None = None, /) -> Judged:
        if listed == "file":
            return taken
        owner = _owner(url, sites)
        kind = kind_at(url, sites, offered)
        if owner is None or kind is None:
            return "other-site"
        if kind == "document" and owner.document_layouts:
            return Wish.DOCUMENT
        return {"listing": None, "file": taken}.get(kind, kind)

    return judge


def kind_at(url: str, sites: Sequence[Site], offered: Collection[str] = ()) -> str | None:
    """Return what the site that owns a URL says that it is: listing, document, file, other; None if none owns it.

    An address of a listing that is wrong in itself is one of a listing; what is nothing else may be an `offered` file.
    """
    owner = _owner(url, sites)
    try:
        address: Address | None = owner.explain(url) if owner is not None else None
    except ValueError:
        return "listing"
    if owner is None or address is None:
        return None
    return "file" if address.kind == "other" and owner.canonical_url(url) in offered else address.kind


def _owner(url: str, sites: Sequence[Site]) -> Site | None:
    return next((site for site in sites if site.owns(url)), None)
