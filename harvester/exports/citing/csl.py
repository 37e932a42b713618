"""CSL JSON, as Zotero, Pandoc and citeproc read it: one item a record, written one by one."""

from typing import Any

import orjson

from harvester.exports.attribution import attribution
from harvester.exports.citing import Point, Reference, Said, language_code, read_references
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source

Item = dict[str, Any]


def export(source: Source, target: str, options: Options) -> Exported:
    """Write an array, an item a line. JSON holds every character, so nothing is left out."""
    line = attribution(source)
    count = 0
    with placing(target) as path, path.open("wb") as file:
        file.write(b"[")
        for reference in read_references(source):
            file.write(b",\n" if count else b"\n")
            file.write(orjson.dumps(item_of(reference, line)))
            count += 1
        file.write(b"\n]\n")
    return Exported(count)


def item_of(reference: Reference, attributed: str) -> Item:
    """Return a reference as an item of the CSL-JSON schema; what is not known is left out."""
    item = {
        "id": reference.id,
        "type": "manuscript",
        "title": reference.title,
        "author": [{"literal": name} for name in reference.authors],
        "issued": date_of(reference.said),
        "genre": reference.genre,
        "archive": reference.archive,
        "archive_location": reference.shelf_mark,
        "publisher": reference.holder,
        "source": attributed,
        "URL": reference.url,
        "accessed": _day(reference.accessed),
        "language": _language(reference.languages),
        "abstract": reference.summary,
        "keyword": "; ".join(reference.keywords),
        "license": reference.rights,
        "note": "\n".join((*_unsaid(reference), *reference.notes)),
    }
    return {name: value for name, value in item.items() if value}


def date_of(said: Said) -> Item | None:
    """Return a date as CSL says it: one day, month, year or season, or a range of plain dates; else in its own words.

    Only those are numbers. Decades, sets and open ranges are printed as they are, as no number says just as much. CSL
    has one word, circa, for dates that are approximate or uncertain.
    """
    parts = _numbers(said.points)
    if parts is None:
        return {"literal": said.text or said.edtf} if said.text or said.edtf else None
    return parts | {"circa": True} if said.mark else parts


def _numbers(points: tuple[Point, ...]) -> Item | None:
    if len(points) == 1 and points[0].season:
        return {"date-parts": [[points[0].year]], "season": points[0].season}
    if not points or any(point.season for point in points):
        return None
    return {"date-parts": [[part for part in (point.year, point.month, point.day) if part] for point in points]}


def _day(iso: str | None) -> Item | None:
    return {"date-parts": [[int(part) for part in iso.split("-")]]} if iso else None


def _language(names: tuple[str, ...]) -> str | None:
    """Return the code of the one language; citeproc reads only one, and several would be taken for none."""
    return language_code(names[0]) if len(names) == 1 else None


def _unsaid(reference: Reference) -> tuple[str, ...]:
    """Return what CSL has a variable for, but none that can say all of it."""
    names, edtf = reference.languages, reference.said.edtf
    languages = (f"Languages: {'; '.join(names)}",) if names and _language(names) is None else ()
    return (*((f"EDTF: {edtf}",) if edtf else ()), *languages)
