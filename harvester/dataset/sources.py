"""Finds a record with its captures, that which gives it first, and what its document's own page says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harvester.dataset.states import PublishedState
from harvester.errors import UsageProblem
from harvester.identity import content_digest
from harvester.sites import Site


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its captures, that which gives it first, and why it does; and what its document's own page says.

    `changes` are its lines of the change feed; none in datasets of earlier programs, which have no feed.
    """

    record: dict[str, Any]
    captures: tuple[dict[str, Any], ...]
    reason: str
    document: dict[str, Any] | None = None
    changes: tuple[dict[str, Any], ...] = ()

    @property
    def addresses(self) -> set[str]:
        """Return the addresses by which the record is known."""
        return {self.record.get("url"), *(self.document["aliases"] if self.document else ())} - {None}


def find_record(folder: Path, wanted: str, site: Site | None) -> Record:
    """Return the record with that id or address, with its captures.

    It may be another address of its document's, or the id that a capture would have of itself.

    Raises UsageProblem if there is none, DatasetError if the folder is no dataset.
    """
    names = {wanted} | ({site.document_url(wanted)} - {None} if site is not None and "://" in wanted else set())
    state = PublishedState(folder)
    try:
        document = next(
            (line for line in state.documents() if names & {line["id"], line["url"], *line["aliases"]}), None
        )
        names |= {document["id"]} if document else set()
        for record, told in state.lines():
            if names & {record["id"], record["url"], *told.get("merged", ())}:
                mine = document if document is not None and document["id"] == record["id"] else None
                found = _ordered(record, told["captures"], mine)
                return replace(found, changes=tuple(c for c in state.changes() if c["id"] == record["id"]))
        gone = [change for change in state.changes() if change["id"] == wanted]
    finally:
        state.close()
    became = f"; run {gone[-1]['run']} {gone[-1]['change']} it ({gone[-1]['at'][:10]})" if gone else ""
    raise UsageProblem(f"{folder} has no record {wanted}{became}", advice="`harvest find` searches it by text or date.")


def is_of_document(capture: dict[str, Any]) -> bool:
    """Return whether a capture is of a document's own page; older datasets don't say so, and have none."""
    return capture.get("kind") == "document"


def _ordered(record: dict[str, Any], captures: list[dict[str, Any]], document: dict[str, Any] | None = None) -> Record:
    """Put the capture that gives the record first: of those that say what it says the best medium, then the newest.

    Of one medium a listing comes before the document's own page. Of several in one run any may stand for the others, as
    they say the same; the first listing and position does.
    """
    said = content_digest(record["url"], record["date_text"], record["title"], record["summary"])
    newest = sorted(captures, key=lambda c: (c["listing"] or "", c["position"] or 0, c["digest"]))
    newest.sort(key=lambda c: c["captured_at"] or "", reverse=True)
    newest.sort(key=lambda c: (c["content"] != said, c["medium"], is_of_document(c)))
    return Record(record, tuple(newest), _reason(newest), document)


def _reason(captures: Sequence[dict[str, Any]]) -> str:
    first, *others = captures
    if not others:
        return "it is the only one"
    equal = [other for other in others if other["medium"] == first["medium"]]
    rivals = [other for other in equal if is_of_document(other) == is_of_document(first)]
    if not equal:
        return f"{first['medium']} is a better medium than {others[0]['medium']}"
    if not rivals:
        return "a listing gives the record, before the document's own page"
    newest = f"it is the newest of {len(rivals) + 1} in {first['medium']}"
    if len(rivals) < len(equal):
        newest += " of listings"
    same = {other["content"] for other in rivals} == {first["content"]}
    return f"{newest}, which all say the same" if same else f"{newest}; others say something else"
