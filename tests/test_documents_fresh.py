"""`--fresh` drops no documents and no files without a word; earlier states and comparisons bear documents."""

from pathlib import Path

import pytest
from conftest import Harvest, read_lines
from holding import HOST, begin, document, entry, publish_documents

from harvester.dataset.fresh import refuse_to_drop
from harvester.errors import UsageProblem
from harvester.items import FileLink
from harvester.ledger.files import FetchedFile
from harvester.sample import Server

SCAN = FileLink("scan", f"{HOST}/document/1/download")


def with_file(folder: Path) -> Path:
    run = begin(folder)
    run.add(document(1, files=(SCAN,)))
    run.ledger.add_file(run.number, FetchedFile(SCAN.url, None, "sha256:" + "0" * 64, None, 1))
    run.end()
    return folder


@pytest.mark.parametrize(
    ("wanted", "lost"), [(None, "1 documents"), ("documents", "1 files"), ("documents files", None)]
)
def test_what_is_not_asked_for_again_would_be_dropped(tmp_path: Path, wanted: str | None, lost: str | None) -> None:
    with_file(tmp_path)
    if lost is None:
        refuse_to_drop(tmp_path, [], wanted)
        return
    with pytest.raises(UsageProblem, match=f"would drop {lost}"):
        refuse_to_drop(tmp_path, [], wanted)


def test_documents_that_were_not_fetched_are_none_to_drop(tmp_path: Path) -> None:
    publish_documents(tmp_path, listed=(entry(1),), wanted="documents files")
    refuse_to_drop(tmp_path, ["everything"], None)


def test_a_fresh_crawl_that_would_drop_documents_fetches_nothing(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    folder = with_file(tmp_path / "d")
    before = {path.name: path.read_bytes() for path in folder.glob("*.json*")}
    ran = harvest("crawl", f"{server.url}/search", "--site", "wilson", "-o", folder, "--fresh")
    assert (ran.code, len(server.pages())) == (2, 0)
    assert "--fresh would drop 1 documents" in ran.err and "--documents" in ran.err
    assert {path.name: path.read_bytes() for path in folder.glob("*.json*")} == before


def test_a_fresh_dataset_without_documents_leaves_none_behind(tmp_path: Path) -> None:
    """What stands there is another ledger's; the next publication removes what it does not tell of."""
    publish_documents(tmp_path / "a", document(1), listed=(entry(1),))
    run = begin(tmp_path / "b")
    run.list_them(entry(1))
    run.ledger.close()  # killed before it could publish
    (tmp_path / "b" / "ledger.sqlite").replace(tmp_path / "a" / "ledger.sqlite")
    begin(tmp_path / "a").end()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "changes.jsonl", "coverage.json", "datapackage.json", "ledger.sqlite", "provenance.jsonl", "records.jsonl",
        "rejects.jsonl",
    ]  # fmt: skip


def test_datasets_with_documents_are_compared_by_their_records(harvest: Harvest, tmp_path: Path) -> None:
    publish_documents(tmp_path / "a", document(1), document(2))
    publish_documents(tmp_path / "b", document(1, source="another"), document(3), listed=(entry(1),))
    ran = harvest("diff", tmp_path / "a", tmp_path / "b", "--json")
    assert ran.code in {0, 3}, ran.err
    assert sorted(line["kind"] for line in ran.lines) == ["only-in-a", "only-in-b"]
    assert {line["record"]["title"] for line in ran.lines} == {"Document 2", "Document 3"}


def test_an_earlier_state_knows_the_documents_of_then(harvest: Harvest, tmp_path: Path) -> None:
    publish_documents(tmp_path / "d", document(1))
    run = begin(tmp_path / "d")
    run.add(document(2))
    run.add(document(1, title="Another title"), captured_at="2025-09-01T00:00:00Z")
    run.end()
    ran = harvest("diff", f"{tmp_path / 'd'}@1", tmp_path / "d", "--json")
    assert ran.code in {0, 3}, ran.err
    told = {line["kind"]: line for line in ran.lines}
    assert told["only-in-b"]["record"]["title"] == "Document 2"
    assert told["differs"]["fields"]["title"] == {"a": "Document 1", "b": "Another title"}
    assert len(read_lines(tmp_path / "d" / "documents.jsonl")) == 2
