"""Checks documents.jsonl, its texts and its files, and works out anew what coverage.json says of documents."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from harvester.coverage import UNKNOWN, DocumentAccount
from harvester.dataset.documents import FILE
from harvester.dataset.findings import Findings, read_lines
from harvester.dataset.package import document_schema
from harvester.dataset.redating import date_faults
from harvester.dataset.texts import listed_texts, texts_in
from harvester.dataset.writing import digest_file
from harvester.harvest.documents import file_name, text_names
from harvester.identity import linked_id

Line = Mapping[str, Any]


def check_documents(
    folder: Path,
    site: str,
    lines: Sequence[Line],
    urls: Mapping[str, str | None],
    findings: Findings,
    *,
    same_readers: bool,
    left_out: Collection[str] = (),
) -> bool:
    """Check each document by itself and all together; `urls` are the addresses of the records, by id.

    Of texts and files that are `left_out` only what is told of them is checked.

    Return whether the lines are in their form at all.
    """
    validator = Draft202012Validator(document_schema())
    formed = True
    for number, line in enumerate(lines, 1):
        faults = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(line)]
        formed = formed and not faults
        for fault in faults or _faults(line, site, urls, same_readers=same_readers):
            findings.add(f"{FILE}, line {number}: {fault}")
        for fault in () if faults else _lacking(folder, line, left_out):
            findings.add(f"{FILE}, line {number}: {fault}")
    if formed:
        findings.faults += _faults_together(folder, site, lines)
    return formed


def _faults(line: Line, site: str, urls: Mapping[str, str | None], *, same_readers: bool) -> Iterator[str]:
    """Yield what is wrong with one document."""
    if line["id"] not in urls:
        yield f"no record has the id {line['id']}"
    elif line["url"] != urls[line["id"]]:
        yield f"the record's address is {urls[line['id']]}, not {line['url']}"
    yield from date_faults(line, site, same_readers=same_readers)
    if [text["file"] for text in line["texts"]] != text_names(line["id"], line["texts"]):
        yield "its texts have other names than they should"
    for link in line["files"]:
        told = [link[name] is not None for name in ("bytes", "hash", "file")]
        if all(told):
            if link["file"] != file_name(link["hash"], link["type"]):
                yield f"{link['file']} is no name for a file of {link['hash'][:19]}... and of the type {link['type']}"
        elif any(told):
            yield f"{link['url']} is half fetched"


def _lacking(folder: Path, line: Line, left_out: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the texts and files of one document, of those that are to be there."""
    for kind in ("texts", "files"):
        for told in () if kind in left_out else line[kind]:
            if all(told[name] is not None for name in ("bytes", "hash", "file")):
                yield from _file_faults(folder, told)


def _file_faults(folder: Path, told: Line) -> Iterator[str]:
    """Yield what is wrong with a file that a line lists."""
    path = folder / told["file"]
    if not path.is_file():
        yield f"{told['file']} is missing"
    elif path.stat().st_size != told["bytes"] or digest_file(path) != told["hash"]:
        yield f"{told['file']} is not the file that was published"


def _faults_together(folder: Path, site: str, lines: Sequence[Line]) -> Iterator[str]:
    """Yield what is wrong with the documents as a whole: their order, their addresses, the files of no document."""
    ids = [line["id"] for line in lines]
    if ids != sorted(set(ids)):
        yield f"{FILE}: not sorted by id, or an id stands twice"
    owners: dict[str, str] = {}
    for line in lines:
        own = [line["url"]] if linked_id(site, line["url"]) == line["id"] else []  # else other documents claim it too
        for address in (*own, *line["aliases"]):
            if owners.setdefault(address, line["id"]) != line["id"]:
                yield f"{address} is an address of two documents: {owners[address]} and {line['id']}"
    listed = {name for line in lines for name, _, _ in listed_texts(line)}
    for name in sorted(texts_in(folder, site).keys() - listed):
        yield f"{name} is a text of no document"


def check_account(
    folder: Path, coverage: Line, lines: Sequence[Line], urls: Mapping[str, str | None], findings: Findings
) -> None:
    """Work the account of documents out from the other files, and compare it with what is certified."""
    account = DocumentAccount()
    for record, url in urls.items():
        account.add_record(record, url)
    for line in lines:
        account.add_document(line)
    unknown = -sum(len(line["unknown"]) for line in lines)
    for reject in read_lines(folder / "rejects.jsonl"):
        account.add_reject(reject)
        unknown += reject["reason"] == UNKNOWN
    if unknown:
        findings.add(f"rejects.jsonl does not tell of the unknown parts that {FILE} has")
    told = coverage.get("documents")
    again = account.as_data(told and told["wanted"], listed=bool(coverage["listings"]))
    if told is None or again is None:
        if told != again:
            findings.add(
                f"coverage.json {'tells of no' if told is None else 'tells of'} documents, the files otherwise"
            )
        return
    findings.faults += [
        f"coverage.json says of documents: {name} {str(told.get(name))[:100]}, the files say {str(value)[:100]}"
        for name, value in again.items()
        if told.get(name) != value
    ]
