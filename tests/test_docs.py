"""What the documents show is run; what they list is all there is."""

import re
import shlex
from pathlib import Path

import click
import pytest
from browsing import browsing
from conftest import ROOT, Harvest

from harvester import cli
from harvester.errors import Exit, HarvestError, PageError
from harvester.sample import Archive, Server
from harvester.sample.running import serving
from harvester.sample.wayback import Wayback, shoot

README = (ROOT / "README.md").read_text(encoding="utf-8")
CODES = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
OWN = "https://digitalarchive.wilsoncenter.org"


def shown() -> list[tuple[str, str]]:
    """Return the commands of the README's console blocks with the output shown for each."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.S)
    return [
        (command, output.strip())
        for block in blocks
        for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.M)
    ]


def test_every_harvest_command_of_the_readme_runs_and_prints_what_is_shown(
    harvest: Harvest, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    (declared,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    standing_in = declared.replace(OWN, server.url).replace("listings =", 'site = "wilson"\nlistings =')
    (tmp_path / "harvest.toml").write_text(standing_in, encoding="utf-8")
    ran = []
    for command, output in shown():
        words = shlex.split(command)
        if words[0] != "harvest":
            continue
        if "--via" in words:
            with serving(Wayback([shoot(Archive(), "20250316000000", f"{OWN}/search?items_per_page=100")])) as archive:
                assert harvest(*words[1:], env={"WAYBACK_URL": archive.url}).code == 3, command  # one page of two
            continue
        if words[1] == "crawl":  # the sample stands in for the site: tests fetch from loopback only
            words = [word.replace(OWN, server.url) for word in words] + ["--site", "wilson"]
        if words[1] == "browse":
            with browsing(tmp_path / words[2]) as browsed:
                assert browsed.page("").status == 200, command
            ran.append(words[1])
            continue
        done = harvest(*words[1:])
        assert done.code in {0, 3}, (command, done.err)
        if output:
            assert done.out.strip() == output, command
        ran.append(words[1])
    assert set(ran) == set(cli.VERBS)


def test_the_record_in_the_readme_is_one(harvest: Harvest) -> None:
    import json

    from jsonschema import Draft202012Validator

    from harvester.dataset.package import record_schema

    (block,) = re.findall(r"```json\n(.*?)```", README, re.S)
    Draft202012Validator(record_schema()).validate(json.loads(block))


def errors_below(kind: type[HarvestError]) -> list[type[HarvestError]]:
    return [kind, *(error for child in kind.__subclasses__() for error in errors_below(child))]


@pytest.mark.parametrize("error", errors_below(PageError)[1:], ids=lambda error: error.kind)
def test_every_kind_of_bad_page_stands_in_the_table_with_its_code(error: type[PageError]) -> None:
    (code,) = re.findall(rf"^\| {error.kind} \|.*?\| (\d) \|", CODES, re.M)
    assert int(code) == error.code
    assert error.advice != HarvestError.advice


def test_every_exit_code_stands_in_the_table_and_in_the_help(harvest: Harvest) -> None:
    told = harvest("--help").out
    for code in Exit:
        assert re.search(rf"^\| {int(code)} \|", CODES, re.M)
        assert re.search(rf"\s{int(code)}\s", told)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_and_option_has_its_help(harvest: Harvest, verb: str) -> None:
    ran = harvest(verb, "--help")
    assert ran.code == 0
    import importlib

    command = importlib.import_module(f"harvester.cli.{verb}").command
    assert command.short_help == cli.VERBS[verb]
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    assert f"harvest {verb}" in README


def test_help_loads_neither_scrapy_nor_lxml(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys, harvester.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('scrapy', 'lxml', 'twisted', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_file_that_the_package_needs_goes_into_the_wheel() -> None:
    import tomllib

    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["harvester"]
    packed = {path for pattern in patterns for path in (ROOT / "harvester").glob(pattern)}
    files = {path for path in (ROOT / "harvester").rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert files == packed


def test_every_changed_setting_says_its_default_and_reason() -> None:
    text = (ROOT / "harvester" / "settings.py").read_text(encoding="utf-8")
    changed = re.findall(r"^([A-Z_]+) = (.*(?:\n .*)*)$", text, re.M)
    assert len(changed) > 15
    named = {"BOT_NAME", "SPIDER_MODULES", "NEWSPIDER_MODULE", "USER_AGENT", "DOWNLOADER_MIDDLEWARES", "ITEM_PIPELINES"}
    for name, rest in changed:
        assert name in named or "# default" in rest, name


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets and all((ROOT / target).exists() for target in targets)


def test_every_promise_names_tests_that_exist() -> None:
    promises = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    file = ""
    named = re.findall(r"`(tests/\w+\.py|…)(?:::(\w+))?`", promises)
    assert len(named) > 12
    for path, test in named:
        file = file if path == "…" else path
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, test
