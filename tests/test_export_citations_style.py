"""CSL JSON through citeproc: a bibliography that shows title, date, archive, shelf mark and address."""

import json
from pathlib import Path
from typing import Any

import pytest
from biting import BITES, publish_bites
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from harvester.exports import Source, find_destination
from harvester.exports.destination import Options

# citeproc-py knows the variables of CSL 1.0.1; `license` came with 1.0.2.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The following arguments for Reference are unsupported. license:UserWarning"
)

ARCHIVAL = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Archival</title><id>archival</id><updated>2000-01-01T00:00:00+00:00</updated></info>
  <macro name="all">
    <group delimiter=" | ">
      <names variable="author"><name/></names>
      <text variable="title"/>
      <text variable="genre"/>
      <group delimiter=" ">
        <choose><if is-uncertain-date="issued"><text value="ca."/></if></choose>
        <date variable="issued" form="text" date-parts="year-month-day"/>
      </group>
      <text variable="archive"/>
      <text variable="archive_location"/>
      <text variable="publisher"/>
      <text variable="URL"/>
      <date variable="accessed" form="numeric" date-parts="year-month-day"/>
    </group>
  </macro>
  <citation><layout><text macro="all"/></layout></citation>
  <bibliography><layout><text macro="all"/></layout></bibliography>
</style>
"""


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("style")
    publish_bites(folder / "d", long=False)
    with Source(folder / "d") as source:
        find_destination(str(folder / "x.csl.json")).export(source, Options())
    told: list[dict[str, Any]] = json.loads((folder / "x.csl.json").read_bytes())
    return told


def render(items: list[dict[str, Any]], style: str) -> dict[str, str]:
    """Return the line of each item in the bibliography, by id."""
    bibliography = CitationStylesBibliography(
        CitationStylesStyle(style, validate=False), CiteProcJSON(items), formatter.plain
    )
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    return dict(zip(bibliography.keys, map(str, bibliography.bibliography()), strict=True))


def test_every_record_has_its_line_with_its_title(items: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "archival.csl").write_text(ARCHIVAL, encoding="utf-8")
    lines = render(items, str(tmp_path / "archival.csl"))
    assert len(lines) == len(items)
    for item in items:
        assert item["title"] in lines[item["id"]]
        assert item.get("URL", "") in lines[item["id"]]


def test_a_line_shows_author_kind_date_archive_shelf_mark_and_the_day_of_access(
    items: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "archival.csl").write_text(ARCHIVAL, encoding="utf-8")
    lines = render(items, str(tmp_path / "archival.csl"))
    (plain,) = [item["id"] for item in items if item["title"] == BITES[0]]
    assert lines[plain].split(" | ") == [
        f"Writer, {BITES[0]}",
        BITES[0],
        "Letter",
        "ca. 1885",
        "Foreign Ministry Archive",
        f"AVPRF, f. 0100, op. 51, {BITES[0]}",
        "Wilson Center Digital Archive",
        "https://digitalarchive.wilsoncenter.org/document/document-1",
        "03/16/2025",
    ]


@pytest.mark.parametrize(
    ("issued", "shown"),
    [
        ({"date-parts": [[1958, 7, 22]]}, "July 22, 1958"),
        ({"date-parts": [[1967, 11]]}, "November 1967"),
        ({"date-parts": [[1789]]}, "1789"),
        ({"date-parts": [[1885]], "circa": True}, "ca. 1885"),
        ({"date-parts": [[1949, 9], [1962, 10]]}, "September 1949–October 1962"),
        ({"date-parts": [[1956]], "season": 4}, "Winter 1956"),
        ({"literal": "before 1900"}, "before 1900"),
        ({"literal": "1950s"}, "1950s"),
    ],
    ids=str,
)
def test_a_date_is_shown_as_it_was_printed(
    items: list[dict[str, Any]], tmp_path: Path, issued: dict[str, Any], shown: str
) -> None:
    (tmp_path / "archival.csl").write_text(ARCHIVAL, encoding="utf-8")
    lines = render(items, str(tmp_path / "archival.csl"))
    dated = [lines[item["id"]] for item in items if item.get("issued") == issued]
    assert dated
    assert all(f" | {shown} | " in line for line in dated)


def test_a_style_that_comes_with_citeproc_shows_title_and_year(items: list[dict[str, Any]]) -> None:
    lines = render(items, "harvard-cite-them-right")
    for item in items:
        assert item["title"] in lines[item["id"]]
    (plain,) = [item["id"] for item in items if item["title"] == "00123"]
    assert "1958" in lines[plain]
