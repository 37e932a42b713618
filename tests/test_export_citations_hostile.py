"""Texts that look like the format that holds them: no value ends its field, no record is lost."""

import json
import re
from itertools import accumulate
from pathlib import Path

import pytest
from bibliographies import FORMS, bib_entries, csl_items, dc_descriptions, fitted, ris_entries, texts, untexed
from biting import publish_bites
from exporting import export
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pybtex.database import parse_file
from retold import retell

from harvester.exports.citing.tex import escape

HOSTILE = (
    "A\nER  - \r\n\r\nTY  - BOOK\nTI  - B",
    "},}\n\n@misc{other, title = {B",
    "@comment{ @string{x = {",
    "\\}{\\{ \\ \\\\ % end",
    "{" * 150 + "x" + "}" * 150,
    "``quoted'' --- -- !` ?` <<x>> \"",
    "</dc:title></rdf:Description>&lt;]]><!-- &amp; -->",
    "a\x85b\u2028c\x0bd\x1ce",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_text_never_ends_its_field(tmp_path: Path, title: str) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    hostile = records[1]["id"]
    retell(tmp_path / "d", "records.jsonl", lambda told: told.update(title=title) if told["id"] == hostile else None)
    for form in FORMS:
        export(tmp_path / "d", tmp_path / f"all{form}")
    entries = bib_entries(tmp_path / "all.bib")
    assert len(entries) == len(records)
    assert untexed(entries[hostile]["title"][1:-1]) == printed(fitted(title))
    assert list(parse_file(str(tmp_path / "all.bib")).entries) == list(entries)
    ris = ris_entries(tmp_path / "all.ris")
    assert len(ris) == len(records)
    assert ris[hostile]["title"].split() == re.sub("[\x0b\x1c]", "\ufffd", title).split()
    assert csl_items(tmp_path / "all.csl.json")[hostile]["title"] == title
    described = dc_descriptions(tmp_path / "all.dc.xml")
    assert len(described) == len(records)
    assert texts(described[hostile], "title") == [fitted(title)]


def printed(text: str | None) -> str:
    """Return what pylatexenc makes of line ends: of a blank line a paragraph, of \\r\\n one."""
    return (text or "").replace("\r\n", "\n")


@settings(deadline=None)
@given(st.text("ab \n-`'!?<>,{}\\~^&%$#_\"é"))
@example("{{}")
@example("}{")
def test_what_tex_prints_is_the_text_and_braces_always_pair(text: str) -> None:
    escaped = escape(text)
    depths = list(accumulate((sign == "{") - (sign == "}") for sign in escaped))
    assert min(depths, default=0) >= 0
    assert depths[-1:] in ([0], [])
    assert untexed(escaped) == text


def test_an_address_never_ends_its_field(tmp_path: Path) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    hostile, url = records[1]["id"], "https://a.example/{b}\\c}, d\n_~e&f;g%20#h"
    retell(tmp_path / "d", "records.jsonl", lambda told: told.update(url=url) if told["id"] == hostile else None)
    for form in FORMS:
        export(tmp_path / "d", tmp_path / f"all{form}")
    assert bib_entries(tmp_path / "all.bib")[hostile]["url"] == "https://a.example/%7Bb%7D%5Cc%7D,%20d%0A_~e&f;g%20#h"
    assert ";".join(ris_entries(tmp_path / "all.ris")[hostile]["urls"]) == url.replace("\n", " ")
    assert csl_items(tmp_path / "all.csl.json")[hostile]["URL"] == url
    assert texts(dc_descriptions(tmp_path / "all.dc.xml")[hostile], "identifier") == [hostile, url]


def test_the_attribution_begins_no_entry_of_bibtex(tmp_path: Path) -> None:
    records = publish_bites(tmp_path / "d", long=False, documents=False)
    package = json.loads((tmp_path / "d" / "datapackage.json").read_bytes())
    package["attribution"] = "By me@example.org, @misc{x, title = {y}}"
    (tmp_path / "d" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    export(tmp_path / "d", tmp_path / "all.bib")
    assert len(bib_entries(tmp_path / "all.bib")) == len(records)
    assert len(parse_file(str(tmp_path / "all.bib")).entries) == len(records)
