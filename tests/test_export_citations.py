"""A dataset as a bibliography: each format is read back by libraries of its own, and every record is in it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from biting import BITES, LONG, publish_bites
from conftest import ROOT, Harvest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from pybtex.database import parse_file
from pylatexenc.latex2text import LatexNodes2Text
from retold import retell

from harvester.errors import DatasetError
from harvester.exports import Exported, Source, find_destination
from harvester.exports.citing.tex import escape
from harvester.exports.destination import Options
from harvester.exports.dublin_core import DC, DCTERMS, EDTF, RDF

FORMS = (".bib", ".ris", ".csl.json", ".dc.xml")
HOLDER = "Wilson Center Digital Archive"
ATTRIBUTION = f"{HOLDER}, https://digitalarchive.wilsoncenter.org; harvested with archive-harvester"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
Line = dict[str, Any]


def export(dataset: Path, target: Path) -> Exported:
    with Source(dataset) as source:
        return find_destination(str(target)).export(source, Options())


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


def fitted(text: str | None) -> str | None:
    """Return a text as all formats but JSON hold it."""
    return text and CONTROLS.sub("\ufffd", text)


def joined(text: str | None) -> str | None:
    """Return a text as one line."""
    text = fitted(text)
    return text and re.sub(r"\s*\n\s*", " ", text)


def untexed(text: str | None) -> str | None:
    """Return what TeX prints for a field, by pylatexenc; which takes minutes for ten megabytes of plain words."""
    if text is None or len(text) > 1_000_000:
        return text
    # A circumflex is a modifier letter to it.
    return LatexNodes2Text().latex_to_text(text).replace("\u02c6", "^")


def bib_entries(path: Path) -> dict[str, dict[str, str]]:
    library = bibtexparser.parse_file(str(path))
    assert not library.failed_blocks
    return {entry.key: {field.key: field.value for field in entry.fields} for entry in library.entries}


def ris_entries(path: Path) -> dict[str, Line]:
    # By its own rules rispy parts addresses at semicolons, and takes a carriage return in a text for a line's end.
    with path.open(encoding="utf-8", newline="\r\n") as file:
        return {entry["id"]: entry for entry in rispy.load(file)}


def csl_items(path: Path) -> dict[str, Line]:
    return {item["id"]: item for item in json.loads(path.read_text(encoding="utf-8"))}


def dc_descriptions(path: Path) -> dict[str, Any]:
    root = etree.parse(str(path), etree.XMLParser(huge_tree=True)).getroot()
    whole, *told = root.findall(f"{{{RDF}}}Description")
    assert whole.get(f"{{{RDF}}}about") == ""
    assert texts(whole, "rights") == [ATTRIBUTION]
    return {texts(one, "identifier")[0]: one for one in told}


def texts(described: Any, name: str, space: str = DC) -> list[str]:
    return [one.text for one in described.findall(f"{{{space}}}{name}")]


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


def noted(notes: list[str], name: str) -> str | None:
    return next((note.partition(": ")[2] for note in notes if note.startswith(f"{name}: ")), None)


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


def accessed_by(path: Path, record: str) -> str | None:
    """Return the day of access that a file tells of a record, as it stands there."""
    told: dict[str, Callable[[], Any]] = {
        ".bib": lambda: bib_entries(path)[record].get("urldate"),
        ".ris": lambda: ris_entries(path)[record].get("access_date"),
        ".csl.json": lambda: csl_items(path)[record].get("accessed"),
        ".dc.xml": lambda: noted(texts(dc_descriptions(path)[record], "description"), "Accessed"),
    }
    return told[path.name.removeprefix("all")]()


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


def withdrawn_in(path: Path) -> Iterator[str]:
    notes: dict[str, Callable[[], dict[str, Any]]] = {
        ".bib": lambda: {key: entry.get("note") for key, entry in bib_entries(path).items()},
        ".ris": lambda: {key: entry.get("notes") for key, entry in ris_entries(path).items()},
        ".csl.json": lambda: {key: item.get("note") for key, item in csl_items(path).items()},
        ".dc.xml": lambda: {key: texts(one, "description") for key, one in dc_descriptions(path).items()},
    }
    told = notes[path.name.removeprefix("all")]()
    return (key for key, note in told.items() if "Withdrawn: " in str(note))


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


HOSTILE = (
    "A\nER  - \r\n\r\nTY  - BOOK\nTI  - B",
    "},}\n\n@misc{other, title = {B",
    "@comment{ @string{x = {",
    "\\}{\\{ \\ \\\\ % end",
    "{" * 150 + "x" + "}" * 150,
    "``quoted'' --- -- !` ?` <<x>> \"",
    "</dc:title></rdf:Description>&lt;]]><!-- &amp; -->",
    "a\x85b\u2028c\x0bd\x1ce",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_text_never_ends_its_field(tmp_path: Path, title: str) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    hostile = records[1]["id"]
    retell(tmp_path / "d", "records.jsonl", lambda told: told.update(title=title) if told["id"] == hostile else None)
    for form in FORMS:
        export(tmp_path / "d", tmp_path / f"all{form}")
    entries = bib_entries(tmp_path / "all.bib")
    assert len(entries) == len(records)
    assert untexed(entries[hostile]["title"][1:-1]) == printed(fitted(title))
    assert list(parse_file(str(tmp_path / "all.bib")).entries) == list(entries)
    ris = ris_entries(tmp_path / "all.ris")
    assert len(ris) == len(records)
    assert ris[hostile]["title"].split() == re.sub("[\x0b\x1c]", "\ufffd", title).split()
    assert csl_items(tmp_path / "all.csl.json")[hostile]["title"] == title
    described = dc_descriptions(tmp_path / "all.dc.xml")
    assert len(described) == len(records)
    assert texts(described[hostile], "title") == [fitted(title)]


def printed(text: str | None) -> str:
    """Return what pylatexenc makes of line ends: of a blank line a paragraph, of \\r\\n one."""
    return (text or "").replace("\r\n", "\n")


@settings(deadline=None)
@given(st.text("ab \n-`'!?<>,{}\\~^&%$#_\"é"))
@example("{{}")
@example("}{")
def test_what_tex_prints_is_the_text_and_braces_always_pair(text: str) -> None:
    escaped = escape(text)
    depths = list(accumulate((sign == "{") - (sign == "}") for sign in escaped))
    assert min(depths, default=0) >= 0
    assert depths[-1:] in ([0], [])
    assert untexed(escaped) == text


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


def test_an_address_never_ends_its_field(tmp_path: Path) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    hostile, url = records[1]["id"], "https://a.example/{b}\\c}, d\n_~e&f;g%20#h"
    retell(tmp_path / "d", "records.jsonl", lambda told: told.update(url=url) if told["id"] == hostile else None)
    for form in FORMS:
        export(tmp_path / "d", tmp_path / f"all{form}")
    assert bib_entries(tmp_path / "all.bib")[hostile]["url"] == "https://a.example/%7Bb%7D%5Cc%7D,%20d%0A_~e&f;g%20#h"
    assert ";".join(ris_entries(tmp_path / "all.ris")[hostile]["urls"]) == url.replace("\n", " ")
    assert csl_items(tmp_path / "all.csl.json")[hostile]["URL"] == url
    assert texts(dc_descriptions(tmp_path / "all.dc.xml")[hostile], "identifier") == [hostile, url]


def test_the_attribution_begins_no_entry_of_bibtex(tmp_path: Path) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    package = json.loads((tmp_path / "d" / "datapackage.json").read_bytes())
    package["attribution"] = "By me@example.org, @misc{x, title = {y}}"
    (tmp_path / "d" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    export(tmp_path / "d", tmp_path / "all.bib")
    assert len(bib_entries(tmp_path / "all.bib")) == len(records)
    assert len(parse_file(str(tmp_path / "all.bib")).entries) == len(records)


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
