"""What is claimed of a dataset's documents, in data and in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from harvester.coverage import COMPLETE, INCOMPLETE, UNLISTED, DocumentAccount
from harvester.ledger import Ledger, Projection

FILE = "documents.jsonl"
_MOST_LABELS = 3
_MOST_KINDS = 3
UNKNOWNS_ADVICE = "Look at them in documents.jsonl (`unknown`): they are kept as they stand there, nothing is lost."


def wanted_by(ledger: Ledger) -> str | None:
    """Return the most that any run was to bring beside listings: null, "documents", or "documents files"."""
    return max((run for (run,) in ledger.db.execute("SELECT wanted FROM run") if run), default=None)


def has_documents(ledger: Ledger) -> bool:
    """Return whether a document's page is held."""
    return ledger.db.execute("SELECT 1 FROM document LIMIT 1").fetchone() is not None


def account_of(projection: Projection) -> DocumentAccount:
    """Return the account of a ledger's documents; publishing makes it of the lines as they pass."""
    account = DocumentAccount()
    for record, _ in projection.records():
        account.add_record(record.id, record.url)
    for line in projection.documents():
        account.add_document(line)
    for line in projection.rejects():
        account.add_reject(line)
    return account


def documents_data(
    ledger: Ledger, account: DocumentAccount, runs: Mapping[int, Mapping[str, Any]], *, listed: bool
) -> dict[str, Any] | None:
    """Return the object `documents` of coverage.json: the account, and the last run that brought a document's page."""
    told = account.as_data(wanted_by(ledger), listed=listed)
    last = ledger.db.execute("SELECT max(run) FROM walk WHERE kind = 'documents'").fetchone()[0]
    return told and {**told, "last_run": None if last is None else {"run": last, **runs[last]}}


def brought_by(told: Mapping[str, Any] | None, run: int) -> bool:
    """Return whether a run brought a document's page."""
    return told is not None and told["last_run"] is not None and told["last_run"]["run"] == run


def lacks(told: Mapping[str, Any] | None, wanted: str | None, *, brought: bool) -> bool:
    """Return whether a run leaves something to be desired of the documents.

    Unknown parts count where it brought any document's page, what is missing only where it was wanted.
    """
    if told is None:
        return False
    short = told["missing"] or told["without_address"] or told["unread"]
    files = "files" in (wanted or "") and told["files"]["missing"]
    return bool((brought and told["with_unknown"]) or (wanted and short) or files)


def lack_still(told: Mapping[str, Any] | None) -> bool:
    """Return whether something is to be desired of the documents by all that any run wanted or brought."""
    return told is not None and lacks(told, told["wanted"], brought=True)


def say_documents(told: Mapping[str, Any] | None) -> list[str]:
    """Return the lines of the last screen: "documents: 101 of 103 read, 2 missing - incomplete", and one of files."""
    if told is None:
        return []
    return [_say_pages(told), *_say_files(told)]


def _only_files_lack(told: Mapping[str, Any]) -> bool:
    """Return whether nothing but files stands against "complete", so that the verdict is told behind these."""
    against = told["missing"] or told["without_address"] or told["unread"] or told["with_unknown"]
    return told["verdict"] == INCOMPLETE and not against


def _say_pages(told: Mapping[str, Any]) -> str:
    listed = UNLISTED not in told["reasons"]
    count = told["documents"]
    parts = [f"documents: {count} of {told['records']} read" if listed else f"documents: {count} read; {UNLISTED}"]
    parts += [f"{len(told['missing'])} missing"] if told["missing"] else []
    parts += [f"{told['without_address']} without an address"] if told["without_address"] else []
    parts += [_say_failures(failures)] if (failures := _failures(told)) else []
    if told["with_unknown"]:
        labels = [unknown["label"] or "no label" for unknown in told["unknown"]]
        more = f" and {len(labels) - _MOST_LABELS} more" if len(labels) > _MOST_LABELS else ""
        parts.append(f"{told['with_unknown']} with unknown labels ({', '.join(labels[:_MOST_LABELS])}{more})")
    parts += [f"{told['differing']} differ from their listing"] if told["differing"] else []
    silent = (not listed and told["verdict"] == COMPLETE) or _only_files_lack(told)
    return ", ".join(parts) + ("" if silent else f" - {told['verdict']}")


def _failures(told: Mapping[str, Any]) -> dict[str, int]:
    return {failure["reason"]: failure["count"] for failure in told["failures"] if failure["wanted"] == "document"}


def _say_failures(failures: Mapping[str, int]) -> str:
    """Return what could not be had or read, by its kind; other pages may have been read instead."""
    count = sum(failures.values())
    often = sorted(failures, key=lambda kind: (-failures[kind], kind))
    kinds = [f"{failures[kind]} {kind}" for kind in often[:_MOST_KINDS]] + ["others"] * (len(often) > _MOST_KINDS)
    return f"{count} failure{'s' * (count != 1)} ({', '.join(kinds)})"


def _say_files(told: Mapping[str, Any]) -> Iterable[str]:
    files, wanted = told["files"], "files" in (told["wanted"] or "")
    if files["promised"] and (wanted or files["fetched"]):
        missing = f", {len(files['missing'])} missing" if files["missing"] else ""
        verdict = f" - {told['verdict']}" if _only_files_lack(told) else ""
        yield f"files: {files['fetched']} of {files['promised']}{missing}{verdict}"
