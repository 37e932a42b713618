"""What is certified of documents: how many of the records have one, what is not known of them, which files are had."""

from pathlib import Path

import pytest
from conftest import Harvest, read_json
from holding import FONDS, HOST, HandRun, begin, document, entry, publish_documents, url_of

from harvester.captures import Capture
from harvester.dataset.certificate import Trouble
from harvester.dataset.screen import MOST_LINES, say
from harvester.errors import CutDocument, Exit, NotFoundPage
from harvester.identity import linked_id
from harvester.items import FileLink, Unknown
from harvester.ledger.files import FetchedFile

STAMP = Unknown("Stamp", "Secret", "/html/body/main/p")
SCAN, COPY = FileLink("scan", f"{HOST}/document/1/download"), FileLink("download", f"{HOST}/document/2/download")


def id_of(number: int) -> str:
    return linked_id("wilson", url_of(number))


def certified(folder: Path) -> dict:
    return read_json(folder / "coverage.json")["documents"]


def fetch(run: HandRun, link: FileLink) -> None:
    digest = "sha256:" + "0" * 63 + link.kind[0].replace("s", "a")
    run.ledger.add_file(run.number, FetchedFile(link.url, None, digest, "application/pdf", 12))


def test_each_record_of_the_listing_has_its_document(tmp_path: Path) -> None:
    result = publish_documents(tmp_path, document(1), document(2), listed=(entry(1), entry(2)), wanted="documents")
    assert (result.code, certified(tmp_path)["verdict"], certified(tmp_path)["reasons"]) == (0, "complete", [])
    assert "documents: 2 of 2 read - complete" in result.lines


@pytest.mark.parametrize(("wanted", "code"), [("documents", 3), (None, 0)])
def test_a_missing_document_counts_only_where_it_was_wanted(tmp_path: Path, wanted: str | None, code: int) -> None:
    result = publish_documents(tmp_path, document(1), listed=(entry(1), entry(2)), wanted=wanted)
    assert (result.code, certified(tmp_path)["verdict"]) == (code, "incomplete")
    assert certified(tmp_path)["missing"] == [id_of(2)]
    assert "documents: 1 of 2 read, 1 missing - incomplete" in result.lines


def test_a_record_without_an_address_is_none_that_was_read(tmp_path: Path) -> None:
    nameless = entry(2, url=None)
    result = publish_documents(tmp_path, document(1), listed=(entry(1), nameless), wanted="documents")
    told = certified(tmp_path)
    assert (told["documents"], told["records"], told["missing"], told["without_address"]) == (1, 2, [], 1)
    assert (result.code, told["verdict"]) == (3, "incomplete")


@pytest.mark.parametrize("wanted", ["documents", None])
def test_an_unknown_label_is_told_by_any_run_that_brought_documents(tmp_path: Path, wanted: str | None) -> None:
    said = (document(1, unknown=(FONDS, STAMP, FONDS)), document(2, unknown=(FONDS,)), document(3))
    result = publish_documents(tmp_path, *said, listed=(entry(1), entry(2), entry(3)), wanted=wanted)
    told = certified(tmp_path)
    first = min(id_of(1), id_of(2))
    assert told["unknown"] == [
        {"label": "Fonds", "documents": 2, "example": {"id": first, "place": FONDS.place, "text": FONDS.text}},
        {"label": "Stamp", "documents": 1, "example": {"id": id_of(1), "place": STAMP.place, "text": STAMP.text}},
    ]
    assert (result.code, told["verdict"]) == (3, "read with unknowns")
    assert "documents: 3 of 3 read, 2 with unknown labels (Fonds, Stamp) - read with unknowns" in result.lines
    assert result.lines[-1].startswith("Next: ") and "documents.jsonl" in result.lines[-1]


def test_a_run_that_brought_no_document_is_not_held_to_those_of_others(tmp_path: Path) -> None:
    assert publish_documents(tmp_path, document(1, unknown=(FONDS,))).code == 3
    assert publish_documents(tmp_path, listed=(entry(1), entry(2))).code == 0
    assert certified(tmp_path)["last_run"]["run"] == 1


def test_documents_alone_say_that_no_listing_counts_them(tmp_path: Path) -> None:
    result = publish_documents(tmp_path, document(1), document(2))
    assert result.code == 0
    assert "documents: 2 read; no listing says how many there are" in result.lines
    assert certified(tmp_path)["reasons"] == ["no listing says how many there are"]


def test_a_page_that_could_not_be_read_is_lacking_unless_another_capture_was(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.add(document(1))
    for number in (1, 2):
        broken = Capture(b"<html>", url=url_of(number), file=f"{number}.html")
        run.add_failure(broken, None, CutDocument("the page breaks off"), "document")
    run.add_failure(Capture(b"", url=SCAN.url), None, NotFoundPage("gone"), "file")
    run.end()
    told = certified(tmp_path)
    assert told["failures"] == [
        {"wanted": "document", "reason": "cut-document", "count": 2},
        {"wanted": "file", "reason": "not-found", "count": 1},
    ]
    assert (told["unread"], told["verdict"]) == (1, "incomplete")


@pytest.mark.parametrize(("wanted", "code", "said"), [
    ("documents files", 3, "files: 1 of 2, 1 missing - incomplete"),
    ("documents", 0, "files: 1 of 2, 1 missing"),
    (None, 0, "files: 1 of 2, 1 missing"),
])  # fmt: skip
def test_a_missing_file_counts_only_where_files_were_wanted(
    tmp_path: Path, wanted: str | None, code: int, said: str
) -> None:
    run = begin(tmp_path, wanted)
    run.list_them(entry(1), entry(2))
    run.add(document(1, files=(SCAN, COPY)))
    run.add(document(2, files=(SCAN,)))
    fetch(run, SCAN)
    result = run.end()
    assert certified(tmp_path)["files"] == {"promised": 2, "fetched": 1, "missing": [COPY.url]}
    assert (result.code, said in result.lines) == (code, True)
    assert certified(tmp_path)["verdict"] == ("incomplete" if code else "complete")


def test_a_file_that_came_before_a_kill_is_told_by_the_next_run(tmp_path: Path) -> None:
    publish_documents(tmp_path, document(1, files=(SCAN,)))
    assert certified(tmp_path)["files"]["fetched"] == 0
    run = begin(tmp_path)
    fetch(run, SCAN)
    run.end()  # no page was read
    assert certified(tmp_path)["files"]["fetched"] == 1


def test_the_last_screen_has_ten_lines_however_much_there_is_to_say(tmp_path: Path) -> None:
    publish_documents(
        tmp_path, document(1, files=(SCAN,), unknown=(FONDS,)), listed=(entry(1), entry(2)), wanted="documents files"
    )
    coverage = read_json(tmp_path / "coverage.json")
    listings = [{**listing, "remarks": ["odd"]} for listing in coverage["listings"] * 20]
    trouble = Trouble("dns", "no such host", "Try later.", Exit.UNREACHABLE)
    for number in range(12):
        facts = [f"fact {i}" for i in range(number)]
        lines = say(listings, [trouble], facts, Exit.UNREACHABLE, "again", coverage["documents"])
        assert len(lines) == MOST_LINES
        assert lines[: min(number, 4)] == facts[:4]
        assert any(line.startswith("documents: ") for line in lines) and "listings more" in "".join(lines)


def test_verify_ends_with_the_code_of_the_documents(harvest: Harvest, tmp_path: Path) -> None:
    publish_documents(tmp_path / "a", document(1), listed=(entry(1),), wanted="documents")
    publish_documents(tmp_path / "b", document(1), listed=(entry(1), entry(2)), wanted="documents")
    publish_documents(tmp_path / "c", document(1, unknown=(FONDS,)))
    publish_documents(tmp_path / "d", document(1), listed=(entry(1), entry(2)))
    ran = [harvest("verify", tmp_path / name) for name in "abcd"]
    assert [one.code for one in ran] == [0, 3, 3, 0]
    assert all("documents: 1 " in one.out for one in ran)


def test_a_part_without_a_label_is_told_as_such(tmp_path: Path) -> None:
    loose = Unknown("", "Words.", "/html/body/main/p")
    publish_documents(tmp_path, document(1, unknown=(loose, STAMP)), listed=(entry(1),))
    assert "1 document with unknown labels: no label, Stamp" in certified(tmp_path)["reasons"]
