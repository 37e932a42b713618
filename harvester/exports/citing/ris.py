"""RIS, as reference managers read it: a MANSCPT a record, one line a value."""

import re
from typing import Any

from rispy.writer import RisWriter  # type: ignore[import-untyped]  # rispy has no type hints

from harvester.exports.attribution import attribution
from harvester.exports.citing import Misfits, Reference, Said, read_references
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source

# Whatever some reader may take for the end of a line, with the spaces around it.
_BREAKS = re.compile("[ \t]*[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+[ \t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]*")
_SEASONS = ("", "Spring", "Summer", "Autumn", "Winter")
_WORDS = {"": "", "~": "circa", "?": "uncertain", "%": "circa, uncertain"}
_JOINED = "paragraphs or lines joined into one, as a value of RIS is one line"
_PARTED = "an author whose name holds a comma, behind which readers of RIS take the given name to stand"
_SPLIT = "a keyword or address that holds a semicolon, at which some readers part it"


class _Writer(RisWriter):  # type: ignore[misc]
    """rispy's writer, with lines that end as the format's description says, and no number in front of an entry."""

    NEWLINE = "\r\n"

    def set_header(self, count: int) -> str:
        return ""


def export(source: Source, target: str, options: Options) -> Exported:
    """Write an entry a record."""
    misfits = Misfits()
    line = attribution(source)
    count = 0
    with placing(target) as path, path.open("w", encoding="utf-8", newline="") as file:
        writer = _Writer()
        for reference in read_references(source):
            writer.format_lines(file, [_entry_of(reference, line, misfits)])
            file.write(writer.NEWLINE)
            count += 1
    return Exported(count, notes=misfits.notes())


def _entry_of(reference: Reference, attributed: str, misfits: Misfits) -> dict[str, Any]:
    """Return an entry as rispy names its tags; what is not known is left out."""

    def told(text: str | None) -> str | None:
        return text and _one_line(misfits.clean(text, reference.id), reference.id, misfits)

    date, year = date_of(reference.said)
    _check(reference, misfits)
    entry: dict[str, Any] = {
        "type_of_reference": "MANSCPT",
        "id": reference.id,
        "title": told(reference.title),
        "authors": [told(name) for name in reference.authors],
        "date": told(date),
        "year": year,
        "type_of_work": told(reference.genre),
        "name_of_database": told(reference.archive),
        # "Location in Archives": a tag of the format that rispy has no name for.
        "unknown_tag": {"AV": [told(reference.shelf_mark)]} if reference.shelf_mark else {},
        "publisher": told(reference.holder),
        "database_provider": told(attributed),
        "urls": [told(reference.url)] if reference.url else [],
        "access_date": reference.accessed and reference.accessed.replace("-", "/") + "/",
        "language": told("; ".join(reference.languages)),
        "abstract": told(reference.summary),
        "keywords": [told(name) for name in reference.keywords],
        "notes": [told(note) for note in _notes(reference)],
    }
    return {name: value for name, value in entry.items() if value}


def date_of(said: Said) -> tuple[str | None, str | None]:
    """Return a date as RIS says it, and the year if it is one beyond doubt.

    `YYYY/MM/DD/more` for one day, month, year or season; else in its own words. A slash parts, so where the print has
    one the EDTF is told instead, without.
    """
    point = said.points[0] if len(said.points) == 1 else None
    if said.edtf is None:
        return None, None
    if point is None or (point.season and not said.year):
        text = said.text or said.edtf
        return (said.edtf.replace("/", " to ") if "/" in text else text), said.year
    more = " ".join(word for word in (_WORDS[said.mark], _SEASONS[point.season or 0]) if word)
    numbers = (f"{point.year:04d}", *(f"{part:02d}" if part else "" for part in (point.month, point.day)))
    return "/".join((*numbers, more)), said.year


def _one_line(text: str, record: str, misfits: Misfits) -> str:
    joined = _BREAKS.sub(" ", text)
    if joined != text:
        misfits.add(_JOINED, record)
    return joined


def _check(reference: Reference, misfits: Misfits) -> None:
    if any("," in name for name in reference.authors):
        misfits.add(_PARTED, reference.id)
    if any(";" in text for text in (*reference.keywords, reference.url or "")):
        misfits.add(_SPLIT, reference.id)


def _notes(reference: Reference) -> tuple[str, ...]:
    """Return the notes, and what RIS has no tag for."""
    named = {"EDTF": reference.said.edtf, "Rights": reference.rights}
    return (*(f"{name}: {value}" for name, value in named.items() if value), *reference.notes)
