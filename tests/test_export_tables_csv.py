"""Records as CSV: safe in a spreadsheet, the same when they are read back, described by a package beside them."""

import csv
import io
import re
from pathlib import Path

import frictionless
import pytest
from biting import publish_bites
from conftest import read_json
from exporting import export
from hypothesis import given
from hypothesis import strategies as st
from tables import CSV, LONGEST, UNDO, Reader, Records, csv_by_csv, foreign

from harvester.exports.source import Source
from harvester.exports.tables.csv import to_cell

DANGEROUS = "=+-@\t\r\n＝＋－＠"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Records]:
    folder = tmp_path_factory.mktemp("bites") / "d"
    records = publish_bites(folder)
    export(folder, folder.parent / "r.csv")
    return folder, records


@pytest.fixture
def table(dataset: tuple[Path, Records]) -> Path:
    return dataset[0].parent / "r.csv"


@pytest.mark.parametrize("read", CSV)
def test_each_reader_gives_the_same_records(dataset: tuple[Path, Records], table: Path, read: Reader) -> None:
    assert read(table) == dataset[1]


def test_no_cell_begins_as_a_formula_does(table: Path) -> None:
    csv.field_size_limit(LONGEST)
    with table.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple(DANGEROUS))]
    for stands in ("'=cmd|' /C calc'!A0", "''=quoted already", "'An ordinary quotation'", "'＝1+1 in full width"):
        assert stands in cells


def test_it_says_that_it_is_utf_8_and_ends_its_lines_as_rfc_4180_has_it(table: Path) -> None:
    body = table.read_bytes()
    assert body.startswith(b"\xef\xbb\xbfid,site,url,title,")
    assert body.endswith(b',"[""everything""]",false\r\n')


TEXTS = st.text() | st.text("'=+-@\t\r\n＝＋－＠ ;,\"\x00aé🕊") | st.sampled_from(("", "'", "''", "'\n", "'a"))


@given(st.lists(TEXTS | st.none(), min_size=2))
def test_any_text_goes_out_safe_and_comes_back_the_same(texts: list[str | None]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([to_cell(text) for text in texts])
    (cells,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert not [cell for cell in cells if cell.startswith(tuple(DANGEROUS))]
    assert [re.sub(UNDO, r"\1", cell, count=1) if cell else None for cell in cells] == texts


@given(TEXTS.filter(lambda text: re.search(UNDO, f"'{text}") is None))
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert to_cell(text) == text


@pytest.mark.parametrize("read", CSV)
def test_null_is_told_from_text_that_is_empty(tmp_path: Path, read: Reader) -> None:
    folder = foreign(tmp_path / "d", {"title": "", "summary": "'", "date_note": "NULL", "url": None})
    export(folder, tmp_path / "r.csv")
    (record,) = read(tmp_path / "r.csv")
    assert [record[name] for name in ("title", "summary", "date_note", "url")] == ["", "'", "NULL", None]


@pytest.mark.parametrize("read", CSV)
def test_line_ends_within_a_text_stay_as_they_are(tmp_path: Path, read: Reader) -> None:
    text = "a\rb\r\nc\n\nd\u2028e\x85f\x0bg \r"
    export(foreign(tmp_path / "d", {"title": text, "summary": f"\r\n{text}"}), tmp_path / "r.csv")
    (record,) = read(tmp_path / "r.csv")
    assert (record["title"], record["summary"]) == (text, f"\r\n{text}")


def test_frictionless_finds_the_package_beside_it_valid_and_reads_the_records(
    dataset: tuple[Path, Records], table: Path
) -> None:
    path = table.with_name("r.datapackage.json")
    report = frictionless.validate(str(path))
    assert report.valid, report.flatten(["message"])
    with frictionless.Package(str(path)).get_resource("records") as resource:
        rows = [row.to_dict() for row in resource.row_stream]
    for name, told in (("listings", list), ("withdrawn", bool), ("date_latest", lambda day: day and str(day))):
        assert [told(row[name]) for row in rows] == [record[name] for record in dataset[1]]


def test_the_package_carries_what_the_table_has_no_room_for(dataset: tuple[Path, Records], table: Path) -> None:
    told, published = read_json(table.with_name("r.datapackage.json")), read_json(dataset[0] / "datapackage.json")
    assert told["verdicts"] == [{"listing": "everything", "verdict": "complete as captured, order unproven"}]
    assert {name: told[name] for name in ("title", "sources", "attribution")} == {
        name: published[name] for name in ("title", "sources", "attribution")
    }
    with Source(dataset[0]) as source:
        assert told["dataset_digest"] == source.digest
    assert UNDO in told["resources"][0]["description"]
    assert told["resources"][0]["schema"]["primaryKey"] == "id"


def test_the_package_notices_another_table(table: Path, tmp_path: Path) -> None:
    for path in (table, table.with_name("r.datapackage.json")):
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"A plain letter", b"A clean letter"))
    assert not frictionless.validate(str(tmp_path / "r.datapackage.json")).valid


def test_where_a_formula_could_begin_at_a_semicolon_is_told(tmp_path: Path) -> None:
    folder = foreign(
        tmp_path / "d", {"title": "Plain; and -so on"}, {"id": "wilson-00000000000000ff", "title": 'a;"=1'}
    )
    (note,) = export(folder, tmp_path / "r.csv").notes
    assert "in 1 text (for example wilson-00000000000000ff)" in note
    assert ".xlsx" in note


def test_a_field_that_no_column_holds_is_not_dropped_in_silence(tmp_path: Path) -> None:
    from harvester.errors import DatasetError

    folder = foreign(tmp_path / "d", {"shelf": "F. 5"})
    with pytest.raises(DatasetError, match="shelf"):
        export(folder, tmp_path / "r.csv")


def test_a_dataset_without_records_is_a_table_without_rows(tmp_path: Path) -> None:
    export(foreign(tmp_path / "d"), tmp_path / "r.csv")
    assert csv_by_csv(tmp_path / "r.csv") == []
    assert frictionless.validate(str(tmp_path / "r.datapackage.json")).valid
