"""Exports bibliographies and reads them back, each by libraries of its own."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bibtexparser
import rispy
from lxml import etree
from pylatexenc.latex2text import LatexNodes2Text

from harvester.exports.citing.dublin_core import DC, RDF

FORMS = (".bib", ".ris", ".csl.json", ".dc.xml")
HOLDER = "Wilson Center Digital Archive"
ATTRIBUTION = f"{HOLDER}, https://digitalarchive.wilsoncenter.org; harvested with archive-harvester"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
Line = dict[str, Any]


def fitted(text: str | None) -> str | None:
    """Return a text as all formats but JSON hold it."""
    return text and CONTROLS.sub("\ufffd", text)


def joined(text: str | None) -> str | None:
    """Return a text as one line."""
    text = fitted(text)
    return text and re.sub(r"\s*\n\s*", " ", text)


def untexed(text: str | None) -> str | None:
    """Return what TeX prints for a field, by pylatexenc; which takes minutes for ten megabytes of plain words."""
    if text is None or len(text) > 1_000_000:
        return text
    # A circumflex is a modifier letter to it.
    return LatexNodes2Text().latex_to_text(text).replace("\u02c6", "^")


def accessed_by(path: Path, record: str) -> str | None:
    """Return the day of access that a file tells of a record, as it stands there."""
    told: dict[str, Callable[[], Any]] = {
        ".bib": lambda: bib_entries(path)[record].get("urldate"),
        ".ris": lambda: ris_entries(path)[record].get("access_date"),
        ".csl.json": lambda: csl_items(path)[record].get("accessed"),
        ".dc.xml": lambda: noted(texts(dc_descriptions(path)[record], "description"), "Accessed"),
    }
    return told[path.name.removeprefix("all")]()


def bib_entries(path: Path) -> dict[str, dict[str, str]]:
    library = bibtexparser.parse_file(str(path))
    assert not library.failed_blocks
    return {entry.key: {field.key: field.value for field in entry.fields} for entry in library.entries}


def ris_entries(path: Path) -> dict[str, Line]:
    # By its own rules rispy parts addresses at semicolons, and takes a carriage return in a text for a line's end.
    with path.open(encoding="utf-8", newline="\r\n") as file:
        return {entry["id"]: entry for entry in rispy.load(file)}


def csl_items(path: Path) -> dict[str, Line]:
    return {item["id"]: item for item in json.loads(path.read_text(encoding="utf-8"))}


def dc_descriptions(path: Path) -> dict[str, Any]:
    root = etree.parse(str(path), etree.XMLParser(huge_tree=True)).getroot()
    whole, *told = root.findall(f"{{{RDF}}}Description")
    assert whole.get(f"{{{RDF}}}about") == ""
    assert texts(whole, "rights") == [ATTRIBUTION]
    return {texts(one, "identifier")[0]: one for one in told}


def texts(described: Any, name: str, space: str = DC) -> list[str]:
    return [one.text for one in described.findall(f"{{{space}}}{name}")]


def noted(notes: list[str], name: str) -> str | None:
    return next((note.partition(": ")[2] for note in notes if note.startswith(f"{name}: ")), None)
