"""BibTeX and biblatex: an @unpublished a record, in UTF-8, what TeX reads as its own escaped.

Written by hand: pybtex and bibtexparser leave backslashes, braces and dollars to TeX, and both write a whole library.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from harvester.exports.attribution import attribution
from harvester.exports.citing import Misfits, Reference, read_references
from harvester.exports.citing.biblatex import date_of
from harvester.exports.citing.reference import WITHDRAWN
from harvester.exports.citing.tex import escape
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# What biblatex takes a URL for is verbatim; these would end the field or its line.
_UNSAFE = re.compile(r"[\\{}\s\x00-\x1f\x7f]")
_COMMAS = "keywords that hold a comma, which not every program leaves together"
_COARSER = "a date that biblatex says less precisely, or not at all (`edtf` has it)"


def export(source: Source, target: str, options: Options) -> Exported:
    """Write an entry a record, under its id."""
    misfits = Misfits()
    count = 0
    with placing(target) as path, path.open("w", encoding="utf-8", newline="\n") as file:
        # Outside of entries BibTeX passes over everything but an @.
        file.write(f"% {misfits.clean(attribution(source), 'the attribution').replace('@', ' at ')}\n")
        for reference in read_references(source):
            fields = ",\n".join(f"  {name} = {value}" for name, value in _fields(reference, misfits))
            file.write(f"\n@unpublished{{{reference.id},\n{fields},\n}}\n")
            count += 1
    return Exported(count, notes=misfits.notes())


def _fields(reference: Reference, misfits: Misfits) -> Iterator[tuple[str, str]]:
    def told(text: str) -> str:
        return escape(misfits.clean(text, reference.id))

    # Twice in braces: styles change the case of a title, but not within braces.
    yield "title", f"{{{{{told(reference.title)}}}}}"
    if reference.authors:
        # A name in braces is taken whole, not parted into given and family name.
        yield "author", f"{{{' and '.join(f'{{{told(name)}}}' for name in reference.authors)}}}"
    yield from _dates(reference, misfits)
    texts = {
        "type": reference.genre,
        "howpublished": reference.holder,
        "library": reference.place,
        "note": "; ".join(part for part in (reference.place, WITHDRAWN * reference.withdrawn) if part),
    }
    yield from ((name, f"{{{told(text)}}}") for name, text in texts.items() if text)
    if reference.url:
        yield "url", f"{{{_UNSAFE.sub(lambda match: quote(match[0]), reference.url)}}}"
    if reference.accessed:
        yield "urldate", f"{{{reference.accessed}}}"
    if reference.languages:
        yield "language", f"{{{' and '.join(map(told, reference.languages))}}}"
    if reference.keywords:
        yield "keywords", f"{{{', '.join(_keyword(told(name), reference.id, misfits) for name in reference.keywords)}}}"
    more = {
        "abstract": reference.summary,
        "copyright": reference.rights,
        "edtf": reference.said.edtf,
        "dateprinted": reference.said.text,
        "datenote": reference.date_note,
        "classification": reference.classification,
        "citeas": reference.citation,
    }
    yield from ((name, f"{{{told(text)}}}") for name, text in more.items() if text)


def _dates(reference: Reference, misfits: Misfits) -> Iterator[tuple[str, str]]:
    said = reference.said
    date, exact = date_of(said)
    if not exact:
        misfits.add(_COARSER, reference.id)
    if date:
        yield "date", f"{{{date}}}"
    if said.year:
        yield "year", f"{{{said.year}}}"
    if said.month:
        yield "month", _MONTHS[int(said.month) - 1]


def _keyword(name: str, record: str, misfits: Misfits) -> str:
    if "," not in name:
        return name
    misfits.add(_COMMAS, record)
    return f"{{{name}}}"
