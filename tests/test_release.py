"""`harvest release`: what is in it, that it is whole or not there, and that the same dataset gives the same bytes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import frictionless
import pytest
from biting import publish_bites
from conftest import ROOT, Harvest, read_json, read_lines
from holding import begin, document, entry, publish_documents
from releases import names_in, publish_all, unpack

from harvester.dataset.publish import open_dataset
from harvester.dataset.writing import digest_file
from harvester.errors import DatasetError, DestinationError, MissingExtra, UsageProblem
from harvester.exports import Source
from harvester.exports.release import carriers, packing, release, staging
from harvester.exports.release.readme import plain

OPTIONAL = {
    "texts": "texts/", "files": "files/", "snapshots": "snapshot/", "parquet": "records.parquet",
    "sqlite": "records.sqlite",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_all(tmp_path_factory.mktemp("data") / "whole")


@pytest.fixture(scope="module")
def zipped(whole: Path) -> Path:
    release(whole, whole.with_name("whole-release.zip"))
    return whole.with_name("whole-release.zip")


def published(dataset: Path) -> list[str]:
    return [name for name in names_in(dataset) if name not in {"ledger.sqlite", "datapackage.json"}]


def test_all_of_the_dataset_is_in_it_but_the_state_of_the_harvester(whole: Path, zipped: Path) -> None:
    made = ["README.md", "SHA256SUMS", "datapackage.json", "records.parquet", "records.sqlite"]
    assert names_in(zipped) == sorted([*published(whole), *made])
    with ZipFile(zipped) as pack:
        for name in published(whole):
            assert pack.read(name) == (whole / name).read_bytes()
    assert {name.partition("/")[0] for name in names_in(zipped)} >= {"texts", "files", "snapshot", "documents.jsonl"}


def test_a_folder_holds_the_same_as_a_zip(whole: Path, zipped: Path, tmp_path: Path) -> None:
    told = release(whole, tmp_path / "release")
    assert names_in(tmp_path / "release") == names_in(zipped)
    with ZipFile(zipped) as pack:
        assert all((tmp_path / "release" / name).read_bytes() == pack.read(name) for name in names_in(zipped))
    assert (told.records, told.files) == (4, len(names_in(zipped)))
    assert told.bytes == sum(path.stat().st_size for path in (tmp_path / "release").rglob("*") if path.is_file())


def test_the_checksums_are_checked_by_the_common_tool(zipped: Path, tmp_path: Path) -> None:
    folder = unpack(zipped, tmp_path / "r")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len(names_in(zipped)) - 1
    (folder / "README.md").write_text("another", encoding="utf-8")
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False).returncode


def without_documents(folder: Path) -> None:
    publish_documents(folder, listed=(entry(1), entry(2)))


def without_a_record(folder: Path) -> None:
    from test_release_attribution import publish_nothing

    publish_nothing(folder)


def biting(folder: Path) -> None:
    publish_bites(folder, long=False)


@pytest.mark.parametrize("make", [publish_all, without_documents, without_a_record, biting])
@pytest.mark.parametrize("left_out", [(), tuple(OPTIONAL)], ids=["all", "without"])
def test_the_package_is_valid_by_the_frictionless_tool(make: Any, left_out: tuple[str, ...], tmp_path: Path) -> None:
    make(tmp_path / "d")
    release(tmp_path / "d", tmp_path / "r", left_out)
    report = frictionless.validate(str(tmp_path / "r" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    described = {one["path"]: one["hash"] for one in read_json(tmp_path / "r" / "datapackage.json")["resources"]}
    assert sorted([*described, "datapackage.json", "SHA256SUMS"]) == names_in(tmp_path / "r")
    assert all(digest.startswith("sha256:") for digest in described.values())


def test_the_zip_is_a_package_to_that_tool_as_it_is(zipped: Path) -> None:
    report = frictionless.validate(str(zipped), type="package")
    assert report.valid, report.flatten(["type", "note"])
    assert len(report.tasks) == len(names_in(zipped)) - 2


def test_the_same_dataset_gives_the_same_bytes(harvest: Harvest, whole: Path, zipped: Path, tmp_path: Path) -> None:
    """Elsewhere, later, by another user, in another time zone, with other times of files."""
    shutil.copytree(whole, tmp_path / "else" / "whole")
    for path in (tmp_path / "else" / "whole").rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    odd = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C", "LANG": "C"}
    ran = harvest("release", tmp_path / "else" / "whole", env=odd)
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "else" / "whole-release.zip").read_bytes() == zipped.read_bytes()


def test_a_release_can_be_released_again_and_is_the_same(zipped: Path, tmp_path: Path) -> None:
    release(unpack(zipped, tmp_path / "whole"), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


def test_what_is_packed_already_lies_as_it_is(zipped: Path) -> None:
    """A WACZ in a zip is then read in place, by its offset."""
    with ZipFile(zipped) as pack:
        kinds = {Path(one.filename).suffix: one.compress_type for one in pack.infolist()}
        assert {one.date_time for one in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {(one.create_system, one.external_attr) for one in pack.infolist()} == {(3, 0o100644 << 16)}
    assert {kinds[ending] for ending in (".wacz", ".pdf", ".parquet")} == {ZIP_STORED}
    assert {kinds[ending] for ending in (".jsonl", ".json", ".txt", ".sqlite", ".md")} == {ZIP_DEFLATED}


def test_a_file_of_a_gigabyte_has_the_sizes_of_zip64(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "_BIG", 1)
    release(whole, tmp_path / "r.zip")
    with ZipFile(tmp_path / "r.zip") as pack:
        assert pack.testzip() is None
        assert {one.create_version for one in pack.infolist() if one.file_size} == {45}
        assert pack.read("records.jsonl") == (whole / "records.jsonl").read_bytes()


@pytest.mark.parametrize("part", OPTIONAL)
def test_a_part_can_be_left_out(harvest: Harvest, whole: Path, tmp_path: Path, part: str) -> None:
    ran = harvest("release", whole, tmp_path / "r", "--without", part)
    assert ran.code == 0 and f"Note: left out of it: {part}" in ran.out
    assert [name for name in names_in(tmp_path / "r") if name.startswith(OPTIONAL[part])] == []
    assert len(names_in(tmp_path / "r")) < len(names_in(whole)) + 4
    assert f"Left out of this release: {part}." in (tmp_path / "r" / "README.md").read_text(encoding="utf-8")
    ran = harvest("verify", tmp_path / "r")
    assert (ran.code, ran.err) == (0, "") and f"left out of it: {part}" in ran.out


def test_the_options_are_those_of_the_release() -> None:
    from harvester.cli.release import _OPTIONAL
    from harvester.exports.release.parts import OPTIONAL as KNOWN

    assert _OPTIONAL == KNOWN == tuple(OPTIONAL)


def test_the_readme_says_what_it_is_how_complete_and_whose(whole: Path, zipped: Path) -> None:
    with ZipFile(zipped) as pack:
        told = pack.read("README.md").decode()
    assert told.startswith("# Records harvested from Wilson Center Digital Archive\n")
    assert "\n- 4 records; withdrawn, as the archive shows them no more: 0.\n" in told
    assert "\n    /search: 3 of 3 - complete\n" in told
    assert "\n- Own pages read: of 4 documents, with 2 texts.\n- Offered there: 3 files; fetched: 3.\n" in told
    assert "This release grants no licence" in told
    assert "- 1 document: Free to be used, with \\*attribution\\*. \\<script\\>\n" in told
    with Source(whole) as source:
        assert f"    {source.digest}\n" in told
    days = {record["date_earliest"] for record in read_lines(whole / "records.jsonl")} - {None}
    assert f"lie between {min(days)} and " in told
    assert "| `snapshot/` |" in told and "| `texts/` |" in told and "Left out" not in told


@pytest.mark.parametrize(("wanted", "more"), [(None, ""), ("documents", "; documents: incomplete")])
def test_the_readme_claims_no_more_than_the_certificate(tmp_path: Path, wanted: str | None, more: str) -> None:
    publish_documents(tmp_path / "d", wanted=wanted, listed=(entry(1),))
    release(tmp_path / "d", tmp_path / "r")
    told = (tmp_path / "r" / "README.md").read_text(encoding="utf-8")
    assert "\n- 1 record; withdrawn" in told and "could be read: 0 records;" in told
    assert f"1 record, last captured 2025-03-15 (certificate: complete as captured, order unproven{more})" in told


def test_markup_of_the_archive_is_none_in_the_readme() -> None:
    assert plain("a\n# b <i>&amp;</i> [x](y) `z` |\x1b[0m\u202e") == (
        "a \\# b \\<i\\>\\&amp;\\</i\\> \\[x\\](y) \\`z\\` \\| \\[0m"
    )


def test_a_folder_that_is_there_stays_and_an_empty_one_is_filled(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    release(whole, tmp_path / "r")
    before = names_in(tmp_path / "r")
    with pytest.raises(DestinationError, match="there already"):
        release(whole, tmp_path / "r")
    assert names_in(tmp_path / "r") == before
    assert names_in(tmp_path) == [f"r/{name}" for name in before]


@pytest.mark.parametrize(
    ("name", "said"),
    [("r.tar.gz", "neither"), ("whole/r.zip", "in the dataset"), ("whole", "in the dataset")],
)
def test_where_no_release_can_go(whole: Path, name: str, said: str) -> None:
    before = names_in(whole.parent)
    with pytest.raises(UsageProblem, match=said):
        release(whole, whole.parent / name)
    assert names_in(whole.parent) == before


def test_a_zip_does_not_take_the_place_of_a_folder(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "r.zip").mkdir()
    with pytest.raises(DestinationError, match="is a folder"):
        release(whole, tmp_path / "r.zip")


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[Path]:
    """Return a zip that must survive, with nothing else left beside it."""
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / "r.zip"
    path.write_bytes(b"the release of last year")
    yield path
    assert path.read_bytes() == b"the release of last year"
    assert [one.name for one in path.parent.iterdir()] == ["r.zip"]


@pytest.mark.parametrize("at", ["SHA256SUMS", "records.sqlite", "records.jsonl"])
def test_a_full_disk_leaves_the_earlier_one(
    whole: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    put = carriers.ZipCarrier.put

    def full(self: Any, name: str, chunks: Any, size: int, **more: Any) -> None:
        if name == at:
            raise OSError(28, "No space left on device")
        put(self, name, chunks, size, **more)

    monkeypatch.setattr(carriers.ZipCarrier, "put", full)
    with pytest.raises(DestinationError, match="No space left"):
        release(whole, earlier)


def test_too_little_room_is_known_before_anything_is_written(
    whole: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = sum(path.stat().st_size for path in (whole / "snapshot").iterdir())
    files = sum(path.stat().st_size for path in (whole / "files").iterdir())
    room = (0, 0, snapshots + files - 1)
    monkeypatch.setattr(staging.shutil, "disk_usage", lambda path: type("Usage", (), {"free": room[2]})())
    monkeypatch.setattr(packing, "find_destination", None)
    with pytest.raises(DestinationError, match=rf"{room[2]:,} bytes free, and {room[2] + 1:,} are needed"):
        release(whole, earlier)


def test_a_library_that_is_not_installed_is_asked_for(
    whole: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "harvester.exports.tables.parquet", raising=False)
    with pytest.raises(MissingExtra) as caught:
        release(whole, earlier)
    assert "archive-harvester[tables]" in caught.value.advice and "--without parquet" in caught.value.advice


@pytest.mark.parametrize("name", ["records.jsonl", "texts", "files"])
def test_a_dataset_that_is_not_what_was_published_is_not_released(whole: Path, earlier: Path, name: str) -> None:
    dataset = Path(shutil.copytree(whole, earlier.parent.parent / "copy"))
    path = dataset / name if "." in name else next((dataset / name).iterdir())
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DatasetError, match=r"not (what|the file that) was published"):
        release(dataset, earlier)


def test_a_certificate_that_claims_too_much_is_not_released(whole: Path, earlier: Path) -> None:
    dataset = Path(shutil.copytree(whole, earlier.parent.parent / "copy"))
    coverage = read_json(dataset / "coverage.json")
    coverage["listings"][0] |= {"total": 4, "rows": 4}
    (dataset / "coverage.json").write_text(json.dumps(coverage), encoding="utf-8")
    package = read_json(dataset / "datapackage.json")
    for one in package["resources"]:
        one["hash"] = digest_file(dataset / one["path"])
    (dataset / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"not what was published: .*coverage.json"):
        release(dataset, earlier)


def test_a_file_that_changes_under_way_is_noticed(whole: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = Path(shutil.copytree(whole, earlier.parent.parent / "copy"))
    (path,) = (dataset / "files").iterdir()
    count = packing.count

    def counting(source: Source) -> Any:
        path.write_bytes(path.read_bytes()[::-1])
        return count(source)

    monkeypatch.setattr(packing, "count", counting)
    with pytest.raises(DatasetError, match=r"files/.* is not the file that was published"):
        release(dataset, earlier)


@pytest.mark.parametrize("when", ["verify", "count"])
def test_a_dataset_that_is_published_meanwhile_makes_no_mixture(
    whole: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    dataset = Path(shutil.copytree(whole, earlier.parent.parent / "copy"))
    before = open_dataset(dataset)
    do = getattr(packing, when)

    def publishing(given: Any) -> Any:
        more = begin(dataset)
        more.add(document(2))
        more.end()
        return do(given)

    monkeypatch.setattr(packing, when, publishing)
    with pytest.raises(DatasetError) as caught:
        release(dataset, earlier)
    assert "un it again" in caught.value.advice
    assert open_dataset(dataset) != before


def test_two_at_once_do_not_spoil_each_other(whole: Path, earlier: Path) -> None:
    with staging.staging(earlier) as first:
        (first / "half").write_bytes(b"mine")
        with pytest.raises(DestinationError, match="just being written"):
            release(whole, earlier)
        assert (first / "half").read_bytes() == b"mine"


def test_what_a_killed_one_left_goes_with_the_next(whole: Path, zipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.zip"
    slow = (
        "import sys, time; from pathlib import Path; from harvester.exports.release import carriers, release\n"
        "put = carriers.ZipCarrier.put\n"
        "def slowly(self, name, *more, **most):\n"
        "    put(self, name, *more, **most)\n"
        "    if name == 'records.sqlite': print('there', flush=True); time.sleep(60)\n"
        "carriers.ZipCarrier.put = slowly\n"
        "release(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    )
    with subprocess.Popen([sys.executable, "-c", slow, whole, target], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"there\n"
        process.send_signal(signal.SIGKILL)
    assert not target.exists() and (tmp_path / ".r.zip.part" / "records.sqlite").exists()
    began = time.monotonic()
    release(whole, target)
    assert time.monotonic() - began < 30
    assert target.read_bytes() == zipped.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["r.zip"]


def test_a_snapshot_of_a_name_that_not_every_system_has_is_told_of(whole: Path, tmp_path: Path) -> None:
    dataset = Path(shutil.copytree(whole, tmp_path / "d"))
    (dataset / "snapshot" / "a:\tb.wacz").write_bytes(b"x")
    (dataset / "snapshot" / "growing.warc.gz").write_bytes(b"x")
    told = release(dataset, tmp_path / "r.zip")
    assert told.notes == (r"the snapshot 'a:\tb.wacz' is not in it: its name is none everywhere",)
    assert sum(name.startswith("snapshot/") for name in names_in(tmp_path / "r.zip")) == 1


def test_the_commands_of_the_document_run_as_printed(harvest: Harvest, whole: Path, tmp_path: Path) -> None:
    told = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    shutil.copytree(whole, tmp_path / "output" / "wilson")
    commands = re.findall(r"^\$ harvest (.+)$", told, re.M)
    packed, verified = [harvest(*command.split()) for command in commands]
    assert (packed.code, verified.code) == (0, 0)
    assert packed.out.endswith(f"Check it: harvest {commands[1]}\n")
    assert (tmp_path / "output" / "wilson-release.zip").is_file()
    folder = unpack(tmp_path / "output" / "wilson-release.zip", tmp_path / "wilson-release")
    shutil.copy(tmp_path / "output" / "wilson-release.zip", tmp_path)
    for command in set(re.findall(r"`((?:frictionless|sha256sum) [^`]+)`", told)):
        inside = tmp_path if ".zip" in command else folder
        program = str(Path(sys.executable).with_name("frictionless")) if command.startswith("f") else "sha256sum"
        words = [*command.split()[1:], *(["SHA256SUMS"] if command == "sha256sum -c" else [])]
        subprocess.run([program, *words], cwd=inside, capture_output=True, check=True)


@pytest.mark.parametrize("link", [False, True])
def test_a_folder_of_somebody_else_is_not_cleared(harvest: Harvest, tmp_path: Path, link: bool) -> None:
    """What a killed release left is removed by the next one; nothing else of that name, nor where a link leads."""
    publish_documents(tmp_path / "d", listed=(entry(1),))
    beside, theirs = tmp_path / ".r.zip.part", tmp_path / ("theirs" if link else ".r.zip.part")
    theirs.mkdir()
    (theirs / "letters.txt").write_text("Theirs")
    if link:
        (theirs / "held").touch()
        beside.symlink_to(theirs)
    ran = harvest("release", tmp_path / "d", tmp_path / "r.zip")
    assert ran.code == 8 and "was not made by this program" in ran.err
    assert (theirs / "letters.txt").read_text() == "Theirs"
    assert not (tmp_path / "r.zip").exists()


def test_the_document_names_every_file_and_part(zipped: Path) -> None:
    told = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    for name in (*OPTIONAL, *names_in(zipped)):
        assert f"`{name}`" in told or f"`{name.partition('/')[0]}/" in told, name
