"""What of an address narrows the list: words to search for, and the years between which a date may fall."""

import re
from collections.abc import Iterator, Mapping

from harvester.errors import UsageProblem

_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_YEAR = re.compile(r"[0-9]{1,4}")


def words_asked(text: str) -> str:
    """Return the FTS5 expression of what somebody typed; empty where that is blank.

    All words must be there; what stands in quotation marks is a phrase; a word that ends in * is the beginning of one.
    Each is quoted, so nothing of it is an operator.

    >>> words_asked('Gromyko "East Berlin" ambass* OR')
    '"Gromyko" "East Berlin" "ambass"* "OR"'
    """
    return " ".join(f'"{part}"{star}' for part, star in _parts(text))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for phrase, word in _PARTS.findall(text.replace("\0", " ")):
        yield phrase or word.rstrip("*"), "*" if word.endswith("*") else ""


def clauses_asked(asked: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return SQL conditions on `catalogue`, and their values, for `_search`, `_from` and `_to`.

    A date falls between years if it may, as in `harvest find`. Raises UsageProblem where a year is none.
    """
    clauses: list[str] = []
    values: dict[str, str] = {}
    if words := words_asked(asked.get("_search", "")):
        values["words"] = words
        clauses.append("rowid IN (SELECT rowid FROM catalogue_fts WHERE catalogue_fts MATCH :words)")
    for name, clause, rest in (
        ("_from", "date IS NOT NULL AND coalesce(date_latest, '9999') >= :from", "-01-01"),
        ("_to", "date IS NOT NULL AND coalesce(date_earliest, '0000') <= :to", "-12-31"),
    ):
        if year := asked.get(name, "").strip():
            if not _YEAR.fullmatch(year):
                raise UsageProblem("A year is a number of one to four digits.")
            values[name[1:]] = f"{int(year):04}{rest}"
            clauses.append(clause)
    return clauses, values
