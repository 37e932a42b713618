"""`harvest export`: what it says and refuses, whatever the format; selections; and the simplest destination."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from biting import publish_bites
from conftest import ROOT, Harvest, Ran, read_json, read_lines
from holding import begin, document, entry

from harvester.cli import main
from harvester.errors import DatasetError
from harvester.exports.attribution import attribution
from harvester.exports.destination import FORMATS, Format, find_destination
from harvester.exports.passwords import hide_in_command, hide_password, hide_passwords
from harvester.exports.source import Source

FILES = [one.form for one in FORMATS if one.form.startswith(".")]
DOCUMENT = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
DESCRIBED = ".datapackage.json"  # beside a CSV
SECRET = "hunter2%21x"


@pytest.fixture(scope="module")
def bites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `d` is a dataset of all that bites, but for the summary of ten megabytes."""
    folder = tmp_path_factory.mktemp("bites")
    publish_bites(folder / "d", long=False)
    return folder


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Harvest:
    """Return a function that runs `harvest` as `harvest` does, but in this process: libraries are loaded once only."""

    def run(*args: object, cwd: Path | None = None) -> Ran:
        monkeypatch.chdir(cwd or tmp_path)
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    return run


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_on_standard_output_the_records_are_the_bytes_that_were_published(harvest: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "d")
    ran = harvest("export", "d", "-")
    assert ran.code == 0, ran.err
    assert ran.out.encode() == (tmp_path / "d" / "records.jsonl").read_bytes()


def test_a_destination_of_no_known_form_is_refused_with_those_that_are_known(inside: Harvest, bites: Path) -> None:
    ran = inside("export", "d", "records.doc", cwd=bites)
    assert ran.code == 2
    assert all(one.form in ran.err for one in FORMATS)
    assert not (bites / "records.doc").exists()


@pytest.mark.parametrize("form", [one.form for one in FORMATS])
def test_each_form_stands_in_the_help_and_in_the_document(inside: Harvest, form: str) -> None:
    assert form in inside("export", "--help").out
    assert "".join(re.findall(r"^\|.*?\|", DOCUMENT, re.M)).count(f"`{form}`") == 1


def test_the_help_fits_a_terminal_of_80_columns(inside: Harvest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, inside("export", "--help").out.splitlines())) <= 80


@pytest.mark.parametrize("form", FILES)
def test_a_form_in_capitals_is_the_same(form: str) -> None:
    assert find_destination(f"X{form.upper()}").format.module == find_destination(f"x{form}").format.module


@pytest.mark.parametrize("form", FILES)
def test_a_dataset_goes_into_a_folder_that_is_made_and_twice_gives_the_same(
    inside: Harvest, bites: Path, tmp_path: Path, form: str
) -> None:
    target = tmp_path / "new" / "folder" / f"x{form}"
    for _ in range(2):
        ran = inside("export", bites / "d", target)
        assert ran.code == 0, ran.err
        assert ran.out.splitlines()[0].startswith(
            f"{len(read_lines(bites / 'd' / 'records.jsonl'))} records in {target}"
        )
        assert not ran.err
    described = [f"x{DESCRIBED}"] if form == ".csv" else []
    assert listed(target.parent) == [target.name, *described]


@pytest.mark.parametrize("form", ["-", *FILES])
def test_a_dataset_of_nothing_is_exported_as_nothing(inside: Harvest, tmp_path: Path, form: str) -> None:
    run = begin(tmp_path / "d")
    run.list_them()
    run.end()
    ran = inside("export", "d", form if form == "-" else f"x{form}")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("0 records in x") if form != "-" else not ran.out


@pytest.mark.parametrize("form", ["-", ".jsonl"])
def test_a_dataset_that_is_not_complete_is_exported_and_that_is_said(harvest: Harvest, form: str) -> None:
    assert harvest("replay", ROOT / "fixtures" / "results-page-8.txt", "-o", "d").code == 3
    ran = harvest("export", "d", form if form == "-" else f"x{form}")
    assert ran.code == 0
    lines = (ran.err if form == "-" else ran.out).splitlines()
    assert "The dataset is not complete: results-page-8.txt: 10 of 103, missing 1-70 and 81-103" in lines[-1]
    assert len(lines) == (1 if form == "-" else 2)


def test_a_folder_that_is_no_dataset_is_refused_and_nothing_is_written(inside: Harvest, tmp_path: Path) -> None:
    for folder in ("none", "."):
        ran = inside("export", folder, "x.jsonl")
        assert (ran.code, ran.err.splitlines()[0]) == (
            7,
            f"harvest: {folder} is no dataset: it has no datapackage.json",
        )
    assert listed(tmp_path) == []


def test_files_that_are_not_those_published_are_not_exported(inside: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    (tmp_path / "x.jsonl").write_text("before")
    with (tmp_path / "d" / "records.jsonl").open("ab") as file:
        file.write(b"\n")
    ran = inside("export", "d", "x.jsonl")
    assert ran.code == 7
    assert "is not the file that was published" in ran.err and "run it again" in ran.err
    assert (tmp_path / "x.jsonl").read_text() == "before"


def test_what_is_published_meanwhile_is_not_read(tmp_path: Path) -> None:
    said = publish_bites(tmp_path / "d", long=False)
    with Source(tmp_path / "d") as source:
        run = begin(tmp_path / "d", "documents")
        run.add(document(1, title="Otherwise"))
        run.add(document(999, title="New"))
        run.end()
        assert list(source.records()) == said
        documents = list(source.documents())
    now = read_lines(tmp_path / "d" / "records.jsonl")
    assert len(now) == len(said) + 1
    assert documents != read_lines(tmp_path / "d" / "documents.jsonl")


@pytest.mark.parametrize("form", FILES)
def test_a_destination_that_cannot_be_written_is_told(inside: Harvest, bites: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / f"folder{form}").mkdir()
    for target in (f"file/x{form}", f"folder{form}", f"/proc/x{form}"):
        ran = inside("export", bites / "d", target)
        assert ran.code == 8, (ran.out, ran.err)
        assert f"{target.removesuffix(form)}." in ran.err and ran.err.count("\n  ") == 1  # and what to do
    assert listed(tmp_path) == ["file", f"folder{form}"]


def test_a_file_beside_it_that_no_export_left_stays(inside: Harvest, bites: Path, tmp_path: Path) -> None:
    """Its number is one that no process can have."""
    theirs = tmp_path / ".x.csv.99999999999999999999.part"
    theirs.write_text("theirs")
    assert inside("export", bites / "d", "x.csv").code == 0
    assert theirs.read_text() == "theirs"


LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
    "from harvester.cli import main; main(sys.argv[1:])"
)


@pytest.mark.parametrize("form", FILES)
def test_a_file_that_finds_no_room_leaves_the_one_before(bites: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / f"x{form}").write_bytes(b"")
    command = [sys.executable, "-c", LIMITED, "export", str(bites / "d"), f"x{form}"]
    # Python itself would leave a module cut off in its cache, where a whole one cannot be written.
    env = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 8, done.stderr
    assert f"x{form} cannot be written" in done.stderr
    assert listed(tmp_path) == [f"x{form}"]
    assert not (tmp_path / f"x{form}").read_bytes()


def export_into(folder: Path, shell: str) -> "subprocess.CompletedProcess[str]":
    command = f"{sys.executable} -W error -m harvester export d - {shell}"
    env = {"PATH": os.environ["PATH"]}  # with PYTHONUNBUFFERED nothing would be left to write at the end
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False, env=env)


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    publish_bites(tmp_path / "d")
    done = export_into(tmp_path, "| head -n 1; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("records", [1, 400])  # fewer than are written at once, and more
def test_standard_output_that_is_full_is_told(tmp_path: Path, records: int) -> None:
    run = begin(tmp_path / "d")
    run.list_them(*map(entry, range(records)))
    run.end()
    done = export_into(tmp_path, ">/dev/full")
    assert done.returncode == 8
    assert done.stderr.splitlines() == [
        "harvest: standard output cannot be written: No space left on device",
        "  What has come there is not all.",
    ]


@pytest.mark.parametrize(
    "target",
    ["d/records.jsonl", "./d/../d/changes.jsonl", "d/texts/x.csv", "d/files/x.csv", "link/snapshot/x.db",
     "sqlite:///d/ledger.sqlite", "d/ledger.sqlite", "SQLITE:///d/files/x", "d/ledger.sqlite-wal.db/../ledger.sqlite"],
)  # fmt: skip
def test_no_export_goes_over_a_file_of_the_dataset(inside: Harvest, tmp_path: Path, target: str) -> None:
    publish_bites(tmp_path / "d", long=False)
    (tmp_path / "link").symlink_to("d")
    before = {name: (tmp_path / "d" / name).read_bytes() for name in listed(tmp_path / "d") if "." in name}
    ran = inside("export", "d", target, *(["--matching", "plain"] if "jsonl" in target else []))
    assert ran.code == 2
    assert "is the dataset's own" in ran.err
    assert {name: (tmp_path / "d" / name).read_bytes() for name in listed(tmp_path / "d") if "." in name} == before


@pytest.mark.parametrize("form", [one for one in FILES if one not in {".dc.xml", ".ris", ".bib", ".csl.json"}])
def test_names_that_are_no_utf_8_do_no_harm(inside: Harvest, tmp_path: Path, form: str) -> None:
    name = os.fsdecode(b"d\xff")
    publish_bites(tmp_path / name, long=False)
    assert inside("export", name, f"{name}{form}").code == 0
    assert (tmp_path / f"{name}{form}").stat().st_size > 0


@pytest.mark.parametrize("target", ["other/records.jsonl", "sqlite:///other/ledger.sqlite", "other/files/x.csv"])
def test_no_export_goes_over_a_file_of_another_dataset(inside: Harvest, tmp_path: Path, target: str) -> None:
    publish_bites(tmp_path / "d", long=False)
    publish_bites(tmp_path / "other", long=False)
    before = {name: (tmp_path / "other" / name).read_bytes() for name in listed(tmp_path / "other") if "." in name}
    ran = inside("export", "d", target)
    assert ran.code == 2
    assert "is the dataset other's own" in ran.err
    after = {name: (tmp_path / "other" / name).read_bytes() for name in listed(tmp_path / "other") if "." in name}
    assert after == before


@pytest.mark.parametrize("target", ["r/records.sqlite", "r/records.parquet", "r/records.jsonl"])
def test_no_export_goes_over_a_file_of_a_release(inside: Harvest, tmp_path: Path, target: str) -> None:
    publish_bites(tmp_path / "d", long=False)
    assert inside("release", "d", "r").code == 0
    assert inside("export", "d", target, *(["--replace"] if "sqlite" in target else [])).code == 2
    assert inside("verify", "r").code == 3


def test_a_file_beside_them_in_the_folder_harms_nothing(inside: Harvest, tmp_path: Path) -> None:
    publish_bites(tmp_path / "d", long=False)
    assert inside("export", "d", "d/copy.jsonl").code == 0
    assert inside("verify", "d").code in {0, 3}


@pytest.mark.parametrize(
    ("options", "target", "told"),
    [
        (["--schema", "x"], "x.db", "--schema goes with postgresql:// only"),
        (["--replace"], "x.jsonl", "--replace goes with databases only"),
        (["--matching", "letter"], "x.db", "a database holds a whole dataset"),
        (["--matching", "letter"], "postgresql:///x", "a database holds a whole dataset"),
        (["--matching", "  "], "x.jsonl", "an empty query selects nothing"),
    ],
)
def test_what_would_do_nothing_or_harm_is_refused(
    inside: Harvest, bites: Path, options: list[str], target: str, told: str
) -> None:
    ran = inside("export", bites / "d", target, *options)
    assert ran.code == 2
    assert told in ran.err


@pytest.mark.parametrize(
    "query", ["letter", "1958", "second", "July 1958", "1958-07", "Gromyko", "nothing at all", "\\"]
)
def test_a_selection_is_what_find_finds(inside: Harvest, bites: Path, query: str) -> None:
    found = {record["id"] for record in inside("find", bites / "d", query, "--json").lines}
    ran = inside("export", bites / "d", "-", "--matching", query)
    assert ran.code == 0, ran.err
    assert {record["id"] for record in ran.lines} == found
    assert ran.lines == [line for line in read_lines(bites / "d" / "records.jsonl") if line["id"] in found]


@pytest.mark.parametrize("form", [form for form in FILES if not find_destination(form).format.is_database])
def test_no_file_holds_more_than_the_selection(inside: Harvest, bites: Path, tmp_path: Path, form: str) -> None:
    assert inside("export", bites / "d", f"all{form}").code == 0
    ran = inside("export", bites / "d", f"x{form}", "--matching", "plain letter")
    assert ran.code == 0, ran.err
    assert ran.out.startswith(f"1 record in x{form}")
    written, whole = (tmp_path / f"x{form}").read_bytes(), (tmp_path / f"all{form}").read_bytes()
    assert len(written) < len(whole)
    assert form in {".xlsx", ".parquet"} or (b"A plain letter" in written and b"DROP TABLE" not in written)


def test_a_selection_has_its_documents_and_provenance_and_no_others(bites: Path) -> None:
    with Source(bites / "d") as whole, Source(bites / "d", "plain letter") as source:
        assert (whole.selection, source.selection) == (None, "plain letter")
        (record,) = source.records()
        (told,) = source.provenance()
        (page,) = source.documents()
        assert record["id"] == told["id"] == page["id"]
        assert list(source.records()) == [record]
        assert source.digest == whole.digest
        assert len(list(whole.provenance())) > 1 < len(list(whole.documents()))


def test_the_commands_that_the_document_shows_run(inside: Harvest, bites: Path, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "mirror").symlink_to(bites / "d")
    first, second = re.findall(r"^\$ harvest (.*)$", DOCUMENT, re.M)
    assert len(inside(*shlex.split(first)).lines) > 2
    assert inside(*shlex.split(second)).out.startswith("0 records in gromyko.jsonl\n")


def test_a_dataset_is_as_of_the_end_of_its_newest_run(bites: Path) -> None:
    ends = ("2026-01-03T01:00:00Z", "2026-01-05T01:00:00Z", None)
    listings = [{"last_run": {"finished": end}} for end in ends]
    with Source(bites / "d") as source:
        source.coverage = {"listings": [*listings, {"last_run": None}], "documents": None}
        assert source.as_of == "2026-01-05T01:00:00Z"
        source.coverage = {"listings": listings, "documents": {"last_run": {"finished": "2026-01-09T01:00:00Z"}}}
        assert source.as_of == "2026-01-09T01:00:00Z"


def test_a_selection_says_in_its_attribution_by_which_query_it_was_made(bites: Path) -> None:
    with Source(bites / "d") as whole, Source(bites / "d", " plain\n letter ") as source:
        assert attribution(source) == f"{attribution(whole)}; a selection: the records found by “plain letter”"


def test_a_selection_closes_its_files_where_it_fails(bites: Path) -> None:
    with pytest.raises(Exception, match="selects nothing"):
        Source(bites / "d", "")


def test_a_dataset_whose_lines_are_no_records_is_refused(tmp_path: Path) -> None:
    import hashlib
    import json

    run = begin(tmp_path / "d")
    run.list_them(entry(1))
    run.end()
    (tmp_path / "d" / "records.jsonl").write_bytes(b"{}\n")
    package = read_json(tmp_path / "d" / "datapackage.json")
    for resource in package["resources"]:
        if resource["path"] == "records.jsonl":
            resource["hash"] = "sha256:" + hashlib.sha256(b"{}\n").hexdigest()
    (tmp_path / "d" / "datapackage.json").write_text(json.dumps(package))
    with pytest.raises(DatasetError, match="no record or document"):
        Source(tmp_path / "d", "letter")


@pytest.mark.parametrize(
    "destination",
    [f"postgresql://me:{SECRET}@127.0.0.1:9/x", f"postgresql://127.0.0.1:9/x?user=me&password={SECRET}",
     f"postgres://me:{SECRET}%zz@127.0.0.1:9/x", f"postgresql://me:a@{SECRET}@127.0.0.1:9/x",
     f"postgresq://me:{SECRET}@127.0.0.1/x", f"host=127.0.0.1 password={SECRET}",
     f"host=127.0.0.1 password='a {SECRET}'", f"postgresql://me:{SECRET}\udcff@127.0.0.1/x", f"postgresql://me@corp:{SECRET}@127.0.0.1/x"],
)  # fmt: skip
def test_a_password_is_never_said(harvest: Harvest, bites: Path, destination: str) -> None:
    ran = harvest("export", bites / "d", destination)
    assert ran.code in {2, 8}
    assert "hunter2" not in ran.out + ran.err
    assert "unexpected" not in ran.err


def test_a_password_is_hidden_wherever_it_is_told() -> None:
    assert hide_password("postgresql://me:p@s/s:w@db/archive") == "postgresql://me:…@db/archive"
    assert hide_password("postgresql:///archive?sslpassword=x&user=me") == "postgresql:///archive?sslpassword=…&user=me"
    assert hide_password("postgresql:///archive?pass%77ord=x&user=me") == "postgresql:///archive?pass%77ord=…&user=me"
    assert hide_password("sqlite:///a.db") == "sqlite:///a.db"
    assert hide_passwords("bad 50%off; 50%25off", "postgres://me:50%25off@h/d") == "bad …; …"
    assert hide_passwords("a bad a", "postgres://me:a@h/d") == "a bad a"
    asked = "postgres:///d?password=s3cret"
    assert hide_passwords(f"3 in {hide_password(asked)}: 1 written", asked).endswith("…: 1 written")


@pytest.mark.parametrize(
    "command",
    [f"load 'postgresql://me:my {SECRET}@h/d'", f"env PGPASSWORD={SECRET} load {{dataset}}",
     f"load --password {SECRET}", f"load --db-password={SECRET}", f"load 'host=h password={SECRET} user=me'",
     f"load \"password = 'a {SECRET}'\""],
)  # fmt: skip
def test_a_command_is_shown_without_its_passwords(command: str) -> None:
    shown = hide_in_command(command)
    assert SECRET not in shown and "hunter2" not in shown
    assert "…" in shown and "load" in shown


HIDDEN = """
import sys
sys.modules.update(dict.fromkeys("psycopg pyarrow xlsxwriter pybtex rispy datasette".split()))
from harvester.cli import main
for target in sys.argv[2:]:
    try:
        main(["export", sys.argv[1], target])
    except SystemExit as ended:
        print(target, "ended with", ended.code)
"""


def hidden(folder: Path, dataset: Path, *targets: str) -> "subprocess.CompletedProcess[str]":
    """Export where no library of an extra is installed, in a process of its own."""
    command = [sys.executable, "-c", HIDDEN, str(dataset), *targets]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("one", [one for one in FORMATS if one.extra is not None], ids=lambda one: one.form)
def test_a_library_that_is_not_installed_is_named_with_its_extra(bites: Path, tmp_path: Path, one: Format) -> None:
    target = f"{one.form}localhost/x" if one.form.startswith("postgres") else f"x{one.form}"
    done = hidden(tmp_path, bites / "d", target)
    assert done.stdout == f"{target} ended with 2\n"
    assert f"{sys.executable} -m pip install 'archive-harvester[{one.extra}]'" in done.stderr
    assert "the same needs" not in done.stderr
    assert listed(tmp_path) == []


def test_formats_without_an_extra_need_no_library(bites: Path, tmp_path: Path) -> None:
    targets = [f"x{one.form}" for one in FORMATS if one.extra is None and one.form.startswith(".")]
    done = hidden(tmp_path, bites / "d", *targets)
    assert [line for line in done.stdout.splitlines() if "ended" in line] == [f"{one} ended with 0" for one in targets]
    assert set(targets) <= set(listed(tmp_path))
