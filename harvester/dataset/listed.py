"""What one side of a comparison can claim of its listings: only a complete walk makes an absence a fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from harvester.coverage import COMPLETE, WHOLE
from harvester.dataset.certificate import coverage_data
from harvester.dataset.screen import say_listing
from harvester.ledger import PastLedger, Walked


@dataclass(frozen=True, slots=True)
class Listed:
    """One listing's last walk: its verdict (None: none was published), its total, when it was captured (UTC).

    `said` is a line about it for people.
    """

    listing: str | None
    verdict: str | None
    total: int | None
    first: str | None
    last: str | None
    said: str

    @property
    def is_whole(self) -> bool:
        """Return whether every range of it was seen."""
        return self.verdict in WHOLE

    @property
    def is_proof(self) -> bool:
        """Return whether a record that it does not show was not there."""
        return self.verdict == COMPLETE

    def as_data(self) -> dict[str, Any]:
        """Return what is told of it in data."""
        return {name: getattr(self, name) for name in ("listing", "verdict", "total", "first", "last")}


def listed_now(coverage: dict[str, Any]) -> tuple[Listed, ...]:
    """Return the listings of a coverage.json."""
    return tuple(
        Listed(
            told["listing"], told["verdict"], told["total"], told["captured"]["first"], told["captured"]["last"],
            say_listing(told),
        )
        for told in coverage["listings"]
    )  # fmt: skip


def listed_then(past: PastLedger, walks: Iterable[Walked]) -> tuple[Listed, ...]:
    """Return the listings of a ledger that was rewound.

    Captured pages are all kept, and accounted for anew. Of live walks the verdict that was published is kept.
    """
    live = {(walk["listing"], walk["sort"]): _live(walk) for walk in past.live_walks()}
    captured = [walked for walked in walks if walked.kind == "captured"]
    runs: dict[int, dict[str, Any]] = {walked.run: {} for walked in captured}
    return (*live.values(), *listed_now(coverage_data(past.site, captured, runs)))


def _live(walk: dict[str, Any]) -> Listed:
    verdict, total = walk["verdict"], walk["total"]
    number = "total unknown" if total is None else f"{total} announced"
    said = f"{walk['listing']}: {number} - {verdict or 'no verdict was published'}"
    return Listed(walk["listing"], verdict, total, walk["started"], walk["finished"] or walk["went_on"], said)
