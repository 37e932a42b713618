"""The account of documents: what the records promise, what their own pages gave, and what may be claimed of that."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harvester.coverage.verdict import COMPLETE, INCOMPLETE

WITH_UNKNOWNS = "read with unknowns"
UNLISTED = "no listing says how many there are"
# An unknown part of a page is told of the document that has it; the page was read all the same.
UNKNOWN = "unknown-label"


@dataclass(slots=True)
class DocumentAccount:
    """Counts records, documents and failures as they pass, in any order but that of the documents, which is by id."""

    records: int = 0
    without_address: int = 0
    texts: int = 0
    differing: int = 0
    with_unknown: int = 0
    documents: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    files: dict[str, bool] = field(default_factory=dict)
    unknown: dict[str, list[Any]] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: list[str | None] = field(default_factory=list)

    def add_record(self, record: str, url: str | None) -> None:
        """Count a record, whose document lies at its address if it has one."""
        self.records += 1
        self.without_address += url is None
        if url is not None:
            self.linked.add(record)

    def add_document(self, line: Mapping[str, Any]) -> None:
        """Count a line of documents.jsonl."""
        self.documents.add(line["id"])
        self.addresses |= {line["url"], *line["aliases"]}
        self.texts += len(line["texts"])
        self.differing += bool(line["differs"])
        self.with_unknown += bool(line["unknown"])
        for link in line["files"]:
            self.files[link["url"]] = self.files.get(link["url"], False) or link["hash"] is not None
        for label in sorted({part["label"] for part in line["unknown"]}):
            first = next(part for part in line["unknown"] if part["label"] == label)
            example = {"id": line["id"], "place": first["place"], "text": first["text"]}
            self.unknown.setdefault(label, [0, example])[0] += 1

    def add_reject(self, line: Mapping[str, Any]) -> None:
        """Count a line of rejects.jsonl, if it is a document's page or a file that could not be read or had."""
        wanted = line.get("wanted")
        if wanted is None or line["reason"] == UNKNOWN:
            return
        self.failures[wanted, line["reason"]] += 1
        if wanted == "document":
            self.unread.append(line["url"])

    def as_data(self, wanted: str | None, *, listed: bool) -> dict[str, Any] | None:
        """Return the account as coverage.json has it; None if there is no document and none was wanted.

        `wanted` is the most that any run wanted: "documents" or "documents files"; `listed` says whether a listing was
        walked at all. Pages are `unread` if they could not be read and no other page was read of the document.
        """
        if not self.documents and wanted is None:
            return None
        missing = sorted(self.linked - self.documents)
        lacking = sorted(url for url, fetched in self.files.items() if not fetched)
        unread = sum(url is None or url.partition("?")[0] not in self.addresses for url in self.unread)
        against = self._against(missing, unread, lacking if "files" in (wanted or "") else [])
        labels = sorted(self.unknown)
        verdict = INCOMPLETE if against else WITH_UNKNOWNS if labels else COMPLETE
        if labels:
            told = ", ".join(label or "no label" for label in labels)
            against.append(f"{_count(self.with_unknown, 'document')} with unknown labels: {told}")
        return {
            "wanted": wanted,
            "records": self.records,
            "documents": len(self.documents),
            "missing": missing,
            "without_address": self.without_address,
            "unread": unread,
            "unknown": [
                {"label": label, "documents": self.unknown[label][0], "example": self.unknown[label][1]}
                for label in labels
            ],
            "with_unknown": self.with_unknown,
            "differing": self.differing,
            "texts": self.texts,
            "files": {"promised": len(self.files), "fetched": len(self.files) - len(lacking), "missing": lacking},
            "failures": [
                {"wanted": wanted, "reason": reason, "count": count}
                for (wanted, reason), count in sorted(self.failures.items())
            ],
            "verdict": verdict,
            "reasons": against + ([] if listed else [UNLISTED]),
        }

    def _against(self, missing: Sequence[str], unread: int, lacking: Sequence[str]) -> list[str]:
        """Return what stands against "complete", but for what is not known of the documents that were read."""
        reasons = []
        if missing:
            reasons.append(f"{_count(len(missing), 'record')} without a document")
        if self.without_address:
            reasons.append(f"{_count(self.without_address, 'record')} without an address to ask at")
        if unread:
            reasons.append(f"{_count(unread, 'page')} of documents could not be read")
        if lacking:
            reasons.append(f"{_count(len(lacking), 'file')} missing")
        return reasons


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
