"""Which tool a destination is for, by its form: postgresql://…, sqlite:///…, a file's ending, `-`."""

import importlib
from dataclasses import dataclass
from typing import Protocol

from harvester.errors import MissingExtra, UsageProblem
from harvester.exports.exported import Exported
from harvester.exports.passwords import hide_password
from harvester.exports.source import Source


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may ask of an export: the PostgreSQL schema; whether what a database holds is to be built anew."""

    schema: str | None = None
    replace: bool = False


class Export(Protocol):
    """What each module of a format has as `export`."""

    def __call__(self, source: Source, target: str, options: Options) -> Exported:
        """Write the dataset to its target; raises DestinationError, with nothing changed, if it cannot be written."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how its destinations begin or end, its module, and the extra that brings its library (None: none)."""

    form: str
    module: str
    extra: str | None
    summary: str

    def matches(self, destination: str) -> bool:
        """Return whether a destination has this form."""
        folded = destination.lower()
        if self.form.endswith("://"):
            return folded.startswith(self.form)
        return folded.endswith(self.form) if self.form.startswith(".") else folded == self.form

    @property
    def is_database(self) -> bool:
        """Return whether its destinations are brought up to date; others are written whole."""
        return self.module in _DATABASES


_DATABASES = frozenset({"postgres", "sqlite"})
FORMATS = (
    Format("-", "lines", None, "JSON Lines on standard output"),
    Format("postgresql://", "postgres", "postgres", "a PostgreSQL database"),
    Format("postgres://", "postgres", "postgres", "the same"),
    Format("sqlite://", "sqlite", None, "an SQLite database: sqlite:///relative, sqlite:////absolute"),
    Format(".sqlite", "sqlite", None, "the same"),
    Format(".db", "sqlite", None, "the same"),
    Format(".jsonl", "lines", None, "JSON Lines"),
    Format(".csv", "tables.csv", None, "CSV that is safe to open in a spreadsheet"),
    Format(".xlsx", "tables.excel", "tables", "an Excel workbook"),
    Format(".parquet", "tables.parquet", "tables", "Parquet"),
    Format(".bib", "citing.bibtex", None, "BibTeX and biblatex"),
    Format(".ris", "citing.ris", "citations", "RIS"),
    Format(".csl.json", "citing.csl", None, "CSL JSON, for Zotero, Pandoc and citeproc"),
    Format(".dc.xml", "citing.dublin_core", None, "Dublin Core in RDF/XML"),
)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a dataset is to go, and in which format."""

    target: str
    format: Format

    def export(self, source: Source, options: Options) -> Exported:
        """Write the dataset there.

        Raises MissingExtra if the format's library is not installed, DestinationError if it cannot be written there.
        """
        try:
            module = importlib.import_module(f"harvester.exports.{self.format.module}")
        except ImportError as error:  # psycopg without the library of PostgreSQL raises this one
            if self.format.extra is None or (error.name or "").startswith("harvester"):
                raise
            summary = next(one.summary for one in FORMATS if one.module == self.format.module)
            raise MissingExtra(f"an export into {summary}", self.format.extra) from error
        export: Export = module.export
        return export(source, self.target, options)


def find_destination(named: str) -> Destination:
    """Return what a destination names; raises UsageProblem, with the forms that there are, if it has none of them."""
    found = next((one for one in FORMATS if one.matches(named)), None)
    if found is None:
        forms = " ".join(one.form for one in FORMATS)
        raise UsageProblem(
            f"{hide_password(named)} tells no format by its beginning or end", advice=f"Known are: {forms}"
        )
    return Destination(named, found)
