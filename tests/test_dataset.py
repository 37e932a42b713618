"""The dataset folder: whole or not at all, verified by other means than those that made it, searched."""

import json
from pathlib import Path

import frictionless
import jsonlines
import pytest
from conftest import Harvest, read_json, read_lines
from jsonschema import Draft202012Validator

from harvester.dataset.package import record_schema
from harvester.dataset.writing import Publication
from harvester.sample import Archive, render_listing


@pytest.fixture
def dataset(harvest: Harvest, tmp_path: Path) -> Path:
    archive = Archive()
    (tmp_path / "pages").mkdir()
    for page in range(11):
        (tmp_path / "pages" / f"{page}.html").write_text(render_listing(archive, f"page={page}"), encoding="utf-8")
    assert harvest("replay", tmp_path / "pages", "-o", tmp_path / "d").code == 0
    return tmp_path / "d"


def test_the_package_is_valid_by_the_frictionless_tool(dataset: Path) -> None:
    report = frictionless.validate(str(dataset / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


def test_every_line_passes_the_schema_that_lies_in_the_package(dataset: Path) -> None:
    (resource,) = (r for r in read_json(dataset / "datapackage.json")["resources"] if r["name"] == "records")
    validator = Draft202012Validator(resource["jsonSchema"])
    with jsonlines.open(dataset / "records.jsonl") as reader:
        records = list(reader)
    assert len(records) == resource["rows"] == 103
    assert [error for record in records for error in validator.iter_errors(record)] == []
    assert list(records[0]) == list(record_schema()["properties"])


def test_nothing_but_the_promised_files_lies_in_the_folder(dataset: Path) -> None:
    assert sorted(path.name for path in dataset.iterdir()) == [
        "changes.jsonl", "coverage.json", "datapackage.json", "ledger.sqlite", "provenance.jsonl", "records.jsonl",
        "rejects.jsonl",
    ]  # fmt: skip


def flip(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2] + b" \n")


@pytest.mark.parametrize("name", ["records.jsonl", "provenance.jsonl", "coverage.json"])
def test_one_byte_changed_is_found(harvest: Harvest, dataset: Path, name: str) -> None:
    flip(dataset / name)
    ran = harvest("verify", dataset)
    assert ran.code == 7
    assert name in ran.err and "Traceback" not in ran.err


def publish_by_hand(dataset: Path, name: str, text: str) -> None:
    """Write a file, and give it a digest that fits: what is claimed must be found wrong by itself."""
    from harvester.dataset.writing import digest_file

    (dataset / name).write_text(text, encoding="utf-8")
    package = read_json(dataset / "datapackage.json")
    for resource in package["resources"]:
        if resource["path"] == name:
            resource["hash"] = digest_file(dataset / name)
    (dataset / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def test_a_certificate_that_claims_too_much_is_found(harvest: Harvest, dataset: Path) -> None:
    lines = (dataset / "provenance.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    records = (dataset / "records.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    publish_by_hand(dataset, "provenance.jsonl", "".join(lines[1:]))
    publish_by_hand(dataset, "records.jsonl", "".join(records[1:]))
    ran = harvest("verify", dataset)
    assert ran.code == 7
    assert "provenance says" in ran.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: {**record, "date_precision": "minute"}, "minute"),
        (lambda record: {**record, "extra": 1}, "extra"),
        (lambda record: {**record, "id": "wilson-" + "f" * 16}, "different records"),
    ],
    ids=["unknown-precision", "extra-field", "other-id"],
)
def test_a_record_that_breaks_the_schema_is_found(harvest: Harvest, dataset: Path, change, said: str) -> None:
    records = read_lines(dataset / "records.jsonl")
    records[-1] = change(records[-1])
    publish_by_hand(dataset, "records.jsonl", "".join(json.dumps(record) + "\n" for record in records))
    ran = harvest("verify", dataset)
    assert ran.code == 7
    assert said in ran.err


@pytest.mark.parametrize("name", ["records.jsonl", "datapackage.json", "coverage.json"])
def test_a_missing_file_is_said(harvest: Harvest, dataset: Path, name: str) -> None:
    (dataset / name).unlink()
    ran = harvest("verify", dataset)
    assert ran.code == 7
    assert "Traceback" not in ran.err


def test_a_folder_that_cannot_be_written_keeps_its_files(harvest: Harvest, dataset: Path, tmp_path: Path) -> None:
    """A file stands where a temporary file must go; root may write anything, so permissions cannot show it."""
    before = (dataset / "records.jsonl").read_bytes()
    (dataset / ".records.jsonl.part").mkdir()
    ran = harvest("replay", tmp_path / "pages", "-o", dataset)
    assert ran.code == 7, ran.err
    assert (dataset / "records.jsonl").read_bytes() == before


def test_files_appear_when_all_are_whole(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("old\n")
    publication = Publication(tmp_path)
    publication.write_lines("a.jsonl", [{"n": 1}])
    publication.write_json("b.json", {})
    assert (tmp_path / "a.jsonl").read_text() == "old\n"
    assert not (tmp_path / "b.json").exists()
    publication.commit()
    assert (tmp_path / "a.jsonl").read_text() == '{"n":1}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.json"]


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".a.jsonl.part").write_text("half a li")
    Publication(tmp_path).clear()
    assert list(tmp_path.iterdir()) == []


def test_no_number_that_json_lacks(tmp_path: Path) -> None:
    publication = Publication(tmp_path)
    publication.write_lines("a.jsonl", [{"n": float("nan")}])
    publication.commit()
    assert (tmp_path / "a.jsonl").read_text() == '{"n":null}\n'


def test_what_happened_in_july_1958(harvest: Harvest, dataset: Path) -> None:
    ran = harvest("find", dataset, "July 1958", "--json")
    assert ran.code == 0
    titles = [record["title"] for record in ran.lines]
    assert "Minutes of Conversation, Mao Zedong and Ambassador Yudin" in titles
    for record in ran.lines:
        assert record["date_earliest"] <= "1958-07-31" and record["date_latest"] >= "1958-07-01"
    assert "Minutes of Conversation, Mao Zedong and Ambassador Yudin" in harvest("find", dataset, "July", "1958").out
    assert harvest("find", dataset, "Mao Zedong and Ambassador Yudin").err == "1 record\n"


@pytest.mark.parametrize("query", ["yudin MAO", "YUDÍN", "minutes-conversation-mao-zedong"])
def test_words_are_found_without_case_and_accents(harvest: Harvest, dataset: Path, query: str) -> None:
    ran = harvest("find", dataset, query, "--json")
    assert "Minutes of Conversation, Mao Zedong and Ambassador Yudin" in [record["title"] for record in ran.lines]


def test_a_date_in_edtf_is_one_too(harvest: Harvest, dataset: Path) -> None:
    assert harvest("find", dataset, "1958-07", "--json").out == harvest("find", dataset, "July 1958", "--json").out


def test_finding_in_what_is_no_dataset(harvest: Harvest, tmp_path: Path) -> None:
    ran = harvest("find", tmp_path, "July 1958")
    assert ran.code == 7
    assert "no dataset" in ran.err
