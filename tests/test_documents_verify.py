"""`harvest verify` finds what is wrong with documents, texts and files, whoever changed them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, read_json, read_lines
from holding import FONDS, HOST, TEXT, begin, document, entry

from harvester.dataset.writing import digest_file
from harvester.harvest.documents import file_name
from harvester.items import FileLink
from harvester.ledger.files import FetchedFile

SCAN, COPY = FileLink("scan", f"{HOST}/document/1/download"), FileLink("download", f"{HOST}/document/2/download")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset of three records, two documents with texts, one fetched file, one that is missing."""
    folder = tmp_path / "d"
    run = begin(folder)
    run.list_them(entry(1), entry(2), entry(3))
    run.add(document(1, files=(SCAN, COPY), unknown=(FONDS,)))
    run.add(document(2, texts=(TEXT, TEXT)))
    (folder / "files").mkdir()
    (folder / "files" / "new").write_bytes(b"%PDF-1.7")
    digest = digest_file(folder / "files" / "new")
    (folder / "files" / "new").rename(folder / file_name(digest, "application/pdf"))
    run.ledger.add_file(run.number, FetchedFile(SCAN.url, None, digest, "application/pdf", 8))
    run.end()
    return folder


def verified(harvest: Harvest, dataset: Path) -> str:
    ran = harvest("verify", dataset)
    assert ran.code == 7, ran.out
    assert "Traceback" not in ran.err
    return ran.err


def rewrite(dataset: Path, name: str, text: str) -> None:
    """Write a file, and give it a digest that fits: what is claimed must be found wrong by itself."""
    (dataset / name).write_text(text, encoding="utf-8")
    package = read_json(dataset / "datapackage.json")
    for resource in package["resources"]:
        if resource["path"] == name:
            resource["hash"] = digest_file(dataset / name)
    (dataset / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def change_lines(dataset: Path, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    lines = read_lines(dataset / "documents.jsonl")
    change(lines)
    rewrite(dataset, "documents.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def put(at: int, **fields: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda lines: lines[at].update(fields)


def scanned(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(link for line in lines for link in line["files"] if link["hash"])


def test_what_was_published_is_whole(harvest: Harvest, dataset: Path) -> None:
    ran = harvest("verify", dataset)
    assert (ran.code, ran.err) == (3, "")  # an unknown label
    assert "files: 1 of 2, 1 missing" in ran.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put(0, extra=1), "extra"),
        (put(0, url=f"{HOST}/document/other"), "the record's address is"),
        (put(0, id="wilson-" + "0" * 16), "no record has the id"),
        (put(0, date="1958-07-23", date_earliest="1958-07-23", date_latest="1958-07-23"), "is not read as 1958-07-23"),
        (lambda lines: lines.reverse(), "not sorted"),
        (lambda lines: lines[0].update(aliases=lines[1]["aliases"]), "is an address of two documents"),
        (lambda lines: lines.pop(), "coverage.json says of documents: documents 2"),
        (lambda lines: lines[0]["texts"][0].update(hash="sha256:" + "0" * 64), "is not the file that was published"),
        (lambda lines: lines[0]["texts"][0].update(file="texts/other.txt"), "other names than they should"),
        (lambda lines: lines[0]["texts"].pop(), "is a text of no document"),
        (lambda lines: scanned(lines).update(bytes=9), "is not the file that was published"),
        (lambda lines: scanned(lines).update(type="image/png"), "is no name for a file"),
        (lambda lines: scanned(lines).update(file=None), "is half fetched"),
        (put(0, differs=[{"field": "title", "listing": "A", "document": "B"}]), "differing 0, the files say 1"),
        (lambda lines: [line.update(unknown=[]) for line in lines], "with_unknown 1, the files say 0"),
    ],
    ids=["extra-field", "other-address", "other-id", "other-date", "unsorted", "shared-alias", "one-less",
         "text-digest", "text-name", "text-unlisted", "file-size", "file-type", "half-fetched", "differs",
         "nothing-unknown"],
)  # fmt: skip
def test_a_document_that_is_not_as_it_should_be_is_found(
    harvest: Harvest, dataset: Path, change: Callable[[list[dict[str, Any]]], Any], said: str
) -> None:
    change_lines(dataset, change)
    assert said in verified(harvest, dataset)


@pytest.mark.parametrize("harm", ["changed", "gone", "more"])
@pytest.mark.parametrize("folder", ["texts", "files"])
def test_a_file_that_is_not_as_it_was_published_is_found(
    harvest: Harvest, dataset: Path, folder: str, harm: str
) -> None:
    path = min((dataset / folder).iterdir())
    if harm == "changed":
        path.write_bytes(bytes(reversed(path.read_bytes())))
        assert f"{folder}/{path.name} is not the file that was published" in verified(harvest, dataset)
    elif harm == "gone":
        path.unlink()
        assert f"{folder}/{path.name} is missing" in verified(harvest, dataset)
    else:
        path.with_name("notes.txt").write_text("somebody's own")
        assert harvest("verify", dataset).code == 3


def test_documents_that_the_package_does_not_describe_are_found(harvest: Harvest, dataset: Path) -> None:
    package = read_json(dataset / "datapackage.json")
    package["resources"] = [r for r in package["resources"] if r["path"] != "documents.jsonl"]
    (dataset / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert "does not describe documents.jsonl" in verified(harvest, dataset)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(documents=3), "documents 3, the files say 2"),
        (lambda told: told["missing"].clear(), "missing [], the files say"),
        (lambda told: told.update(verdict="complete"), "verdict complete, the files say incomplete"),
        (lambda told: told["files"].update(fetched=2), "files"),
    ],
    ids=["more-documents", "nothing-missing", "verdict", "files"],
)
def test_a_certificate_that_claims_too_much_of_documents_is_found(
    harvest: Harvest, dataset: Path, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    coverage = read_json(dataset / "coverage.json")
    change(coverage["documents"])
    rewrite(dataset, "coverage.json", json.dumps(coverage))
    assert said in verified(harvest, dataset)
    rewrite(dataset, "coverage.json", json.dumps({**coverage, "documents": None}))
    assert "tells of no documents" in verified(harvest, dataset)


def test_an_unknown_part_that_rejects_do_not_tell_of_is_found(harvest: Harvest, dataset: Path) -> None:
    lines = [line for line in read_lines(dataset / "rejects.jsonl") if line["reason"] != "unknown-label"]
    rewrite(dataset, "rejects.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert "rejects.jsonl does not tell of the unknown parts" in verified(harvest, dataset)


def test_a_record_of_no_listing_must_say_what_its_document_says(harvest: Harvest, tmp_path: Path) -> None:
    run = begin(tmp_path / "d")
    run.add(document(1))
    run.end()
    assert harvest("verify", tmp_path / "d").code == 0
    (record,) = read_lines(tmp_path / "d" / "records.jsonl")
    rewrite(tmp_path / "d", "records.jsonl", json.dumps({**record, "title": "Another title"}) + "\n")
    assert "no capture says what the record says" in verified(harvest, tmp_path / "d")


def test_a_record_of_a_listing_must_say_what_the_listing_says(harvest: Harvest, tmp_path: Path) -> None:
    run = begin(tmp_path / "d")
    run.list_them(entry(1))
    run.add(document(1, title="Another title"))
    run.end()
    assert harvest("verify", tmp_path / "d").code == 0
    (record,) = read_lines(tmp_path / "d" / "records.jsonl")
    assert record["title"] == "Document 1"
    rewrite(tmp_path / "d", "records.jsonl", json.dumps({**record, "title": "Another title"}) + "\n")
    assert "no capture says what the record says" in verified(harvest, tmp_path / "d")


def test_a_dataset_published_before_there_were_documents_is_still_whole(harvest: Harvest, tmp_path: Path) -> None:
    run = begin(tmp_path / "d")
    run.list_them(entry(1), entry(2))
    run.end()
    coverage = read_json(tmp_path / "d" / "coverage.json")
    lines = read_lines(tmp_path / "d" / "provenance.jsonl")
    for line in lines:
        line.pop("merged", None)
        for capture in line["captures"]:
            del capture["kind"]
    del coverage["documents"]
    rewrite(tmp_path / "d", "coverage.json", json.dumps(coverage))
    rewrite(tmp_path / "d", "provenance.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert harvest("verify", tmp_path / "d").code == 0
