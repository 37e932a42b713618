"""What a bibliography says of changed, withdrawn, unfinished and empty datasets, and that it is always the same."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bibliographies import (
    FORMS,
    accessed_by,
    bib_entries,
    csl_items,
    dc_descriptions,
    noted,
    ris_entries,
    texts,
)
from biting import BITES, publish_bites
from conftest import ROOT, Harvest
from exporting import export
from retold import retell

from harvester.errors import DatasetError


@pytest.mark.parametrize("form", FORMS)
def test_accessed_is_left_out_where_no_capture_says_when_it_was(tmp_path: Path, form: str) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    retell(
        tmp_path / "d",
        "provenance.jsonl",
        lambda told: [capture.update(captured_at=None) for capture in told["captures"]],
    )
    export(tmp_path / "d", tmp_path / f"all{form}")
    assert accessed_by(tmp_path / f"all{form}", records[0]["id"]) is None


@pytest.mark.parametrize("form", FORMS)
def test_withdrawn_records_are_there_and_say_so(tmp_path: Path, form: str) -> None:
    records = publish_bites(tmp_path / "d", long=False)
    gone = records[3]["id"]
    retell(tmp_path / "d", "records.jsonl", lambda record: record.update(withdrawn=record["id"] == gone))
    path = tmp_path / f"all{form}"
    export(tmp_path / "d", path)
    assert list(withdrawn_in(path)) == [gone]


def test_a_summary_is_the_listing_s_else_that_of_the_document_s_own_page(tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    retell(tmp_path / "d", "documents.jsonl", lambda line: line.update(summary="Of the page"))
    items = {}
    for listed in ("Of the listing", None):
        retell(tmp_path / "d", "records.jsonl", lambda line, listed=listed: line.update(summary=listed))
        export(tmp_path / "d", tmp_path / "all.csl.json")
        items[listed] = [item.get("abstract") for item in csl_items(tmp_path / "all.csl.json").values()]
    assert set(items["Of the listing"]) == {"Of the listing"}
    assert sorted(filter(None, items[None])) == ["Of the page"] * 4


def withdrawn_in(path: Path) -> Iterator[str]:
    notes: dict[str, Callable[[], dict[str, Any]]] = {
        ".bib": lambda: {key: entry.get("note") for key, entry in bib_entries(path).items()},
        ".ris": lambda: {key: entry.get("notes") for key, entry in ris_entries(path).items()},
        ".csl.json": lambda: {key: item.get("note") for key, item in csl_items(path).items()},
        ".dc.xml": lambda: {key: texts(one, "description") for key, one in dc_descriptions(path).items()},
    }
    told = notes[path.name.removeprefix("all")]()
    return (key for key, note in told.items() if "Withdrawn: " in str(note))


def test_keywords_that_hold_a_comma_stay_in_one_and_none_is_told_twice(tmp_path: Path) -> None:
    records = publish_bites(tmp_path / "d", long=False)
    (told,) = [record["id"] for record in records if record["title"] == BITES[0]]
    again = [{"name": "China", "url": None}, {"name": "Zhou, Enlai", "url": None}]
    retell(tmp_path / "d", "documents.jsonl", lambda line: line.update(subjects=again))
    for form in FORMS:
        export(tmp_path / "d", tmp_path / f"all{form}")
    names = [BITES[0], "Mao Zedong", "China", "Soviet Union", "Zhou, Enlai"]
    assert bib_entries(tmp_path / "all.bib")[told]["keywords"] == ", ".join([*names[:-1], "{Zhou, Enlai}"])
    assert ris_entries(tmp_path / "all.ris")[told]["keywords"] == names
    assert csl_items(tmp_path / "all.csl.json")[told]["keyword"] == "; ".join(names)
    assert texts(dc_descriptions(tmp_path / "all.dc.xml")[told], "subject") == names


def test_one_language_is_told_by_its_code_where_it_has_one(tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    languages = iter((["Russian"], ["Old Prussian"], [], ["Russian", "Chinese"]))
    retell(tmp_path / "d", "documents.jsonl", lambda line: line.update(languages=next(languages)))
    export(tmp_path / "d", tmp_path / "all.csl.json")
    read = [item for item in csl_items(tmp_path / "all.csl.json").values() if "archive" in item]
    assert [item.get("language") for item in read] == ["ru", None, None, None]
    assert [noted(item["note"].split("\n"), "Languages") for item in read] == [
        None, "Old Prussian", None, "Russian; Chinese"
    ]  # fmt: skip


def test_a_dataset_that_does_not_say_whose_it_is_names_the_site(tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False, documents=False)
    package = json.loads((tmp_path / "d" / "datapackage.json").read_bytes())
    del package["sources"], package["attribution"]
    (tmp_path / "d" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    export(tmp_path / "d", tmp_path / "all.csl.json")
    assert {item["publisher"] for item in csl_items(tmp_path / "all.csl.json").values()} == {"wilson"}


@pytest.mark.parametrize("form", FORMS)
def test_what_was_there_stays_where_an_export_fails(tmp_path: Path, form: str) -> None:
    publish_bites(tmp_path / "d", long=False, documents=False)
    path = tmp_path / f"all{form}"
    path.write_text("kept", encoding="utf-8")
    lines = iter(range(100))
    # In the middle of the records a line of provenance is of another record.
    retell(tmp_path / "d", "provenance.jsonl", lambda told: told.update(id="other") if next(lines) == 9 else None)
    with pytest.raises(DatasetError):
        export(tmp_path / "d", path)
    assert path.read_text(encoding="utf-8") == "kept"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_dataset_without_records_is_an_empty_bibliography(tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False, documents=False)
    for name in ("records.jsonl", "provenance.jsonl"):
        retell(tmp_path / "d", name, lambda told: False)
    for form in FORMS:
        assert export(tmp_path / "d", tmp_path / f"all{form}").records == 0
    assert bib_entries(tmp_path / "all.bib") == {}
    assert ris_entries(tmp_path / "all.ris") == {}
    assert csl_items(tmp_path / "all.csl.json") == {}
    assert dc_descriptions(tmp_path / "all.dc.xml") == {}


def test_the_commands_of_the_page_run(harvest: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "output" / "wilson", long=False)
    page = (ROOT / "docs" / "citations.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ harvest (.+)$", page, re.M)
    assert len(commands) == len(FORMS)
    for command in commands:
        ran = harvest(*command.split())
        assert ran.code == 0, ran.err
        assert (tmp_path / command.split()[-1]).stat().st_size > 1000


@pytest.mark.parametrize("form", FORMS)
def test_the_same_dataset_gives_the_same_bytes(harvest: Harvest, tmp_path: Path, form: str) -> None:
    publish_bites(tmp_path / "d", long=False)
    for name, env in {
        f"a{form}": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        f"b{form}": {"PYTHONHASHSEED": "2", "TZ": "America/Adak", "LC_ALL": "C.UTF-8"},
    }.items():
        ran = harvest("export", "d", name, env=env)
        assert ran.code == 0, ran.err
    assert (tmp_path / f"a{form}").read_bytes() == (tmp_path / f"b{form}").read_bytes()


def test_an_archive_that_its_shelf_mark_names_is_not_named_twice(tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    mark = "Foreign Ministry Archive, fond 5, delo 2"
    retell(tmp_path / "d", "documents.jsonl", lambda line: line.update(source=mark))
    export(tmp_path / "d", tmp_path / "all.bib")
    export(tmp_path / "d", tmp_path / "all.dc.xml")
    assert {entry["library"] for entry in bib_entries(tmp_path / "all.bib").values() if "library" in entry} == {mark}
    told = dc_descriptions(tmp_path / "all.dc.xml").values()
    assert {text for one in told for text in texts(one, "source")} == {mark}
