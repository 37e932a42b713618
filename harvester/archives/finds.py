"""What an archive yields, one after the other: captures, damage, and what it was not asked for."""

from dataclasses import dataclass
from typing import Protocol

from harvester.captures import Capture
from harvester.errors import PageError
from harvester.harvest.wishes import Judged


@dataclass(frozen=True, slots=True)
class Damaged:
    """A piece of an archive that could not be read: where it lies, and the error that says why. The rest is read.

    `wanted` is document or file where a crawl's own list says that it is one.
    """

    error: PageError
    file: str
    offset: int | None = None
    url: str | None = None
    wanted: str | None = None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A capture that was not asked for and not read; `kind` says what it is (other-site, document, content-type...)."""

    kind: str


Find = Capture | Damaged | PassedOver


class Judge(Protocol):
    """Says of captures whether they are wanted."""

    def __call__(self, url: str, listed: str | None = None, /) -> Judged:
        """Return the kind for which a capture of a URL is passed over unread; what it is wanted for, or None.

        None stands for a listing's page, which is to be read. `listed` is what a crawl's own list says that it is.
        """


def wants_all(_url: str, _listed: str | None = None, /) -> None:
    """Pass nothing over, and read all as pages."""
