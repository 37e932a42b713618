"""A date in a citation is never more precise than the record's: over every printed date that docs/dates.md shows."""

import re
from dataclasses import asdict
from typing import Any

import pytest
from conftest import ROOT

from harvester.dates import read_edtf, read_printed
from harvester.exports.citing import Said, read_said
from harvester.exports.citing.biblatex import date_of as biblatex_date
from harvester.exports.citing.csl import date_of as csl_date
from harvester.exports.citing.ris import date_of as ris_date

SHOWN = (ROOT / "docs" / "citations.md").read_text(encoding="utf-8")
PRINTED = re.findall(r"^\| `([^`]+)` \| `[^`]+` \|", (ROOT / "docs" / "dates.md").read_text(encoding="utf-8"), re.M)


def said_of(text: str) -> Said:
    return read_said(asdict(read_printed(text)))


def cells(row: str) -> list[str]:
    return [cell.strip().strip("`") for cell in row.strip("|").split(" | ")]


ROWS = [cells(row) for row in re.findall(r"^\| `.*$", SHOWN.partition("## Dates")[2].partition("\n## ")[0], re.M)]


def as_written(told: Any) -> str:
    """Return CSL's date as the table has it: `1956-10-30/1956-10-31`, `circa`, a season's number, or the words."""
    if told is None:
        return ""
    if "literal" in told:
        return f"“{told['literal']}”"
    numbers = "/".join("-".join(f"{part:02d}" for part in parts) for parts in told["date-parts"])
    return numbers + (f", season {told['season']}" if "season" in told else "") + (", circa" if "circa" in told else "")


def test_the_table_has_rows_of_every_kind() -> None:
    assert len(ROWS) >= 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_of_the_table_is_so(row: list[str]) -> None:
    printed, edtf, csl, bib, year, da, py = row
    said = said_of(printed)
    assert (said.edtf or "") == edtf
    assert as_written(csl_date(said)) == csl
    assert (biblatex_date(said)[0] or "") == bib
    assert " ".join(part for part in (said.year, said.month) if part) == year
    assert tuple(part or "" for part in ris_date(said)) == (da, py)


def days(edtf: str) -> tuple[str, str]:
    """Return the first and last day that an EDTF can mean; an open end is beyond all days."""
    read = read_edtf(edtf)
    assert read.date_precision != "unknown", read.date_note
    return read.date_earliest or "", read.date_latest or "9"


def contains(wide: str, narrow: str) -> bool:
    (first, last), (earliest, latest) = days(wide), days(narrow)
    return first <= earliest and latest <= last


def csl_as_edtf(told: dict[str, Any]) -> str:
    """Return the EDTF of what CSL says in numbers."""
    if "season" in told:
        return f"{told['date-parts'][0][0]:04d}-{20 + told['season']}"
    return "/".join(
        "-".join(f"{part:0{2 if place else 4}d}" for place, part in enumerate(parts)) for parts in told["date-parts"]
    )


@pytest.mark.parametrize("printed", PRINTED)
def test_no_format_says_more_than_the_record(printed: str) -> None:
    said = said_of(printed)
    assert said.edtf is not None
    vague = bool(said.mark)
    csl = csl_date(said)
    assert csl is not None
    if "literal" in csl:
        assert csl["literal"] == said.text
    else:
        assert contains(csl_as_edtf(csl), said.edtf)
        assert ("circa" in csl) == vague
    bib, exact = biblatex_date(said)
    assert bib is not None
    assert contains(bib, said.edtf)
    assert bool(re.search("[?~%]", bib)) == vague
    assert exact == (bib == said.edtf)
    for whole in filter(None, (said.year, said.year and said.month and f"{said.year}-{said.month}")):
        assert contains(whole, said.edtf)
        assert not vague
    da, py = ris_date(said)
    assert py in (None, said.year)
    numbers = re.fullmatch(r"(\d{4})/(\d\d)?/(\d\d)?/(.*)", da or "")
    if numbers:
        assert contains("-".join(part for part in numbers.groups()[:3] if part), said.edtf) or numbers[4] in SEASONS
        assert bool(re.search("circa|uncertain", numbers[4])) == vague
    else:
        assert da == said.text or (da == said.edtf.replace("/", " to ") and "/" in (said.text or ""))


SEASONS = ("Spring", "Summer", "Autumn", "Winter")


@pytest.mark.parametrize(
    ("edtf", "csl", "bib", "ris"),
    [
        ("Y170000", "“long ago”", None, ("long ago", None)),
        ("1XXX", "“long ago”", "1000/1999", ("long ago", None)),
        ("1958-XX-05", "“long ago”", "1958", ("long ago", "1958")),
        ("1958-33", "“long ago”", "1958-33", ("long ago", "1958")),
        ("1958-30", "1958, season 2", "1958-30", ("long ago", None)),
        ("195X~", "“long ago”", "1950~/1959~", ("long ago", None)),
        ("[..1950-06-05]", "“long ago”", "../1950", ("long ago", None)),
        ("1950/", "“long ago”", "1950/", ("long ago", None)),
        ("-0044", "“long ago”", None, ("long ago", None)),
        ("1958-06-?05~", "1958-06-05, circa", "1958-06-05%", ("1958/06/05/circa, uncertain", None)),
    ],
)
def test_what_print_never_gives_but_edtf_can_say(edtf: str, csl: str, bib: str, ris: tuple[str, str]) -> None:
    said = read_said({**asdict(read_edtf(edtf)), "date_text": "long ago"})
    assert as_written(csl_date(said)) == csl
    assert biblatex_date(said)[0] == bib
    assert ris_date(said) == ris


def test_a_slash_in_print_parts_no_date_of_ris() -> None:
    assert ris_date(said_of("12/03/1961 - 15/03/1961")) == ("1961-03-12 to 1961-03-15", "1961")
