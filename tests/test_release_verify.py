"""`harvest verify` of a release: a changed byte in any file, one missing, one too many, and claims that don't fit."""

import json
import random
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pyarrow as pa
import pytest
from biting import publish_bites
from conftest import Harvest, read_json
from pyarrow import parquet
from releases import names_in, pack_again, publish_all, unpack, vouch

from harvester.errors import DatasetError, Exit
from harvester.exports import Source
from harvester.exports.release import is_release, release, unpacking, verify_release


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    publish_all(folder / "whole")
    release(folder / "whole", folder / "r.zip")
    return folder / "r.zip"


@pytest.fixture
def folder(zipped: Path, tmp_path: Path) -> Path:
    return unpack(zipped, tmp_path / "r")


def faults(path: Path) -> str:
    return "\n".join(verify_release(path)[0].faults)


def flip(path: Path, at: float) -> None:
    """Change a bit of the byte at a place between 0 and 1."""
    body = bytearray(path.read_bytes())
    if body:
        body[int(at * (len(body) - 1))] ^= 1
    path.write_bytes(bytes(body) or b"x")


def test_a_release_is_accepted_as_a_zip_and_as_a_folder(harvest: Harvest, zipped: Path, folder: Path) -> None:
    for path in (zipped, folder):
        ran = harvest("verify", path)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"{path} is whole: 4 records, as released.\n/search: 3 of 3 - complete\n")
        assert "Note" not in ran.out and "Next" not in ran.out


def test_an_incomplete_one_has_its_exit_code_and_nothing_to_do_next(harvest: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    release(tmp_path / "d", tmp_path / "r.zip")
    ran = harvest("verify", tmp_path / "r.zip")
    assert (ran.code, ran.err) == (3, "")
    assert " missing" in ran.out and "Next" not in ran.out


def test_it_says_of_which_dataset_and_state_it_is(folder: Path, zipped: Path) -> None:
    with Source(folder) as released, Source(zipped.with_name("whole")) as dataset:
        assert released.digest == dataset.digest
        told = {"version": 1, "dataset": "whole", "state": dataset.digest, "left_out": []}
        assert released.package["release"] == told


def test_a_changed_byte_in_any_file_is_found(zipped: Path, folder: Path, tmp_path: Path) -> None:
    chosen = random.Random(3)
    for name in names_in(folder):
        for at in (0.0, chosen.random(), 1.0):
            kept = (folder / name).read_bytes()
            flip(folder / name, at)
            for path in (folder, pack_again(folder, tmp_path / "changed.zip")):
                try:
                    assert (name if name != "SHA256SUMS" else " ") in faults(path), (name, at)
                except DatasetError as error:
                    assert name == "SHA256SUMS", (name, at, error)
            (folder / name).write_bytes(kept)
    assert faults(folder) == ""


def test_a_missing_file_is_found_whichever_it_is(folder: Path, tmp_path: Path) -> None:
    for name in names_in(folder):
        (folder / name).rename(tmp_path / "aside")
        for path in (folder, pack_again(folder, tmp_path / "changed.zip")):
            assert is_release(path)
            if name == "SHA256SUMS":
                with pytest.raises(DatasetError, match="has no SHA256SUMS"):
                    verify_release(path)
            else:
                assert faults(path) == f"{name} is missing"
        (tmp_path / "aside").rename(folder / name)


@pytest.mark.parametrize("name", ["more.txt", "texts/x.txt", "snapshot/x.wacz", ".hidden", "new/x", "ledger.sqlite"])
def test_an_added_file_is_found(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    for path in (folder, pack_again(folder, tmp_path / "changed.zip")):
        assert faults(path) == f"{name} is no file of this release"


def test_a_folder_that_is_a_link_is_found(folder: Path, tmp_path: Path) -> None:
    (folder / "texts").rename(tmp_path / "texts")
    (folder / "texts").symlink_to(tmp_path / "texts")
    assert faults(folder) == "texts is no file"


def test_bytes_of_the_zip_itself_are_changed(zipped: Path, tmp_path: Path) -> None:
    """Either it is found, or what is unpacked is what was packed: a zip has bytes that say nothing of its files."""
    chosen, body = random.Random(11), zipped.read_bytes()
    with ZipFile(zipped) as pack:
        whole = {name: pack.read(name) for name in pack.namelist()}
    places = [chosen.randrange(len(body)) for _ in range(30)] + list(range(len(body) - 1400, len(body), 25))
    found = 0
    for place in places:
        changed = bytearray(body)
        changed[place] ^= 1 << chosen.randrange(8)
        (tmp_path / "c.zip").write_bytes(changed)
        try:
            found += bool(faults(tmp_path / "c.zip"))
        except DatasetError:
            found += 1
        else:
            if not faults(tmp_path / "c.zip"):
                with ZipFile(tmp_path / "c.zip") as pack:
                    assert {name: pack.read(name) for name in pack.namelist()} == whole, place
    assert found > 30


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_zip_that_was_cut_off_is_none(zipped: Path, tmp_path: Path, cut: int) -> None:
    (tmp_path / "c.zip").write_bytes(zipped.read_bytes()[:-cut])
    with pytest.raises(DatasetError, match=r"no zip that can be read|not all of one"):
        verify_release(tmp_path / "c.zip")


@pytest.mark.parametrize(
    "name", ["../out", "/out", "texts/../../out", "a\\..\\out", "C:out", "pp//b", "./a", "nul\0", "pp\nb"]
)
def test_a_name_that_leads_out_is_never_written(folder: Path, tmp_path: Path, name: str) -> None:
    path = pack_again(folder, tmp_path / "c.zip")
    harmless = "p" * len(name)
    with ZipFile(path, "a") as pack:
        pack.writestr(harmless, b"out")
    path.write_bytes(path.read_bytes().replace(harmless.encode(), name.encode()))
    before = names_in(tmp_path)
    assert "a name that no release has" in faults(path)
    assert names_in(tmp_path) == before


def test_two_files_of_one_name_and_other_packings_are_found(folder: Path, tmp_path: Path) -> None:
    path = pack_again(folder, tmp_path / "c.zip")
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(path, "a") as pack:
        pack.writestr("README.md", b"another")
    assert "stands in it twice" in faults(path)
    path = pack_again(folder, tmp_path / "d.zip")
    with ZipFile(path, "a", ZIP_BZIP2) as pack:
        pack.writestr("more", b"another")
    assert faults(path) == "more is packed in a way that no release is"


def test_folders_listed_in_a_zip_do_no_harm(folder: Path, tmp_path: Path) -> None:
    """Other programs list them."""
    with ZipFile(pack_again(folder, tmp_path / "c.zip"), "a") as pack:
        pack.writestr("texts/", b"")
    assert faults(tmp_path / "c.zip") == ""


@pytest.mark.parametrize("name", ["more/", "README.md/"])
def test_a_folder_in_a_zip_that_is_more_is_found(folder: Path, tmp_path: Path, name: str) -> None:
    """What is written behind it would be unpacked by nobody, or over a file."""
    with ZipFile(pack_again(folder, tmp_path / "c.zip"), "a") as pack:
        pack.writestr(ZipInfo(name), b"more" if name == "more/" else b"")
    assert "a name that no release has" in faults(tmp_path / "c.zip")


def test_a_link_in_a_zip_is_found(folder: Path, tmp_path: Path) -> None:
    """Its bytes are as released, but what unpacks it makes a way out of the folder of them."""
    with ZipFile(pack_again(folder, tmp_path / "c.zip")) as pack, ZipFile(tmp_path / "d.zip", "w") as forged:
        for told in pack.infolist():
            body = pack.read(told)
            told.external_attr = (stat.S_IFLNK if told.filename == "README.md" else stat.S_IFREG) << 16
            forged.writestr(told, body)
    assert faults(tmp_path / "d.zip") == "README.md is no file"


def test_no_room_to_unpack_is_said(zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(zipped) as pack:
        needed = sum(one.file_size for one in pack.infolist() if not one.filename.startswith("snapshot/"))
    usage = type("Usage", (), {"free": needed - 1})
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DatasetError, match=f"{needed:,} bytes are needed") as caught:
        verify_release(zipped)
    assert "TMPDIR" in caught.value.advice
    usage.free = needed  # type: ignore[attr-defined]
    assert faults(zipped) == ""


def change_parquet(folder: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    table = parquet.read_table(folder / "records.parquet")
    parquet.write_table(change(table), folder / "records.parquet")


def another_title(table: pa.Table) -> pa.Table:
    rows = table.to_pylist()
    rows[1]["title"] += "!"
    return pa.Table.from_pylist(rows, table.schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (another_title, "says something else of wilson-"),
        (lambda table: table.slice(1), "lacks wilson-"),
        (lambda table: pa.concat_tables([table, table.slice(0, 1)]), "twice"),
        (lambda table: table.drop_columns(["summary"]), "cannot be read: KeyError 'summary'"),
    ],
    ids=["another", "one-less", "one-twice", "a-field-less"],
)
def test_parquet_that_says_something_else_is_found_though_digests_fit(folder: Path, change, said: str) -> None:
    change_parquet(folder, change)
    vouch(folder)
    assert said in faults(folder)


def test_parquet_that_is_none_is_found(folder: Path) -> None:
    (folder / "records.parquet").write_bytes(b"PAR1 no")
    vouch(folder)
    assert "records.parquet cannot be read" in faults(folder)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE records SET title = title || '!' WHERE rowid = 2", "table records: wilson-"),
        ("UPDATE records SET withdrawn = 1 WHERE rowid = 1", "table records: wilson-"),
        (
            "DELETE FROM record_listings WHERE record = (SELECT min(record) FROM record_listings)",
            "table record_listings: wilson-",
        ),
        ("DELETE FROM documents WHERE rowid = 1", "table documents: wilson-"),
        ("UPDATE document_texts SET body = body || ' '", "table document_texts: wilson-"),
        (
            "ALTER TABLE listings RENAME TO told; CREATE VIEW listings AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL "
            "SELECT n + 1 FROM n WHERE n < 3) SELECT told.* FROM told, n WHERE n = 1",
            "has no table listings",
        ),
        ("UPDATE document_files SET url = url || '#'", "table document_files: wilson-"),
        ("UPDATE listings SET verdict = 'complete', total = 7", "table listings: "),
        ("UPDATE harvest_load SET digest = 'x'", "another published state"),
        ("DROP TABLE former_ids", "has no table former_ids"),
        ("ALTER TABLE listings DROP COLUMN label", "table listings: "),
    ],
)
def test_sqlite_that_says_something_else_is_found_though_digests_fit(folder: Path, sql: str, said: str) -> None:
    with closing(sqlite3.connect(folder / "records.sqlite")) as db, db:
        assert all(db.execute(one).rowcount for one in sql.split("; "))
    vouch(folder)
    assert said in faults(folder)


def test_sqlite_that_is_none_is_found(folder: Path) -> None:
    (folder / "records.sqlite").write_bytes(b"SQLite format 4")
    vouch(folder)
    assert "records.sqlite cannot be read" in faults(folder)


def test_a_certificate_that_claims_too_much_is_found_though_digests_fit(folder: Path) -> None:
    coverage = read_json(folder / "coverage.json")
    coverage["listings"][0]["total"] = coverage["listings"][0]["rows"] = 4
    (folder / "coverage.json").write_text(json.dumps(coverage), encoding="utf-8")
    vouch(folder)
    assert "coverage.json" in faults(folder) or "provenance says" in faults(folder)


@pytest.mark.parametrize("name", ["records.parquet", "records.sqlite", "texts", "files"])
def test_what_is_gone_without_being_left_out_is_found_though_digests_fit(folder: Path, name: str) -> None:
    shutil.rmtree(folder / name) if "." not in name else (folder / name).unlink()
    package = read_json(folder / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if (folder / one["path"]).exists()]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    vouch(folder)
    assert "missing" in faults(folder)


def test_a_package_that_does_not_describe_a_file_is_found(folder: Path) -> None:
    package = read_json(folder / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if one["path"] != "README.md"]
    package["release"]["left_out"] = ["parquet"]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    vouch(folder)
    assert "datapackage.json and SHA256SUMS tell differently of README.md" in faults(folder)
    assert "records.parquet is there, though datapackage.json leaves it out" in faults(folder)


@pytest.mark.parametrize(
    ("told", "said"),
    [({"version": 2, "left_out": []}, "version 2"), (None, "not that of a release"), ({"version": 1}, "not that")],
)
def test_a_release_of_another_form_is_said_to_be_one(folder: Path, told: object, said: str) -> None:
    package = read_json(folder / "datapackage.json")
    (folder / "datapackage.json").write_text(json.dumps({**package, "release": told}), encoding="utf-8")
    vouch(folder)
    with pytest.raises(DatasetError, match=said):
        verify_release(folder)


def test_without_its_library_parquet_is_checked_by_its_digest_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    findings, _, notes = verify_release(folder)
    assert findings.faults == []
    assert notes == [
        "records.parquet was checked by its digest alone: pip install 'archive-harvester[tables]' to look into it"
    ]
    flip(folder / "records.parquet", 0.5)
    assert "records.parquet is not the file that was released" in faults(folder)


@pytest.mark.parametrize("name", ["file", "r.zip"])
def test_what_is_no_release_is_said_to_be_none(harvest: Harvest, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no zip")
    ran = harvest("verify", tmp_path / name)
    assert ran.code == Exit.DATASET and "no zip that can be read" in ran.err and "Traceback" not in ran.err


def test_a_zip_within_a_folder_is_told_what_it_lacks(folder: Path, tmp_path: Path) -> None:
    pack_again(folder.parent, tmp_path / "c.zip")
    with pytest.raises(DatasetError, match="has no SHA256SUMS"):
        verify_release(tmp_path / "c.zip")


def test_a_changed_release_is_said_to_be_one_with_exit_code_7(harvest: Harvest, folder: Path) -> None:
    flip(folder / "README.md", 0.5)
    ran = harvest("verify", folder)
    assert ran.code == 7
    assert "README.md is not the file that was released" in ran.err
    assert f"{folder} is not what was released" in ran.err and "Get the release again" in ran.err


def test_other_verbs_work_on_a_release_that_is_unpacked(harvest: Harvest, folder: Path, zipped: Path) -> None:
    dataset = zipped.with_name("whole")
    record = read_json(folder / "coverage.json")["documents"] and (folder / "records.jsonl").read_text().split('"')[3]
    for words in (["find", "document"], ["why", record], ["why", record, "title"]):
        of_dataset, of_release = (harvest(words[0], one, *words[1:]) for one in (dataset, folder))
        assert of_release.code == 0 and of_release.out == of_dataset.out and of_release.out
    compared = harvest("diff", dataset, folder)
    assert compared.code == 0 and "In both: 4, of which 0 differ" in compared.out
    assert harvest("export", folder, "-").out == (dataset / "records.jsonl").read_text(encoding="utf-8")
    exported = harvest("export", folder, "new.sqlite")
    assert exported.code == 0 and harvest("export", folder, "new.sqlite").out.endswith("nothing had changed\n")


def test_nothing_is_harvested_into_a_release(harvest: Harvest, folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in names_in(folder)}
    for words in (["update", folder], ["replay", folder / "snapshot", "-o", folder]):
        ran = harvest(*words)
        assert ran.code == 7 and "Traceback" not in ran.err, (ran.out, ran.err)
    assert {name: (folder / name).read_bytes() for name in names_in(folder)} == before
