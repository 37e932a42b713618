"""robots.txt by RFC 9309: the rules as cases in fixtures/robots, then whole crawls against every kind of answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES
from scrapy.robotstxt import RobotParser
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

AGENT = "archive-harvester"


def parse(robots: str | list[str], encoding: str = "utf-8") -> RobotParser:
    """Return the parser that a crawl uses, for a file given as text or lines."""
    settings = Settings()
    settings.setmodule("harvester.settings")
    text = robots if isinstance(robots, str) else "\n".join([*robots, ""])
    parser: RobotParser = load_object(settings["ROBOTSTXT_PARSER"]).from_crawler(None, text.encode(encoding))
    return parser


def cases() -> list[Any]:
    files = sorted((FIXTURES / "robots").glob("*.json"))
    return [
        pytest.param(case, id=f"{file.stem}-{case['name']}")
        for file in files
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    parser = parse(case["robots"], case.get("encoding", "utf-8"))
    told = {path: parser.allowed(f"https://example.org{path}", AGENT) for path in case.get("paths", {})}
    assert told == case.get("paths", {}), case["rule"]
    if "delay" in case:
        delay = case["delay"]
        assert parser.crawl_delay(AGENT) == (delay if delay is None else float(delay)), case["rule"]


def test_half_a_mebibyte_is_read_to_its_end() -> None:
    lines = [f"Disallow: /filler/{number:08d}" for number in range(500 * 1024 // 26)]
    parser = parse(["User-agent: *", *lines, "Disallow: /last"])
    assert not parser.allowed("https://example.org/last", AGENT)
    assert not parser.allowed("https://example.org/filler/00019000", AGENT)
    assert parser.allowed("https://example.org/other", AGENT)


COSTLY = """
from test_robots import AGENT, parse
for piece in ("<", "<>", "<a ", "*a", "\\u00e9", "%", "user agent ", " \\t", ":", "\\ufeff"):
    parser = parse(["User-agent: *", "Disallow: /" + piece * 200_000, piece * 200_000, "Disallow: /*b"])
    assert not parser.allowed("https://example.org/" + "a" * 2000 + "b", AGENT)
"""


def test_no_line_costs_more_than_its_length() -> None:
    subprocess.run([sys.executable, "-c", COSTLY], cwd=Path(__file__).parent, check=True, timeout=60)
