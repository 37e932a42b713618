"""What a playing keeps account of, as values: what happened, and what was asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: at which request of its sort, to which target, of which kind, and what it did."""

    number: int
    target: str
    kind: str
    what: str
    sort: str = "page"

    def __str__(self) -> str:
        return f"{self.sort} request {self.number} ({self.target}): {self.kind}, {self.what}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One page request: which listing ("" is the whole archive), its total then, and the fault that met it, if any."""

    number: int
    target: str
    listing: str
    total: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One request for a document's page or for a file of it, and the fault that met it, if any."""

    number: int
    target: str
    fault: str | None
