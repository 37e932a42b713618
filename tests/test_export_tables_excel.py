"""Records as a workbook: text that is text, days that are days, within Excel's limits."""

import datetime
import errno
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from biting import LONG, publish_bites
from conftest import ROOT, Harvest, read_json
from exporting import export
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from tables import EXCEL, Reader, Records, excel_by_openpyxl, foreign

from harvester.errors import DestinationError
from harvester.exports.tables import excel
from harvester.exports.tables.sheets import Sheet, fit, is_link, workbook

MOST = 32_767


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Records]:
    folder = tmp_path_factory.mktemp("bites") / "d"
    records = publish_bites(folder)
    export(folder, folder.parent / "r.xlsx")
    return folder, records


@pytest.fixture(scope="module")
def book(dataset: tuple[Path, Records]) -> Any:
    return openpyxl.load_workbook(dataset[0].parent / "r.xlsx")


@pytest.mark.parametrize("read", EXCEL)
def test_each_reader_gives_the_same_records(dataset: tuple[Path, Records], read: Reader) -> None:
    cut = LONG[: MOST - 1] + "…"
    held = [record | ({"summary": cut} if record["summary"] == LONG else {}) for record in dataset[1]]
    assert read(dataset[0].parent / "r.xlsx") == held


def test_nothing_but_a_day_from_march_1900_on_is_a_date_and_nothing_is_a_formula(book: Any) -> None:
    columns = {column[0].value: column[1:] for column in book["records"].iter_cols()}
    days = [cell for name in ("date_earliest", "date_latest") for cell in columns.pop(name) if cell.value is not None]
    real = [cell.value.date().isoformat() for cell in days if cell.is_date]
    told = [cell.value for cell in days if not cell.is_date]
    assert min(real) == "1900-03-01" > max(told)
    assert len(real) > len(told) > 5
    assert {cell.data_type for cell in columns.pop("withdrawn")} == {"b"}
    assert {cell.data_type for column in columns.values() for cell in column if cell.value is not None} == {"s"}


def test_text_that_looks_like_something_else_stays_text(book: Any) -> None:
    titles = {cell.value: cell for cell in book["records"]["D"]}
    for told in ("00123", "1E5", "TRUE", "NULL", "+1+1", "=cmd|' /C calc'!A0"):
        assert titles[told].data_type == "s"
    # With a quote prefix it stays text for whoever edits the cell, too.
    prefixed = {told for told, cell in titles.items() if cell.quotePrefix}
    assert prefixed == {"=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "＝1+1 in full width"}


def test_the_sheet_can_be_read_as_it_is(book: Any) -> None:
    sheet = book["records"]
    assert (book.sheetnames, book.active.title) == (["records", "about"], "records")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:M{sheet.max_row}"
    assert sheet.column_dimensions["K"].width > sheet.column_dimensions["G"].width > 10
    assert {sheet.cell(2, number).alignment.wrap_text for number in (4, 11)} == {True}
    assert sheet["A1"].font.bold
    assert sheet.sheet_format.customHeight


def test_addresses_are_links_that_lead_where_they_say(book: Any) -> None:
    links = [cell for cell in book["records"]["C"][1:] if cell.value]
    assert len(links) == 28
    assert all(cell.hyperlink.target == cell.value for cell in links)


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("https://a.org/b?c=d&e=%C5%82#f", True),
        ("https://a.org/" + "a" * 2065, True),
        ("https://a.org/" + "a" * 2066, False),
        ("https://a.org/a b", False),
        ("https://a.org/100%", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
    ],
)
def test_an_address_that_excel_would_change_or_run_is_text(tmp_path: Path, address: str, links: bool) -> None:
    export(foreign(tmp_path / "d", {"url": address}), tmp_path / "r.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["records"]["C2"]
    assert cell.value == address
    assert (cell.hyperlink is not None) is links is is_link(address)
    if links:
        location = f"#{cell.hyperlink.location}" if cell.hyperlink.location else ""
        assert cell.hyperlink.target + location == address


def test_more_addresses_than_a_sheet_has_links_for_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = foreign(tmp_path / "d", *({"id": f"wilson-{number:016x}"} for number in range(4)))
    for most, links in ((4, 4), (3, 0)):
        monkeypatch.setattr(excel, "LINKS", most)
        notes = export(folder, tmp_path / "r.xlsx").notes
        cells = openpyxl.load_workbook(tmp_path / "r.xlsx")["records"]["C"][1:]
        assert sum(cell.hyperlink is not None for cell in cells) == links
        assert len(notes) == (links == 0)


def test_more_records_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"before")
    folder = foreign(tmp_path / "d", *({"id": f"wilson-{number:016x}"} for number in range(4)))
    monkeypatch.setattr(excel, "ROWS", 4)
    with pytest.raises(DestinationError, match="4 records are more than the 3 ") as caught:
        export(folder, tmp_path / "r.xlsx")
    assert ".parquet" in (caught.value.advice or "")
    assert (tmp_path / "r.xlsx").read_bytes() == b"before"
    monkeypatch.setattr(excel, "ROWS", 5)
    assert export(folder, tmp_path / "r.xlsx").records == 4


def test_what_was_cut_is_told_on_the_screen_and_in_the_workbook(tmp_path: Path) -> None:
    folder = foreign(
        tmp_path / "d",
        {"title": "a" * MOST},
        {"id": "wilson-00000000000000ff", "title": "🕊" * 16_383 + "ab", "summary": "🕊" * 16_384},
    )
    (note,) = export(folder, tmp_path / "r.xlsx").notes
    assert "2 texts (for example wilson-00000000000000ff)" in note
    whole, cut = excel_by_openpyxl(tmp_path / "r.xlsx")
    assert whole["title"] == "a" * MOST
    assert (cut["title"], cut["summary"]) == ("🕊" * 16_383 + "…",) * 2
    about = openpyxl.load_workbook(tmp_path / "r.xlsx")["about"]
    assert ("note", note) in list(about.iter_rows(values_only=True))


@given(st.text(min_size=30, max_size=40))
def test_what_fits_into_a_cell_is_not_cut_and_what_is_cut_fits(text: str) -> None:
    long = text * 900
    held = fit(long)
    size = len(held.encode("utf-16-le")) // 2
    assert size <= MOST
    assert held == long or (long.startswith(held[:-1]) and held.endswith("…") and size >= MOST - 1)
    assert (held == long) is (len(long.encode("utf-16-le")) // 2 <= MOST)


TEXTS = st.text(max_size=50) | st.text("_x0041\x00\x1b\r\n <>/r&\ufffe=", max_size=30)
TOLD = (
    "_x0041_x0042_",
    "<r>&</r>",
    "<r><t>hidden</t></r>",
    "_x005F_",
    "\r",
    "\x0b",
    " a ",
    "_x000d_\x00",
    "\ufffe\uffff",
)


@given(st.lists(TEXTS | st.sampled_from(TOLD), min_size=1))
@settings(max_examples=50)
def test_any_text_comes_back_the_same(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("any") / "r.xlsx"
    with workbook(path) as made:
        sheet = made.add_worksheet("records", Sheet)
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text)
    cells = openpyxl.load_workbook(path)["records"]["A"]
    assert [unescape(cell.value or "") for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_workbook_says_whose_the_records_are_and_what_was_proved(dataset: tuple[Path, Records], book: Any) -> None:
    package = read_json(dataset[0] / "datapackage.json")
    coverage = read_json(dataset[0] / "coverage.json")["listings"][0]
    told = list(book["about"].iter_rows(values_only=True))
    assert ("Attribution", package["attribution"]) in told
    assert ("everything", coverage["verdict"]) in told
    assert book.properties.title == package["title"]
    assert book.properties.description == package["attribution"]
    finished = datetime.datetime.fromisoformat(coverage["last_run"]["finished"]).replace(tzinfo=None)
    assert book.properties.created == book.properties.modified == finished


def test_a_listing_of_which_captures_do_not_say_which_is_named_as_their_file(tmp_path: Path, harvest: Harvest) -> None:
    assert harvest("replay", ROOT / "fixtures" / "results-page-8.txt", "-o", tmp_path / "d").code == 3
    export(tmp_path / "d", tmp_path / "r.xlsx")
    about = openpyxl.load_workbook(tmp_path / "r.xlsx")["about"]
    assert ("results-page-8.txt", "incomplete") in list(about.iter_rows(values_only=True))


def test_no_cell_is_marked_as_a_number_that_is_text(dataset: tuple[Path, Records]) -> None:
    with zipfile.ZipFile(dataset[0].parent / "r.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<ignoredError sqref="A1:M30" numberStoredAsText="1"/>' in sheet


def test_no_file_of_it_knows_the_hour_at_which_it_was_written(dataset: tuple[Path, Records]) -> None:
    with zipfile.ZipFile(dataset[0].parent / "r.xlsx") as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 31)}


def test_a_dataset_without_records_is_a_sheet_with_a_header(tmp_path: Path) -> None:
    export(foreign(tmp_path / "d"), tmp_path / "r.xlsx")
    assert excel_by_openpyxl(tmp_path / "r.xlsx") == []


def test_a_workbook_that_excel_could_not_open_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = foreign(tmp_path / "d", {"title": "a"})
    (tmp_path / "r.xlsx").write_bytes(b"before")
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 1000)
    with pytest.raises(DestinationError, match="larger than 4 GB") as caught:
        export(folder, tmp_path / "r.xlsx")
    assert ".parquet" in (caught.value.advice or "")
    assert (tmp_path / "r.xlsx").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "r.xlsx"]


def test_a_disk_that_is_full_when_all_rows_are_written_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = foreign(tmp_path / "d", {"title": "a"})
    (tmp_path / "r.xlsx").write_bytes(b"before")
    monkeypatch.setattr(zipfile.ZipFile, "write", fail)
    with pytest.raises(DestinationError, match="cannot be written: No space left on device"):
        export(folder, tmp_path / "r.xlsx")
    assert (tmp_path / "r.xlsx").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "r.xlsx"]
