"""What an archive yields, one after the other: captures, damage, and what it was not asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from harvester.captures import Capture
from harvester.errors import PageError


@dataclass(frozen=True, slots=True)
class Damaged:
    """A piece of an archive that could not be read: where it lies, and the error that says why. The rest is read."""

    error: PageError
    file: str
    offset: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A capture that was not asked for and not read; `kind` says what it is (other-site, document, content-type...)."""

    kind: str


Find = Capture | Damaged | PassedOver

# Given a capture's URL, returns the kind for which it is passed over unread; None where it is to be read.
Judge = Callable[[str], str | None]
