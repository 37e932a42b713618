"""What tells walks, captures and rejects apart in the ledger."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WalkKey:
    """Which walk a page belongs to.

    `listing` is None for captures without a URL; then `label` names them for people and `scope` tells them apart.
    A live walk belongs to the run that began it, `begun` (None: the present one); `number` counts the passes. `crawl`
    is the id of the crawl that began a walk which is replayed from its snapshot.
    """

    kind: str  # live or captured
    listing: str | None
    sort: str | None
    proving: bool = False
    label: str | None = None
    scope: str = ""
    begun: int | None = None
    number: int = 1
    crawl: str | None = None

    def owner(self, run: int) -> int:
        """Return the run that the walk belongs to; 0 for captures, which any run may add to."""
        return (self.begun or run) if self.kind == "live" else 0

    def identity(self, run: int, number: int) -> str:
        """Return what tells the walk's pass of that number from all others."""
        owner = self.crawl or self.owner(run)
        return digest_of(self.kind, owner, self.listing, self.label, self.sort, self.scope, number)


def digest_of(*parts: object) -> str:
    """Return a key for values of any text; JSON keeps null, numbers and text apart."""
    plain = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("ascii")).hexdigest()[:40]
