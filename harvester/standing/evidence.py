"""What is known of a run once it has ended: its exit code, what its ledger and coverage.json say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvester.coverage import COMPLETE
from harvester.dataset.certificate import lacks_rows
from harvester.dataset.documents import lack_still, say_documents
from harvester.dataset.publish import of_run
from harvester.dataset.screen import say_listing
from harvester.ledger.afterwards import EXPORT, Aftermath

_MOST_FACTS = 50
_TOLD_OF_LISTING = ("listing", "order", "verdict", "total", "rows", "reasons")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a run.

    `aftermath` is what its ledger says of it (None: it never began, or the ledger cannot be read), `coverage` the
    content of coverage.json as it is now (None: there is none); `faults` are sentences of what went wrong, for where no
    ledger tells.
    """

    code: int
    run: int | None = None
    aftermath: Aftermath | None = None
    coverage: Mapping[str, Any] | None = None
    faults: Sequence[str] = ()

    def troubles(self) -> list[dict[str, Any]]:
        """Return what went wrong, as kind, message and listing."""
        if self.aftermath is not None:
            return [dict(trouble) for trouble in self.aftermath.troubles]
        return [{"kind": "failed", "message": fault, "listing": None} for fault in dict.fromkeys(self.faults)]

    def lacking(self) -> list[dict[str, Any]]:
        """Return the listings of coverage.json that the run walked or added to, and that are not had whole."""
        listings = [] if self.coverage is None or self.run is None else of_run(dict(self.coverage), self.run)
        return [listing for listing in listings if lacks_rows(listing, listings)]

    def documents(self) -> dict[str, Any] | None:
        """Return the account of documents, if something stands against them."""
        documents = None if self.coverage is None else self.coverage.get("documents")
        return documents if documents is not None and documents["verdict"] != COMPLETE else None

    def say_lacking(self) -> list[str]:
        """Return a line for each listing that lacks something, and those of the documents."""
        return [*map(say_listing, self.lacking()), *say_documents(self.documents())]

    def still_lacking(self) -> list[str]:
        """Return lines on all that the certificate lacks, whether this run was to fill it or not."""
        if self.coverage is None:
            return []
        listings, documents = self.coverage["listings"], self.coverage["documents"]
        short = [listing for listing in listings if lacks_rows(listing, listings)]
        return [*map(say_listing, short), *(say_documents(documents) if lack_still(documents) else ())]

    def failed_exports(self) -> bool:
        """Return whether a command that is declared to run after the harvest failed."""
        return any(trouble["kind"] == EXPORT for trouble in self.troubles())

    def last_whole(self) -> str | None:
        """Return the last day on which a listing was had whole."""
        wholes = [listing["last_complete"] for listing in (self.coverage or {}).get("listings", [])]
        return max((str(whole["started"])[:10] for whole in wholes if whole is not None), default=None)

    def facts(self) -> dict[str, Any]:
        """Return all this for machines, no list longer than fifty."""
        documents = self.documents()
        return {
            "troubles": self.troubles()[:_MOST_FACTS],
            "listings": [
                {**{name: listing[name] for name in _TOLD_OF_LISTING}, "missing": listing["missing"][:_MOST_FACTS]}
                for listing in self.lacking()[:_MOST_FACTS]
            ],
            "documents": documents and {name: documents[name] for name in ("verdict", "reasons")},
        }
