"""How a run ended, as the ledger keeps it: what it asked for, what troubled it, its exit code."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from harvester.dataset.certificate import Trouble
from harvester.errors import Exit
from harvester.ledger import Ledger
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class History:
    """What a run tells of itself: requests, bytes that came; without a place or address of this very machine."""

    site: Site
    folder: Path
    requests: int = 0
    size: int = 0

    def note(
        self,
        ledger: Ledger,
        run: int,
        troubles: Iterable[Trouble],
        ended: str | None = None,
        code: Exit | None = None,
    ) -> None:
        """Note it in the ledger; with `ended` that the run is over. Raises DatasetError."""
        told = orjson.dumps(self._told(troubles)).decode()
        ledger.note_end(run, (self.requests, self.size), told, ended, None if code is None else int(code))

    def _told(self, troubles: Iterable[Trouble]) -> list[dict[str, str | None]]:
        """Return one trouble of each kind and listing: rejects.jsonl has them all, and there may be a million."""
        kinds: dict[tuple[str, str | None], list[Trouble]] = {}
        for trouble in troubles:
            kinds.setdefault((trouble.kind, trouble.listing), []).append(trouble)
        return [
            {"kind": kind, "message": self._say(alike), "listing": listing} for (kind, listing), alike in kinds.items()
        ]

    def _say(self, alike: list[Trouble]) -> str:
        said = self.site.fold_hosts(alike[0].message).replace(str(self.folder), "the dataset")
        return said if len(alike) == 1 else f"{said} - and {len(alike) - 1:,} more of this kind"
