"""README.md of a release, for people: what it is, how complete, how to cite and how to check it."""

from collections.abc import Iterator, Sequence
from typing import Any

from harvester.dataset.documents import say_documents
from harvester.dataset.package import document_schema, record_schema
from harvester.dataset.screen import say_listing
from harvester.exports.attribution import attribution
from harvester.exports.release.figures import Figures
from harvester.exports.release.parts import MANIFEST, PARQUET, README, SQLITE
from harvester.exports.source import Line, Source

_MOST = 20
_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]<>&|~$#"})
_WHAT = {
    "records.jsonl": "one record a line, sorted by id",
    "documents.jsonl": "what the documents' own pages say, one a line",
    "provenance.jsonl": "per record, the captures that it was read from",
    "changes.jsonl": "the change feed: what was added, changed, merged, withdrawn, returned",
    "rejects.jsonl": "what could not be read, with the reason and the text itself",
    "coverage.json": "the certificate: the account of every listing",
    PARQUET: "the records for pandas, Polars, DuckDB, R",
    SQLITE: "records and documents as tables of an SQLite database",
    "texts/": "the texts of the documents",
    "files/": "scans and PDFs, each named by the SHA-256 of its bytes",
    "snapshot/": "what came over the wire, as WACZ: open it with https://replayweb.page",
    "datapackage.json": "every file with its digest, every field with its meaning (Frictionless Data Package)",
    MANIFEST: "the SHA-256 of every file",
}


def write_readme(source: Source, figures: Figures, names: set[str], left_out: frozenset[str]) -> bytes:
    """Return the text; `names` are those of the files in the release."""
    parts = (
        _about(source, figures), _completeness(source), _rights(source, figures), _citing(source, figures),
        _checking(source), _contents(names, left_out), _fields(names),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part).encode()


def plain(text: str) -> str:
    """Return a text on one line, with nothing in it that Markdown or HTML takes for markup."""
    return _one_line(text).translate(_SPECIAL)


def _many(number: int, noun: str) -> str:
    """Return a number of things: "1 record", "1,200 records"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _about(source: Source, figures: Figures) -> Iterator[str]:
    yield from (f"# {plain(str(source.package.get('title') or source.name))}", "", plain(attribution(source)) + ".", "")
    yield f"- {_many(figures.records, 'record')}; withdrawn, as the archive shows them no more: {figures.withdrawn:,}."
    if figures.earliest and figures.latest:
        span = f"- Days that their dates name lie between {figures.earliest} and {figures.latest}"
        yield span + (f"; open at an end: {_many(figures.open, 'date')}." if figures.open else ".")
    yield f"- Without a date that could be read: {_many(figures.undated, 'record')}; what is printed is kept."
    if figures.documents:
        yield f"- Own pages read: of {_many(figures.documents, 'document')}, with {_many(figures.texts, 'text')}."
        yield f"- Offered there: {_many(figures.files, 'file')}; fetched: {figures.fetched:,}."
    yield ""


def _completeness(source: Source) -> Iterator[str]:
    listings = source.coverage["listings"]
    yield from (
        "## How complete it is",
        "",
        f"{_captured(listings)} `coverage.json` has the whole account; in short:",
        "",
    )
    yield from (f"    {_one_line(say_listing(listing))}" for listing in listings[:_MOST])
    if len(listings) > _MOST:
        yield f"    ... and {len(listings) - _MOST} listings more"
    yield from (f"    {_one_line(line)}" for line in say_documents(source.coverage.get("documents")))
    yield ""


def _rights(source: Source, figures: Figures) -> Iterator[str]:
    yield from ("## Rights", "")
    yield "The catalogue is the archive's, not that of whoever harvested it. This release grants no licence: what may"
    yield "be done with the data is for the archive to say, and for those whose work the documents are."
    told = [(said, number) for said, number in figures.rights.most_common() if said]
    told.sort(key=lambda pair: (-pair[1], pair[0]))
    if told:
        yield from ("", "What documents' pages say of rights (`rights` in `documents.jsonl`):", "")
        yield from (f"- {_many(number, 'document')}: {plain(said)[:2000]}" for said, number in told[:_MOST])
        if len(told) > _MOST:
            yield f"- ... and {len(told) - _MOST:,} statements more"
    yield ""


def _captured(listings: Sequence[Line]) -> str:
    """Return when the listings were captured; only days that are told, as captures may not say."""
    days = [when[:10] for one in listings for when in one["captured"].values() if when is not None]
    if not days:
        return "Nothing tells when its listings were captured."
    when = f"on {days[0]}" if len(set(days)) == 1 else f"from {min(days)} to {max(days)}"
    return f"Its listings were captured {when}, as they were last walked."


def _citing(source: Source, figures: Figures) -> Iterator[str]:
    listings = source.coverage["listings"]
    verdicts = " / ".join(sorted({one["verdict"] for one in listings})) or "no listing"
    if documents := source.coverage.get("documents"):
        verdicts += f"; documents: {documents['verdict']}"
    last = max((one["captured"]["last"][:10] for one in listings if one["captured"]["last"]), default=None)
    said = f"{_many(figures.records, 'record')}{f', last captured {last}' if last else ''} (certificate: {verdicts})"
    yield from ("## How to cite it", "")
    yield from (f"> {plain(attribution(source))}; {said}; state {source.digest[:16]}.", "")
    yield "Add the DOI, if you have it from a repository. Cite a single document as the archive wants it cited:"
    yield from ("`citation` in `documents.jsonl`, or its `url`. The whole state is", "", f"    {source.digest}", "")


def _checking(source: Source) -> Iterator[str]:
    yield from ("## How to check it", "", f"    sha256sum -c {MANIFEST}", "    frictionless validate datapackage.json")
    yield from ("    harvest verify .", "", "The last works the certificate out anew from provenance; it comes with")
    yield from (f"archive-harvester. The release was read by {plain(str(source.package.get('readers')))}.", "")


def _contents(names: set[str], left_out: frozenset[str]) -> Iterator[str]:
    yield from ("## What is in it", "", "| file | what |", "|---|---|")
    there = {name if "/" not in name else f"{name.partition('/')[0]}/" for name in names}
    yield from (
        f"| `{name}` | {what} |" for name, what in _WHAT.items() if name in there | {"datapackage.json", MANIFEST}
    )
    yield f"| `{README}` | this |"
    if left_out:
        yield from ("", f"Left out of this release: {', '.join(sorted(left_out))}.")
    yield from (
        "",
        "The harvester's own state (`ledger.sqlite`) is not in it: it is for going on with the harvest, and all",
    )
    yield from ("that it proves is told in these files.", "")


def _fields(names: set[str]) -> Iterator[str]:
    yield from ("## Fields of a record", "", *_table(record_schema()), "")
    if "documents.jsonl" in names:
        yield from ("## Fields of a document", "", *_table(document_schema()), "")


def _table(schema: dict[str, Any]) -> Iterator[str]:
    yield from ("| field | |", "|---|---|")
    yield from (f"| `{name}` | {plain(said.get('description', ''))} |" for name, said in schema["properties"].items())
