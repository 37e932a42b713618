"""Dublin Core in RDF/XML: a description a record, of the fifteen elements and what DCMI adds to them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from harvester.exports.attribution import attribution
from harvester.exports.citing import Misfits, Reference, language_code, read_references
from harvester.exports.citing.reference import holder_of
from harvester.exports.destination import Options
from harvester.exports.exported import Exported
from harvester.exports.placing import placing
from harvester.exports.source import Source

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
_DATE = f"{{{DC}}}date"
_NAMES = {"rdf": RDF, "dc": DC, "dcterms": DCTERMS}
# libxml2 reads no longer text unless it is told that the file is to be trusted (`huge_tree`).
_LONGEST = 10_000_000
_LONG = "more than 10 MB in one text, for which libxml2 wants its option `huge`"


def export(source: Source, target: str, options: Options) -> Exported:
    """Write a description a record, and one of the file itself with the attribution."""
    misfits = Misfits()
    count = 0
    with placing(target) as path, path.open("wb") as out, etree.xmlfile(out, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element(f"{{{RDF}}}RDF", nsmap=_NAMES):
            whole = [(f"{{{DC}}}publisher", holder_of(source)), (f"{{{DC}}}rights", attribution(source))]
            _describe(
                file, {f"{{{RDF}}}about": ""}, ((name, misfits.clean(text, "the attribution")) for name, text in whole)
            )
            for reference in read_references(source):
                _describe(file, _named(reference, misfits), _fitting(reference, misfits))
                count += 1
    return Exported(count, notes=misfits.notes())


def _describe(file: Any, named: Mapping[str, str], terms: Iterable[tuple[str, str]]) -> None:
    file.write("\n")
    with file.element(f"{{{RDF}}}Description", named):
        for name, text in terms:
            with file.element(name, {f"{{{RDF}}}datatype": EDTF} if name == _DATE else None):
                file.write(text)


def _named(reference: Reference, misfits: Misfits) -> dict[str, str]:
    """Return what a description is about: an address; where none is known, a name within the file."""
    # Not rdf:ID, which may not begin with a digit, as the name of a site may.
    about = f"#{reference.id}" if reference.url is None else misfits.clean(reference.url, reference.id)
    return {f"{{{RDF}}}about": about}


def _fitting(reference: Reference, misfits: Misfits) -> Iterator[tuple[str, str]]:
    for name, text in _terms(reference):
        if len(text.encode("utf-8", "replace")) > _LONGEST:
            misfits.add(_LONG, reference.id)
        yield name, misfits.clean(text, reference.id)


def _terms(reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield the elements and their texts."""
    single = {
        "identifier": (reference.id, *([reference.url] if reference.url else ())),
        "title": (reference.title,),
        "creator": reference.authors,
        "date": (reference.said.edtf,),
        "type": (reference.genre,),
        "publisher": (reference.holder,),
        "source": (reference.place,),
        "language": tuple(language_code(name) or name for name in reference.languages),
        "subject": reference.keywords,
        "rights": (reference.rights,),
        "description": (*reference.notes, reference.accessed and f"Accessed: {reference.accessed}"),
    }
    yield from ((f"{{{DC}}}{name}", text) for name, texts in single.items() for text in texts if text)
    if reference.summary:
        yield f"{{{DCTERMS}}}abstract", reference.summary
