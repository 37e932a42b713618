"""A dataset as a bibliography: each format is read back by libraries of its own, and every record is in it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bibliographies import (
    ATTRIBUTION,
    CONTROLS,
    FORMS,
    HOLDER,
    Line,
    accessed_by,
    bib_entries,
    csl_items,
    dc_descriptions,
    fitted,
    joined,
    noted,
    ris_entries,
    texts,
    untexed,
)
from biting import BITES, LONG, publish_bites
from exporting import export
from pybtex.database import parse_file

from harvester.exports import Exported
from harvester.exports.citing.dublin_core import DC, DCTERMS, EDTF, RDF


@dataclass(frozen=True)
class Shelf:
    """The biting dataset, and what became of it in each format."""

    folder: Path
    records: list[Line]
    exported: dict[str, Exported]

    def path(self, form: str) -> Path:
        return self.folder / f"all{form}"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("citations")
    records = publish_bites(folder / "d")
    return Shelf(folder, records, {form: export(folder / "d", folder / f"all{form}") for form in FORMS})


def test_bibtex_holds_every_record(shelf: Shelf) -> None:
    entries = bib_entries(shelf.path(".bib"))
    assert list(entries) == [record["id"] for record in shelf.records]
    for record in shelf.records:
        entry = entries[record["id"]]
        assert entry["title"][0] + entry["title"][-1] == "{}"  # the second pair, which keeps the case
        assert untexed(entry["title"][1:-1]) == fitted(record["title"])
        assert untexed(entry.get("abstract")) == fitted(record["summary"])
        assert entry.get("url") == record["url"]
        assert untexed(entry.get("edtf")) == record["date"]
        assert untexed(entry.get("dateprinted")) == record["date_text"]
        assert entry["howpublished"] == HOLDER
    assert shelf.path(".bib").read_text(encoding="utf-8").startswith(f"% {ATTRIBUTION}\n")


def test_pybtex_reads_the_same_of_bibtex_as_bibtexparser(shelf: Shelf) -> None:
    other = parse_file(str(shelf.path(".bib"))).entries
    for key, entry in bib_entries(shelf.path(".bib")).items():
        assert other[key].type == "unpublished"
        authors = [str(person) for person in other[key].persons.get("author", [])]
        assert " and ".join(authors) == entry.pop("author", "")
        assert all(not person.first_names for person in other[key].persons.get("author", []))
        entry.pop("month", None)  # pybtex writes it out
        for name, value in entry.items():
            assert other[key].fields[name] == " ".join(value.split()), (key, name)


def test_ris_holds_every_record(shelf: Shelf) -> None:
    entries = ris_entries(shelf.path(".ris"))
    assert list(entries) == [record["id"] for record in shelf.records]
    for record in shelf.records:
        entry = entries[record["id"]]
        assert entry["type_of_reference"] == "MANSCPT"
        assert entry["title"] == joined(record["title"])
        assert entry.get("abstract") == joined(record["summary"])
        assert entry.get("urls") == ([record["url"]] if record["url"] else None)
        assert noted(entry.get("notes", []), "EDTF") == record["date"]
        assert noted(entry.get("notes", []), "Date as printed") == record["date_text"]
        assert (entry["publisher"], entry["database_provider"]) == (HOLDER, ATTRIBUTION)


def test_every_line_of_ris_is_a_tag_or_empty(shelf: Shelf) -> None:
    lines = shelf.path(".ris").read_bytes().decode().split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) or not line for line in lines)
    assert sum(line == "ER  - " for line in lines) == len(shelf.records)


def test_csl_holds_every_record_with_every_character(shelf: Shelf) -> None:
    items = csl_items(shelf.path(".csl.json"))
    assert list(items) == [record["id"] for record in shelf.records]
    for record in shelf.records:
        item = items[record["id"]]
        assert item["title"] == record["title"]
        assert item.get("abstract") == record["summary"]
        assert item.get("URL") == record["url"]
        assert noted(item.get("note", "").split("\n"), "EDTF") == record["date"]
        assert noted(item.get("note", "").split("\n"), "Date as printed") == record["date_text"]
        assert (item["publisher"], item["source"]) == (HOLDER, ATTRIBUTION)


def test_dublin_core_holds_every_record(shelf: Shelf) -> None:
    described = dc_descriptions(shelf.path(".dc.xml"))
    assert list(described) == [record["id"] for record in shelf.records]
    for record in shelf.records:
        one = described[record["id"]]
        assert dict(one.attrib) == {f"{{{RDF}}}about": record["url"] or f"#{record['id']}"}
        assert texts(one, "title") == [fitted(record["title"])]
        assert texts(one, "abstract", DCTERMS) == ([fitted(record["summary"])] if record["summary"] else [])
        assert texts(one, "identifier")[1:] == ([record["url"]] if record["url"] else [])
        assert texts(one, "date") == ([record["date"]] if record["date"] else [])
        assert {date.get(f"{{{RDF}}}datatype") for date in one.findall(f"{{{DC}}}date")} <= {EDTF}
        assert noted(texts(one, "description"), "Date as printed") == record["date_text"]
        assert texts(one, "publisher") == [HOLDER]


def test_where_the_document_was_read_archive_shelf_mark_author_and_subjects_are_told(shelf: Shelf) -> None:
    (plain,) = [record["id"] for record in shelf.records if record["title"] == BITES[0]]
    archive, mark, author = "Foreign Ministry Archive", f"AVPRF, f. 0100, op. 51, {BITES[0]}", f"Writer, {BITES[0]}"
    item = csl_items(shelf.path(".csl.json"))[plain]
    assert (item["type"], item["genre"], item["archive"]) == ("manuscript", "Letter", archive)
    assert (item["archive_location"], item["author"]) == (mark, [{"literal": author}])
    assert item["keyword"] == f"{BITES[0]}; Mao Zedong; China; Soviet Union"
    assert noted(item["note"].split("\n"), "Languages") == "Russian; Chinese"
    entry = bib_entries(shelf.path(".bib"))[plain]
    assert (entry["library"], entry["note"]) == (f"{archive}. {mark}",) * 2
    assert (entry["author"], entry["type"], entry["language"]) == (f"{{{author}}}", "Letter", "Russian and Chinese")
    ris = ris_entries(shelf.path(".ris"))[plain]
    assert (ris["name_of_database"], ris["unknown_tag"]["AV"], ris["authors"]) == (archive, [mark], [author])
    assert (ris["type_of_work"], ris["language"]) == ("Letter", "Russian; Chinese")
    assert ris["keywords"] == [BITES[0], "Mao Zedong", "China", "Soviet Union"]
    one = dc_descriptions(shelf.path(".dc.xml"))[plain]
    assert (texts(one, "source"), texts(one, "creator")) == ([f"{archive}. {mark}"], [author])
    assert (texts(one, "type"), texts(one, "language")) == (["Letter"], ["ru", "zh"])
    assert texts(one, "rights") == ["Free to be used, with attribution."]


def test_where_it_was_not_read_nothing_of_it_is_told(shelf: Shelf) -> None:
    (without,) = [record["id"] for record in shelf.records if record["title"] == "00123"]
    item = csl_items(shelf.path(".csl.json"))[without]
    assert not {"archive", "archive_location", "author", "genre", "keyword", "license", "language"} & item.keys()
    assert not {"note", "library", "author", "type"} & bib_entries(shelf.path(".bib"))[without].keys()
    assert not {"name_of_database", "unknown_tag", "authors"} & ris_entries(shelf.path(".ris"))[without].keys()
    assert not texts(dc_descriptions(shelf.path(".dc.xml"))[without], "source")


@pytest.mark.parametrize(
    ("form", "listing", "document"),
    [
        (".bib", "2025-03-15", "2025-03-16"),
        (".ris", "2025/03/15/", "2025/03/16/"),
        (".csl.json", {"date-parts": [[2025, 3, 15]]}, {"date-parts": [[2025, 3, 16]]}),
        (".dc.xml", "2025-03-15", "2025-03-16"),
    ],
)
def test_accessed_is_the_day_of_the_newest_capture(shelf: Shelf, form: str, listing: Any, document: Any) -> None:
    ids = {record["title"]: record["id"] for record in shelf.records}
    assert accessed_by(shelf.path(form), ids["00123"]) == listing
    assert accessed_by(shelf.path(form), ids[BITES[0]]) == document


def test_what_does_not_fit_is_told_with_its_number_and_an_example(shelf: Shelf) -> None:
    broken = sum("\n" in (record["summary"] or "") for record in shelf.records)
    example = next(record["id"] for record in shelf.records if CONTROLS.search(record["title"]))
    controls = f"2 records with control characters, for which U+FFFD stands (for example {example})"
    for form in (".bib", ".ris", ".dc.xml"):
        assert controls in shelf.exported[form].notes, form
    assert shelf.exported[".csl.json"].notes == ()
    assert any(
        note.startswith(f"{broken} records with paragraphs or lines joined") for note in shelf.exported[".ris"].notes
    )
    assert any(
        note.startswith("4 records with an author whose name holds a comma") for note in shelf.exported[".ris"].notes
    )
    assert any(
        note.startswith("1 record with a keyword or address that holds a semicolon")
        for note in shelf.exported[".ris"].notes
    )
    assert any(note.startswith("1 record with a date that biblatex says less") for note in shelf.exported[".bib"].notes)
    assert any(note.startswith("1 record with keywords that hold a comma") for note in shelf.exported[".bib"].notes)
    assert any(note.startswith("1 record with more than 10 MB") for note in shelf.exported[".dc.xml"].notes) == (
        len(LONG) > 10_000_000
    )
