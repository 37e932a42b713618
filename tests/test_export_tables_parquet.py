"""Records as Parquet: typed, in groups, the same when they are read back; what they are stands in the file."""

import json
from datetime import date
from pathlib import Path

import polars
import pytest
from biting import LONG, publish_bites
from conftest import read_json
from exporting import export
from pyarrow import parquet
from tables import PARQUET, Reader, Records, ask_duckdb, foreign, parquet_by_pyarrow

from harvester.errors import DatasetError
from harvester.exports.source import Source


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Records]:
    folder = tmp_path_factory.mktemp("bites") / "d"
    records = publish_bites(folder)
    export(folder, folder.parent / "r.parquet")
    return folder, records


@pytest.fixture
def table(dataset: tuple[Path, Records]) -> Path:
    return dataset[0].parent / "r.parquet"


@pytest.mark.parametrize("read", PARQUET)
def test_each_reader_gives_the_same_records(dataset: tuple[Path, Records], table: Path, read: Reader) -> None:
    assert read(table) == dataset[1]


def test_columns_have_types(table: Path) -> None:
    found = dict(polars.read_parquet_schema(table))
    assert {str(found.pop(name)) for name in ("date_earliest", "date_latest")} == {"Date"}
    assert str(found.pop("listings")) == "List(String)"
    assert str(found.pop("withdrawn")) == "Boolean"
    assert {str(kind) for kind in found.values()} == {"String"}
    schema = parquet.read_schema(table)
    assert not schema.field("listings").type.value_field.nullable
    nullable = {field.name for field in schema if field.nullable}
    assert nullable == {"url", "date", "date_text", "date_earliest", "date_latest", "date_note", "summary"}


def test_days_before_1900_are_days(table: Path) -> None:
    asked = "SELECT min(date_earliest) AS first FROM read_parquet(?)"
    assert ask_duckdb(asked, str(table)) == [{"first": date(1789, 1, 1)}]


def test_the_file_says_what_it_holds(dataset: tuple[Path, Records], table: Path) -> None:
    package = read_json(dataset[0] / "datapackage.json")
    told = {name.decode(): value.decode() for name, value in parquet.read_metadata(table).metadata.items()}
    assert {name: told[name] for name in ("title", "attribution", "format_version", "readers")} == {
        name: package[name] for name in ("title", "attribution", "format_version", "readers")
    }
    assert json.loads(told["sources"]) == package["sources"]
    with Source(dataset[0]) as source:
        assert told["dataset_digest"] == source.digest
        assert told["as_of"] == source.coverage["listings"][0]["last_run"]["finished"]
    assert json.loads(told["verdicts"]) == [
        {"listing": "everything", "verdict": "complete as captured, order unproven"}
    ]
    described = {field.name: field.metadata[b"description"].decode() for field in parquet.read_schema(table)}
    assert described == json.loads(told["columns"])
    assert "EDTF" in described["date"]


def test_rows_stand_by_id_in_groups_that_can_be_skipped(tmp_path: Path) -> None:
    records = [{"id": f"wilson-{number:016x}"} for number in range(20_000)]
    export(foreign(tmp_path / "d", *records), tmp_path / "r.parquet")
    with parquet.ParquetFile(tmp_path / "r.parquet") as file:
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [16_384, 3_616]
    ids = [group.column(0).statistics for group in groups]
    assert [(told.min, told.max) for told in ids] == [
        (records[0]["id"], records[16_383]["id"]), (records[16_384]["id"], records[-1]["id"]),
    ]  # fmt: skip
    assert {(told.column_index, told.descending) for group in groups for told in group.sorting_columns} == {(0, False)}
    columns = [group.column(number) for group in groups for number in range(13)]
    assert {column.compression for column in columns} == {"ZSTD"}
    assert all(column.has_column_index and column.has_offset_index for column in columns)
    repeated = {column.path_in_schema for column in columns if column.has_dictionary_page}
    assert {"site", "date_precision"} <= repeated
    assert not repeated & {"id", "url", "title", "summary"}


def test_long_texts_make_groups_of_few_rows(tmp_path: Path) -> None:
    records = [{"id": f"wilson-{number:016x}", "summary": LONG} for number in range(5)]
    export(foreign(tmp_path / "d", *records), tmp_path / "r.parquet")
    with parquet.ParquetFile(tmp_path / "r.parquet") as file:
        assert [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)] == [4, 1]
    assert [record["summary"] == LONG for record in parquet_by_pyarrow(tmp_path / "r.parquet")] == [True] * 5


def test_a_bound_that_is_no_day_is_told_of_with_its_record(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "d", {"id": "wilson-00000000000000ff", "date_latest": "0000-12-31"})
    with pytest.raises(DatasetError, match="wilson-00000000000000ff has a bound that is no day: 0000-12-31"):
        export(folder, tmp_path / "r.parquet")
    assert not (tmp_path / "r.parquet").exists()


def test_a_dataset_without_records_is_a_table_without_rows(tmp_path: Path) -> None:
    export(foreign(tmp_path / "d"), tmp_path / "r.parquet")
    assert [read(tmp_path / "r.parquet") for read in PARQUET] == [[], [], [], []]
