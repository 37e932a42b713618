"""harvest.toml: what it declares, and every way in which it is refused."""

import json
import re
import tomllib
from datetime import time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harvester.errors import UsageProblem
from harvester.settings import DOWNLOAD_DELAY
from harvester.standing import Config, Harvest, Keep, Notify, Politeness, Schedule, load
from harvester.standing.amounts import read_duration, read_size
from harvester.standing.checks import LEAST_DELAY
from harvester.standing.faults import schema
from harvester.standing.lines import find_lines
from harvester.standing.values import DAYS, KINDS

HEAD = '[harvest.wilson]\nlistings = ["https://digitalarchive.wilsoncenter.org/search"]\n'
DOCUMENT = (ROOT / "docs" / "harvest-toml.md").read_text(encoding="utf-8")
TABLES = ("harvest", "politeness", "notify", "keep", "schedule")


def read(folder: Path, text: str) -> Config:
    (folder / "harvest.toml").write_text(text, encoding="utf-8")
    return load(folder / "harvest.toml")


def refused(folder: Path, text: str) -> str:
    with pytest.raises(UsageProblem) as caught:
        read(folder, text)
    return str(caught.value).removeprefix(f"{folder / 'harvest.toml'}: ")


def test_all_that_can_be_said_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(# everything.*?)```", DOCUMENT, re.S)
    config = read(tmp_path, example)
    assert config.named("wilson") == Harvest(
        name="wilson",
        listings=("https://digitalarchive.wilsoncenter.org/search?f[0]=topics:81003",),
        output=tmp_path / "output" / "wilson",
        contact="you@example.org",
        site="wilson",
        page_size=100,
        twice=True,
        documents=True,
        files=True,
        max_file_size=200_000_000,
        snapshot=True,
        full_every=timedelta(days=14),
        withdraw_after=3,
        exports=("harvest export {dataset} sqlite:///catalogue.db", "my-loader {dataset}"),
        politeness=Politeness(5.0, 90.0),
        notify=Notify(("/usr/local/bin/ring",), ("HARVEST_BELL",), ("incomplete", "silent"), 10, timedelta(days=5)),
        keep=Keep(30, timedelta(days=365)),
        schedule=Schedule(time(3, 40), ("mon", "thu"), timedelta(hours=1), tmp_path / "logs" / "wilson.log"),
    )
    old = config.named("wilson-2022")
    assert (old.via, old.wayback, old.contact) == ("wayback", "https://web.example.org", "archive@example.org")


def test_every_key_stands_in_the_example() -> None:
    (example,) = re.findall(r"```toml\n(# everything.*?)```", DOCUMENT, re.S)
    harvests = tomllib.loads(example)["harvest"].values()
    said = {key for harvest in harvests for key in harvest}
    assert said == set(schema()["$defs"]["harvest"]["properties"])
    for table in TABLES[1:]:
        inner = {key for harvest in harvests for key in harvest.get(table, {})}
        assert inner == set(schema()["$defs"][table]["properties"])


def test_what_is_not_said_has_the_default_that_the_schema_tells(tmp_path: Path) -> None:
    schedule = '[harvest.wilson.schedule]\nat = "02:30"\n'
    plain = read(tmp_path, HEAD + schedule).named("wilson")
    told = {
        table: {
            key: json.dumps(said["default"])
            for key, said in schema()["$defs"][table]["properties"].items()
            if "default" in said and not str(said["default"]).startswith("output/")
        }
        for table in TABLES
    }
    text = HEAD + "".join(f"{key} = {value}\n" for key, value in told["harvest"].items())
    for table in TABLES[1:]:
        text += f"[harvest.wilson.{table}]\n" + "".join(f"{key} = {value}\n" for key, value in told[table].items())
    assert read(tmp_path, text + 'at = "02:30"\n').named("wilson") == plain
    assert plain.output == tmp_path / "output" / "wilson"
    assert plain.notify.on == KINDS and LEAST_DELAY == DOWNLOAD_DELAY


def test_words_of_code_and_schema_are_the_same() -> None:
    defined = schema()["$defs"]
    assert defined["notify"]["properties"]["on"]["items"]["enum"] == list(KINDS)
    assert defined["schedule"]["properties"]["days"]["items"]["enum"] == list(DAYS)
    Draft202012Validator.check_schema(schema())


def nodes(said: Any) -> list[dict[str, Any]]:
    inner = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    return [*([said] if isinstance(said, dict) else []), *(node for one in inner for node in nodes(one))]


def test_every_value_says_what_it_must_be_and_every_key_what_it_is_for() -> None:
    for node in nodes(schema()):
        if "type" in node and isinstance(node["type"], str | list):
            assert node.get("title"), node
    for table in TABLES:
        for said in schema()["$defs"][table]["properties"].values():
            assert said.get("description") or said["$ref"].removeprefix("#/$defs/") in TABLES


def cases() -> list[tuple[str, str]]:
    """Return what is added to a file, and what is told of it; the fixture says the rest."""
    blocks = (ROOT / "fixtures" / "harvest-toml" / "refused.txt").read_text(encoding="utf-8").strip().split("\n\n")[1:]
    parted = [block.partition("\n=> ") for block in blocks]
    return [(added, told) for added, _, told in parted]


@pytest.mark.parametrize("added, told", cases(), ids=lambda case: case.split("\n")[-1][:60])
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, added: str, told: str) -> None:
    assert refused(tmp_path, HEAD + added + "\n").replace(str(tmp_path), "FOLDER") == told


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    wilson = "page_sise = 1\ntwice = 1\n[harvest.wilson.politeness]\ndelay = 1\n"
    told = refused(tmp_path, f'site = "x"\n{HEAD}{wilson}[harvest.b]\nvia = "x"\n').splitlines()
    assert told[0] == "6 faults"
    assert [line.partition(":")[0] for line in told[1:]] == [f"  line {line}" for line in (1, 4, 5, 7, 8, 9)]


SECRET = "hunter2-Passwort"


@pytest.mark.parametrize(
    "added",
    [
        f"[harvest.wilson.notify]\napprise = ['mailto://me:{SECRET}@example.org']",
        f"[harvest.wilson.notify]\napprise = 'mailto://me:{SECRET}@example.org'",
        f"[harvest.wilson.notify]\napprise = ['{SECRET}']",
        f"[harvest.wilson.notify]\napprise = {{ bell = 'mailto://me:{SECRET}@example.org' }}",
        f"[harvest.wilson.notify]\ncommand = 'curl -u me:{SECRET}'",
        f"[harvest.wilson.notify]\ncommand = [['curl', '{SECRET}']]",
        f"[harvest.wilson.notify]\nmax_age = '{SECRET}'",
        f"[harvest.wilson.notify]\non = ['{SECRET}']",
        f"[harvest.wilson.notify]\nurl = 'mailto://me:{SECRET}@example.org'",
        f"notify = ['{SECRET}']",
        f"notify = 'mailto://me:{SECRET}@example.org",
        f"via = 'wayback'\nwayback = 'me:{SECRET}@example.org'",
        f"listings = ['https://me:{SECRET}@example.org', 1]",
        f"exports = ['load --password \"{SECRET}']",
        f"exports = 'load --password {SECRET}'",
    ],
)
def test_no_secret_is_shown(tmp_path: Path, added: str) -> None:
    assert SECRET not in refused(tmp_path, HEAD + added + "\n")


def test_an_address_in_the_place_of_a_variables_name_is_refused_with_the_reason(tmp_path: Path) -> None:
    told = refused(tmp_path, HEAD + "[harvest.wilson.notify]\napprise = ['BELL', 'mailto://me:pw@example.org']\n")
    assert told.startswith("line 4: item 2 of apprise in [harvest.wilson.notify] must be the name of an environment ")
    assert "what stands there looks like an address itself" in told
    assert "looks like" not in refused(tmp_path, HEAD + "[harvest.wilson.notify]\napprise = ['MY BELL']\n")


@pytest.mark.parametrize(
    "text, told",
    [
        ("a = 1\nb = \n", "is no TOML: line 2, column 5: Invalid value"),
        ("a = 1\na = 2\n", "is no TOML: line 2, column 6: Cannot overwrite a value"),
        ("a = [\n1", "is no TOML: Unclosed array (at end of document)"),
        ("a = " + "9" * 5000, "is no TOML: "),
        ("a = " + "[" * 100_000, "is nested too deeply"),
        ("", "it declares no harvest: [harvest.NAME] is missing"),
        (
            "harvest = 1",
            "line 1: harvest at the top of the file must be a table of harvests, [harvest.NAME] for each, ",
        ),
        ("[harvest]", "line 1: harvest at the top of the file must be a table of harvests, [harvest.NAME] for each"),
        ("[[harvest]]\nname = 'a'", "line 1: harvest at the top of the file must be a table of harvests, "),
    ],
)
def test_what_is_no_file_of_harvests_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert refused(tmp_path, text).startswith(told)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=f"there is no {tmp_path}/x.toml"):
        load(tmp_path / "x.toml")
    with pytest.raises(UsageProblem, match="cannot be read: Is a directory"):
        load(tmp_path)
    (tmp_path / "x.toml").write_bytes(b"a = 1\nb = '\xff'")
    with pytest.raises(UsageProblem, match="line 2 is no UTF-8"):
        load(tmp_path / "x.toml")


def test_a_byte_order_mark_and_dos_lines_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "harvest.toml").write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert load(tmp_path / "harvest.toml").named("wilson").page_size is None
    (tmp_path / "harvest.toml").write_bytes(HEAD.replace("\n", "\r\n").encode() + b"x = 1\r\n")
    with pytest.raises(UsageProblem, match="line 3: unknown key x"):
        load(tmp_path / "harvest.toml")


def test_only_the_ends_of_lines_that_toml_knows_are_counted(tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD + 'site = "\u2028 \u0085"\nx = 1\n').startswith("line 4: unknown key x")


def test_a_harvest_that_is_not_declared_is_told_with_what_was_meant(tmp_path: Path) -> None:
    config = read(tmp_path, HEAD)
    with pytest.raises(UsageProblem, match="there is no harvest wilsn in ") as caught:
        config.named("wilsn")
    assert caught.value.advice == "Did you mean wilson? It declares: wilson."
    with pytest.raises(UsageProblem) as caught:
        config.named("xyz")
    assert caught.value.advice == "It declares: wilson."


def test_a_copy_on_this_machine_may_be_asked_faster(tmp_path: Path) -> None:
    text = '[harvest.copy]\nlistings = ["http://127.0.0.1:8000/search"]\n[harvest.copy.politeness]\ndelay = 0\n'
    assert read(tmp_path, text).named("copy").politeness.delay == 0
    mixed = text.replace('"]', '", "https://example.org/search"]')
    assert "delay in [harvest.copy.politeness] is under 3 seconds" in refused(tmp_path, mixed)


def test_the_file_of_a_site_lies_beside_the_file_and_a_name_is_a_name(tmp_path: Path) -> None:
    mine = read(tmp_path, HEAD + "site = 'sites/mine.py'\n").named("wilson")
    assert mine.site == str(tmp_path / "sites" / "mine.py")
    assert read(tmp_path, HEAD + "site = 'wilson'\n").named("wilson").site == "wilson"


def test_a_path_begins_where_the_file_lies_not_where_the_program_runs(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "a").mkdir()
    read(tmp_path / "a", HEAD)
    monkeypatch.chdir(tmp_path)
    assert load(Path("a/harvest.toml")).named("wilson").output == tmp_path / "a" / "output" / "wilson"


@pytest.mark.parametrize(
    "text, told",
    [
        ("36 hours", timedelta(hours=36)),
        ("1 day", timedelta(days=1)),
        ("2weeks", timedelta(days=14)),
        ("0 days", timedelta(0)),
        ("7", None),
        ("7  days", None),
        ("-1 days", None),
        ("1.5 hours", None),
        ("123456 days", None),
        ("7 days ", None),
        ("7 Days", None),
    ],
)
def test_durations(text: str, told: timedelta | None) -> None:
    assert read_duration(text) == told


@given(st.text(st.sampled_from("0123456789. sminhoudaywekSMH\n"), max_size=20) | st.from_regex(r"\d{1,7} ?\w{3,8}\n?"))
def test_what_the_schema_takes_for_a_duration_is_one(text: str) -> None:
    pattern = schema()["$defs"]["duration"]["pattern"]
    taken = bool(re.search(pattern, text)) and not text.endswith("\n")  # no value has an end of a line
    assert taken == (read_duration(text) is not None)


@given(st.from_regex(r"\A\d{1,17}(\.\d{1,9})? ?[KMGkmg]?[Ii]?[Bb]?\Z"))
@example("1G")  # 1,000 or 1,024 million bytes: nobody knows
def test_what_the_schema_takes_for_a_size_is_one(text: str) -> None:
    if re.search(schema()["$defs"]["harvest"]["properties"]["max_file_size"]["pattern"], text):
        assert (read_size(text) or 0) >= 1


def quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def as_toml(value: int | str | list[Any]) -> str:
    """Return a value in one of the ways in which TOML has it, over several lines where it can be."""
    if isinstance(value, list):
        return "[ # ]\n" + "".join(f"{as_toml(one)},\n" for one in value) + "]"
    if isinstance(value, int):
        return str(value)
    basic = quoted(value)
    if len(value) % 3 == 0:
        return basic
    if len(value) % 3 == 1 and "'''" not in value and not value.endswith("'"):
        return f"'''\n{value}'''"
    inner = basic[1:-1].replace("\\n", "\n")
    alone = '""' not in value and not value.endswith('"')
    return '"""\n' + (inner.replace('\\"', '"') if alone else inner) + '"""'


def spelled(values: dict[str, Any], path: tuple[str, ...] = ()) -> list[str]:
    """Return tables as lines of TOML."""
    lines = []
    for key, value in values.items():
        if not isinstance(value, dict):
            lines += [f"{quoted(key)} = {as_toml(value)} # {{", ""]
    for key, value in values.items():
        if isinstance(value, dict):
            lines += ["# a comment = [1", "[" + ".".join(map(quoted, (*path, key))) + "]"]
            lines += spelled(value, (*path, key))
    return lines


KEY = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=4)
TEXT = st.text(st.sampled_from("ab\"'#[]{}=n\n "), max_size=8)
LEAVES = st.integers(0, 9) | TEXT | st.lists(st.integers(0, 9) | TEXT)
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(KEY, inner, max_size=4), max_leaves=12)


@given(st.dictionaries(KEY, TREES, max_size=4))
def test_the_line_of_each_key_is_found(tree: dict[str, Any]) -> None:
    text = "\n".join(spelled(tree))
    assert tomllib.loads(text) == tree
    lines, found = text.split("\n"), find_lines(text)

    def check(values: dict[str, Any], path: tuple[str, ...]) -> None:
        for key, value in values.items():
            line = lines[found[(*path, key)] - 1]
            if isinstance(value, dict):
                assert line == "[" + ".".join(map(quoted, (*path, key))) + "]"
                check(value, (*path, key))
            else:
                assert line.startswith(f"{quoted(key)} = ")

    check(tree, ())


def test_a_list_of_thousands_takes_no_minutes(tmp_path: Path) -> None:
    listings = "".join(f'  "https://example.org/search?f[0]={number}",  # [a]\n' for number in range(5000))
    begun = perf_counter()
    told = refused(tmp_path, f"[harvest.many]\nlistings = [\n{listings}]\npage_sise = 1\n")
    assert told.startswith("line 5004: unknown key page_sise")
    assert perf_counter() - begun < 10, "were each line tried, it would take a minute"


def examples() -> list[str]:
    paths = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return [block for text in texts for block in re.findall(r"```toml\n(.*?)```", text, re.S) if "[harvest." in block]


@pytest.mark.parametrize("block", examples(), ids=lambda block: block.splitlines()[0])
def test_every_example_of_the_documents_is_one(tmp_path: Path, block: str) -> None:
    if "listings" not in block:  # a part of a file
        block = block.replace("[harvest.wilson.", f"{HEAD}[harvest.wilson.", 1)
    assert read(tmp_path, block).harvests


def rows(table: str) -> list[str]:
    """Return the lines that the document should have of a table's keys."""
    made = []
    for key, said in schema()["$defs"][table]["properties"].items():
        if key in TABLES:
            continue
        value = {**schema()["$defs"].get(said.get("$ref", "").removeprefix("#/$defs/"), {}), **said}
        default = f"`{json.dumps(value['default'])}`" if "default" in value else ""
        made.append(f"| `{key}` | {value['title']} | {default} | {value['description']} |")
    return made


@pytest.mark.parametrize("table", TABLES)
def test_the_document_tells_each_key_as_the_schema_does(table: str) -> None:
    part = DOCUMENT.split(f"## `[harvest.NAME{'' if table == 'harvest' else f'.{table}'}]`\n")[1].split("\n## ")[0]
    assert [line for line in part.splitlines() if line.startswith("| `")] == rows(table)
    assert schema()["$defs"][table]["description"] in part


def test_the_document_tells_the_keys_at_the_top() -> None:
    for said in schema()["properties"].values():
        assert said["description"] in DOCUMENT
