"""`harvest verify` and the feed: whoever claims more than the captures hold is found, though every digest is right."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Harvest, read_json, read_lines

from harvester.dataset.package import change_schema
from harvester.dataset.verify import verify
from harvester.dataset.writing import digest_file
from harvester.errors import DatasetError
from harvester.sample import Archive, running
from tests.soak.engine import Clock, crawl, run

CHANGES, RECORDS, PROVENANCE = "changes.jsonl", "records.jsonl", "provenance.jsonl"
Lines = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Harvest for four nights: a record changes, one is withdrawn and returns, another is withdrawn."""
    folder, clock = tmp_path_factory.mktemp("made") / "d", Clock()
    with running(Archive(25)) as server:
        first, second, third = server.archive.records[3:6]
        for night in range(7):
            if night == 1:
                server.archive.change(first.node, title="Another")
                server.archive.remove(second.node)
            if night == 4:
                server.archive.restore(second)
                server.archive.remove(third.node)
            run(crawl([f"{server.url}/search"], folder, clock))
            clock.time += timedelta(days=1)
    kinds = [line["change"] for line in read_lines(folder / CHANGES)[25:]]
    assert kinds == ["changed", "withdrawn", "returned", "withdrawn"]
    return folder


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "d"))


def forge(dataset: Path, change: Callable[[Lines], object]) -> list[str]:
    """Change lines of the published files, mend every digest, and return what is found."""
    names = (CHANGES, RECORDS, PROVENANCE)
    lines = {name: read_lines(dataset / name) for name in names}
    change(lines)
    package = read_json(dataset / "datapackage.json")
    for name in names:
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines[name])
        (dataset / name).write_text(text, encoding="utf-8")
        for resource in package["resources"]:
            if resource["path"] == name:
                resource["hash"] = digest_file(dataset / name)
    (dataset / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return verify(dataset)[0].faults


def withdrawn(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(line for line in lines if line.get("withdrawn") or line.get("withdrawn_by"))


def flag_by_hand(lines: Lines) -> None:
    """Call a record withdrawn that is not, in records and changes, and name walks of another that is."""
    record = next(line for line in lines[RECORDS] if not line["withdrawn"])
    record["withdrawn"] = True
    by = withdrawn(lines[PROVENANCE])["withdrawn_by"]
    fields = {"withdrawn": {"before": False, "after": True}}
    told = {"run": 7, "at": "2026-03-07T00:00:00Z", "change": "withdrawn", "id": record["id"], "fields": fields}
    lines[CHANGES].append({"seq": 99, **told, "walks": by})


def flag_and_name_walks(lines: Lines) -> None:
    flag_by_hand(lines)
    record = lines[CHANGES][-1]["id"]
    line = next(line for line in lines[PROVENANCE] if line["id"] == record)
    line["withdrawn_by"] = lines[CHANGES][-1]["walks"]


def withdrawn_walks(lines: Lines) -> Any:
    return next(line["walks"] for line in lines[CHANGES] if line["change"] == "withdrawn")


def drop_nothing(lines: Lines) -> None:
    last = lines[CHANGES][-1]
    told = {"run": last["run"], "at": last["at"], "change": "dropped", "id": "wilson-0"}
    lines[CHANGES].append({"seq": last["seq"] + 1, **told})


def test_a_dataset_is_as_it_says(dataset: Path) -> None:
    assert forge(dataset, lambda lines: None) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (flag_by_hand, "called withdrawn, but provenance names no walk"),
        (flag_and_name_walks, "was begun before it was last seen"),
        (lambda lines: withdrawn(lines[RECORDS]).update(withdrawn=False), "it is not called withdrawn, but provenance"),
        (lambda lines: withdrawn(lines[PROVENANCE]).update(withdrawn_by=[]), "provenance names no walk"),
        (lambda lines: withdrawn(lines[PROVENANCE])["withdrawn_by"].pop(), "1 walks of /search were begun after"),
        (
            lambda lines: withdrawn(lines[PROVENANCE])["withdrawn_by"][0].update(walk=1),
            "walk 1 of /search shows it",
        ),
        (
            lambda lines: withdrawn(lines[PROVENANCE])["withdrawn_by"][0].update(listing="/search?f=1"),
            "of a listing that never showed it",
        ),
        (
            lambda lines: withdrawn(lines[PROVENANCE])["withdrawn_by"][0].update(begun="2026-03-01T00:00:00Z"),
            "was begun before it was last seen",
        ),
        (lambda lines: lines[CHANGES].pop(), "changes.jsonl amounts to something else (withdrawn)"),
        (lambda lines: lines[CHANGES].pop(25), "title was not what it says|amounts to something else (title)"),
        (lambda lines: lines[CHANGES].pop(3), "changes.jsonl does not tell of it"),
        (lambda lines: lines[CHANGES].insert(5, lines[CHANGES][4]), "number 5 comes after 5"),
        (lambda lines: lines[CHANGES][4].update(seq=1), "number 1 comes after 4"),
        (lambda lines: lines[CHANGES][4].pop("record"), "'record' is a required property|is not valid under any"),
        (lambda lines: lines[CHANGES][25].update(change="returned"), "is returned, but other fields are told of"),
        (lambda lines: lines[CHANGES][25]["fields"]["title"].update(before="?"), "title was not what it says"),
        (lambda lines: lines[CHANGES][4].update(id="wilson-0"), "has another id"),
        (lambda lines: lines[RECORDS].pop(4) and lines[PROVENANCE].pop(4), "by changes.jsonl it stands, but"),
        (lambda lines: lines[CHANGES].append({**lines[CHANGES][3], "seq": 99}), "is added twice"),
        (lambda lines: lines[CHANGES][3].update(at="2026-01-01T00:00:00.000000Z"), "run 1 is said to have begun at"),
        (lambda lines: lines[CHANGES][3].update(run=2), "run 1 comes after run 2"),
        (lambda lines: withdrawn_walks(lines)[1].update(run=9), "walk 6 was ended by a later run"),
        (lambda lines: withdrawn(lines[PROVENANCE])["withdrawn_by"][1].update(run=9), "of which nothing else is told"),
        (drop_nothing, "wilson-0 is dropped, but was not there"),
    ],
)
def test_what_is_told_otherwise_than_it_is_is_found(
    dataset: Path, change: Callable[[Lines], object], fault: str
) -> None:
    faults = forge(dataset, change)
    assert any(said in found for found in faults for said in fault.split("|")), faults


def test_a_walk_that_coverage_tells_otherwise_of_withdraws_nothing(dataset: Path) -> None:
    (listing,) = read_json(dataset / "coverage.json")["listings"]
    forged = {"walk": listing["walk"], "listing": "/search?f=1"}
    faults = forge(dataset, lambda lines: withdrawn(lines[PROVENANCE])["withdrawn_by"][1].update(forged))
    assert any(f"walk {listing['walk']} of /search?f=1 is not complete" in fault for fault in faults), faults


def test_a_changed_feed_is_not_the_one_that_was_published(dataset: Path) -> None:
    (dataset / CHANGES).write_bytes((dataset / CHANGES).read_bytes()[:-10])
    assert any("changes.jsonl is not the file that was published" in fault for fault in verify(dataset)[0].faults)
    (dataset / CHANGES).unlink()
    with pytest.raises(DatasetError, match="is missing"):
        verify(dataset)


def test_a_dataset_of_an_earlier_program_has_none_and_is_verified(dataset: Path) -> None:
    package = read_json(dataset / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if one["path"] != CHANGES]
    (dataset / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert verify(dataset)[0].faults == [f"datapackage.json does not describe {CHANGES}"]
    (dataset / CHANGES).unlink()
    assert verify(dataset)[0].faults == []


def test_the_package_says_what_a_line_is_made_of(dataset: Path) -> None:
    described = {resource["path"]: resource for resource in read_json(dataset / "datapackage.json")["resources"]}
    assert described[CHANGES]["jsonSchema"] == change_schema()


def test_why_tells_what_became_of_a_record(harvest: Harvest, dataset: Path) -> None:
    gone = withdrawn(read_lines(dataset / RECORDS))["id"]
    ran = harvest("why", dataset, gone)
    told = ran.out.partition("Its changes:\n")[2].splitlines()
    assert told[0] == "  2026-03-01 run 1: added"
    assert told[1] == (
        "  2026-03-06 run 6: withdrawn, as complete walks show it no more: /search of 2026-03-05, /search of 2026-03-06"
    )
    (as_data,) = harvest("why", dataset, gone, "--json").lines
    assert as_data["changes"] == [line for line in read_lines(dataset / CHANGES) if line["id"] == gone]
    changed = read_lines(dataset / CHANGES)[25]["id"]
    assert "run 2: changed (title)" in harvest("why", dataset, changed).out
