"""docs/dates.md is the rule: every row of its tables is run."""

import re
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.dates import ENGLISH, DateReading, looks_like_date, read_edtf, read_printed
from harvester.dates.reading import PRECISIONS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # edtf-validate 2.0 calls names that pyparsing 3.3 deprecates
    from edtf_validate.valid_edtf import is_valid

PAGE = Path(__file__).parent.parent / "docs" / "dates.md"


def table(first_cell: str) -> list[list[str]]:
    """Return the rows of every table of the page whose header starts with the cell."""
    rows, wanted = [], False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            wanted = False
        elif cells[0] == first_cell:
            wanted = True
        elif wanted and not re.fullmatch("-+", cells[0]):
            rows.append([cell.strip("`") for cell in cells])
    return rows


PRINTED = table("printed")
DECLARED = table("order")
KNOWN_ERRORS = table("EDTF")


def test_page_has_its_tables():
    assert len(PRINTED) > 180
    assert len(DECLARED) == 6
    assert len(KNOWN_ERRORS) == 9
    assert len({row[0] for row in PRINTED}) == len(PRINTED)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_row_of_the_page(row):
    printed, *expected = row
    date, earliest, latest, precision, note = (cell or None for cell in expected)
    assert read_printed(printed) == DateReading(date, printed, earliest, latest, precision, note)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_row_of_the_page_at_the_edtf_door(row):
    printed = read_printed(row[0])
    assert printed.date_precision in PRECISIONS
    if printed.date is None:
        assert printed.date_note
        assert (printed.date_earliest, printed.date_latest, printed.date_precision) == (None, None, "unknown")
        return
    edtf = read_edtf(printed.date)
    assert (edtf.date, edtf.date_precision) == (printed.date, printed.date_precision)
    if "century" not in row[0] and "Winter 1967-" not in row[0] and "Winter 1967/" not in row[0]:
        assert (edtf.date_earliest, edtf.date_latest) == (printed.date_earliest, printed.date_latest)


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: f"{row[1]} {row[0]}")
def test_declared_order(row):
    order, printed, date, note = row
    reading = read_printed(printed, replace(ENGLISH, numeric_order=order))
    assert (reading.date, reading.date_note) == (date, note or None)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_row_of_the_page(row):
    printed, *expected = row
    date, earliest, latest, precision, note = (cell or None for cell in expected)
    assert read_printed(printed) == DateReading(date, printed, earliest, latest, precision, note)


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_row_of_the_page_at_the_edtf_door(row):
    printed = read_printed(row[0])
    assert printed.date_precision in PRECISIONS
    if printed.date is None:
        assert printed.date_note
        assert (printed.date_earliest, printed.date_latest, printed.date_precision) == (None, None, "unknown")
        return
    edtf = read_edtf(printed.date)
    assert (edtf.date, edtf.date_precision) == (printed.date, printed.date_precision)
    if "century" not in row[0] and "Winter 1967-" not in row[0] and "Winter 1967/" not in row[0]:
        assert (edtf.date_earliest, edtf.date_latest) == (printed.date_earliest, printed.date_latest)


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: f"{row[1]} {row[0]}")
def test_declared_order(row):
    order, printed, date, note = row
    reading = read_printed(printed, replace(ENGLISH, numeric_order=order))
    assert (reading.date, reading.date_note) == (date, note or None)


GERMAN = DateStyle(
    name="German",
    months={
        **{"Januar": 1, "Februar": 2, "März": 3, "April": 4, "Mai": 5, "Juni": 6, "Juli": 7, "August": 8},
        **{"September": 9, "Oktober": 10, "November": 11, "Dezember": 12, "Jan.": 1, "Okt.": 10, "Dez.": 12},
    },
    weekdays={"Dienstag": 1},
    seasons={"Frühling": 21, "Sommer": 22, "Herbst": 23, "Winter": 24},
    ordinals={"erste": 1, "zweite": 2},
    articles=("der", "die", "das"),
    of=("der", "des"),
    circa=("um", "ca.", "etwa"),
    perhaps=("vermutlich",),
    undated=("o. D.", "ohne Datum"),
    early=("Anfang",),
    middle=("Mitte",),
    late=("Ende",),
    half=("Hälfte",),
    decade_suffixes=("er Jahre", "er"),
    century=("Jahrhundert", "Jahrhunderts", "Jh."),
    between=("zwischen",),
    both=("und",),
    either=("oder",),
    until=("bis",),
    since_or_from=("von",),
    before=("vor",),
    after=("nach",),
    since=("seit",),
    numeric_order="dmy",
)


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("30. Oktober 1956", "1956-10-30"),
        ("30. OKTOBER 1956", "1956-10-30"),
        ("Dienstag, 30. Okt. 1956", "1956-10-30"),
        ("März 1961", "1961-03"),
        ("Ma\u0308rz 1961", "1961-03"),
        ("12.03.1961", "1961-03-12"),
        ("5. und 6. Juni 1958", "{1958-06-05,1958-06-06}"),
        ("5.-7. Juni 1958", "1958-06-05/1958-06-07"),
        ("um 1950", "1950~"),
        ("vor 1950", "../1949"),
        ("seit 1950", "1950/.."),
        ("bis 1950", "../1950"),
        ("von 1950 bis 1953", "1950/1953"),
        ("zwischen 1949 und 1951", "1949/1951"),
        ("1949 oder 1950", "[1949,1950]"),
        ("1950er Jahre", "195X"),
        ("Anfang der 1950er Jahre", "1950~/1953~"),
        ("19. Jahrhundert", "18XX"),
        ("Ende des 19. Jahrhunderts", "1867~/1900~"),
        ("zweite Hälfte 1956", "1956-07/1956-12"),
        ("Sommer 1968", "1968-22"),
        ("o. D.", None),
        ("October 30, 1956", None),
    ],
)
def test_german_style(printed, date):
    assert read_printed(printed, GERMAN).date == date


RUSSIAN = DateStyle(
    name="Russian",
    months={"января": 1, "октября": 10, "октябрь": 10, "x": 10},
    seasons={"осень": 23},
    year_words=("г.", "гг.", "года"),
    circa=("около",),
    century=("век",),
    decade_suffixes=("-е годы", "-е"),
    numeric_order="dmy",
)


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("30 октября 1956 г.", "1956-10-30"),
        ("Октябрь 1956 года", "1956-10"),
        ("1950–1953 гг.", "1950/1953"),
        ("осень 1968 г.", "1968-23"),
        ("XIX век", "18XX"),
        ("1950-е годы", "195X"),
        ("30.X.1956", "1956-10-30"),
        ("около 1950 г.", "1950~"),
    ],
)
def test_russian_style_with_year_words_and_roman_months(printed, date):
    assert read_printed(printed, RUSSIAN).date == date


@pytest.mark.parametrize("text", [None, "", " ", "\n\t\u00a0\u2003"])
def test_blank(text):
    assert read_printed(text) == DateReading(None, None, None, None, "unknown", "no date is printed")


@pytest.mark.parametrize(
    "text",
    [
        "October\u00a030, 1956",
        "  October 30,\n1956 ",
        "OCTOBER 30, 1956",
        "October\u200b 30, 1956",
        "Octo\u00adber 30, 1956",
        "October ３０, １９５６",
        "October 30，1956",
        "[October 30, 1956]",
        "(October 30, 1956).",
        "Oct.30,1956",
    ],
)
def test_odd_characters_change_nothing(text):
    assert read_printed(text).date == "1956-10-30"


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d\u301c")
def test_any_dash(dash):
    assert read_printed(f"1950{dash}1953").date == "1950/1953"


@pytest.mark.parametrize("text", ["June 1² , 1958", "1956¹", "June ½, 1958", "June ①, 1958"])
def test_compatibility_characters_are_no_digits(text):
    assert read_printed(text).date is None


def test_text_is_kept_as_printed():
    assert read_printed(" Octobre\u0301  30,\u00a0１９５６").date_text == "Octobré 30, １９５６"


@pytest.mark.parametrize(
    "text",
    [
        *("\ud800", "\x00", "1956\x00", "\udcff1956", "9" * 1_000_000, "1 " * 500_000, "(" * 150, "[" * 199),
        *("circa " * 33, "1950-" * 40, "1950, " * 33, "?" * 199, "1 and " * 33, "a" * 1_000_000, "mid-" * 49 + "x"),
        *("\u0660\u0661", "AD 1", "before AD 1", "Winter AD 1", "before January AD 1", "after 2999", "Winter 2999"),
        *("1st century", "before the 1st century", "0th century", "XXXIX century", "1990s" * 30, "e\u0301" * 90),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_hostile_text_is_read_quickly(text):
    start = time.process_time()
    reading = read_printed(text)
    looks_like_date(text)
    assert time.process_time() - start < 0.5
    assert isinstance(reading, DateReading)
    (reading.date_note or "").encode()


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[0])
def test_table_line_looks_like_a_date(row):
    printed, date, *_, note = row
    undated = ("undated", "two digits", "no such day", "no such month", "its century", "either way", "common era")
    expected = bool(date) or any(words in note for words in undated)
    if expected:
        assert looks_like_date(printed)


@pytest.mark.parametrize("row", KNOWN_ERRORS, ids=lambda row: row[0])
def test_known_error_of_edtf_validate(row):
    text, theirs, ours, reason = row
    assert reason
    assert theirs != ours
    assert is_valid(text) == (theirs == "valid")
    assert (read_edtf(text).date is not None) == (ours == "valid")
