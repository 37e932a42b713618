"""The door for EDTF: levels 0 to 2, the calendar, and where edtf-validate errs."""

import warnings

import pytest

from harvester.dates import read_edtf

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # edtf-validate 2.0 calls names that pyparsing 3.3 deprecates
    from edtf_validate.valid_edtf import is_valid

VALID = [
    ("1956", "1956-01-01", "1956-12-31", "year"),
    ("1956-10", "1956-10-01", "1956-10-31", "month"),
    ("1956-10-30", "1956-10-30", "1956-10-30", "day"),
    ("1956-02", "1956-02-01", "1956-02-29", "month"),
    ("1900-02", "1900-02-01", "1900-02-28", "month"),
    ("1985-04-12T23:20:30", "1985-04-12", "1985-04-12", "day"),
    ("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12", "day"),
    ("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12", "day"),
    ("1985-04-12T23:20:30+04:30", "1985-04-12", "1985-04-12", "day"),
    ("1985-04-12T24:00:00", "1985-04-12", "1985-04-12", "day"),
    ("1910-21", "1910-03-01", "1910-05-31", "season"),
    ("1910-22", "1910-06-01", "1910-08-31", "season"),
    ("1910-23", "1910-09-01", "1910-11-30", "season"),
    ("1910-24", "1909-12-01", "1911-02-28", "season"),
    ("1910-25", "1910-03-01", "1910-05-31", "season"),
    ("1911-28", "1910-12-01", "1912-02-29", "season"),
    ("1910-29", "1910-09-01", "1910-11-30", "season"),
    ("1910-30", "1909-12-01", "1911-02-28", "season"),
    ("1910-31", "1910-03-01", "1910-05-31", "season"),
    ("1910-32", "1910-06-01", "1910-08-31", "season"),
    ("1910-33", "1910-01-01", "1910-03-31", "interval"),
    ("1910-36", "1910-10-01", "1910-12-31", "interval"),
    ("1910-37", "1910-01-01", "1910-04-30", "interval"),
    ("1910-39", "1910-09-01", "1910-12-31", "interval"),
    ("1910-40", "1910-01-01", "1910-06-30", "interval"),
    ("1910-41", "1910-07-01", "1910-12-31", "interval"),
    ("1956?", "1956-01-01", "1956-12-31", "year"),
    ("1956-10~", "1956-10-01", "1956-10-31", "month"),
    ("1956-10-30%", "1956-10-30", "1956-10-30", "day"),
    ("1956?-10-30", "1956-10-30", "1956-10-30", "day"),
    ("1956-?10-30", "1956-10-30", "1956-10-30", "day"),
    ("1956-10-~30", "1956-10-30", "1956-10-30", "day"),
    ("?1956-10-%30", "1956-10-30", "1956-10-30", "day"),
    ("1968-21~", "1968-03-01", "1968-05-31", "season"),
    ("195X", "1950-01-01", "1959-12-31", "decade"),
    ("19XX", "1900-01-01", "1999-12-31", "century"),
    ("1XXX", "1000-01-01", "1999-12-31", "interval"),
    ("1X56", "1056-01-01", "1956-12-31", "interval"),
    ("1956-XX", "1956-01-01", "1956-12-31", "year"),
    ("1956-1X", "1956-10-01", "1956-12-31", "year"),
    ("1956-02-XX", "1956-02-01", "1956-02-29", "month"),
    ("1956-02-3X", None, None, None),
    ("1956-XX-31", "1956-01-31", "1956-12-31", "year"),
    ("1956-XX-XX", "1956-01-01", "1956-12-31", "year"),
    ("156X-12-25", "1560-12-25", "1569-12-25", "decade"),
    ("19XX-02-29", "1904-02-29", "1996-02-29", "century"),
    ("XXXX-12-25", None, None, "unknown"),
    ("1950/1953", "1950-01-01", "1953-12-31", "interval"),
    ("1950~/1953?", "1950-01-01", "1953-12-31", "interval"),
    ("1956-10-30/1956-11", "1956-10-30", "1956-11-30", "interval"),
    ("1950/..", "1950-01-01", None, "interval"),
    ("../1950", None, "1950-12-31", "interval"),
    ("1950/", "1950-01-01", None, "interval"),
    ("/1950", None, "1950-12-31", "interval"),
    ("1968-21/1968-22", "1968-03-01", "1968-08-31", "interval"),
    ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03", "interval"),
    ("[1949,1950]", "1949-01-01", "1950-12-31", "interval"),
    ("{1950,1949}", "1949-01-01", "1950-12-31", "interval"),
    ("[1961-03-12,1961-12-03]", "1961-03-12", "1961-12-03", "day-set"),
    ("{1950..1953,1955}", "1950-01-01", "1955-12-31", "interval"),
    ("{1958-06-05..1958-06-07}", "1958-06-05", "1958-06-07", "day-set"),
    ("[..1983-12-31]", None, "1983-12-31", "interval"),
    ("[1760-12..]", "1760-12-01", None, "interval"),
    ("{1960,1961-12}", "1960-01-01", "1961-12-31", "interval"),
    ("1950S2", "1900-01-01", "1999-12-31", "century"),
    ("Y170000002", None, None, "year"),
    ("Y-17E7", None, None, "year"),
    ("-0043", None, None, "year"),
    ("0000", None, None, "year"),
    ("9999-24", "9998-12-01", None, "season"),
]
INVALID = [
    *("", " ", "1956 ", " 1956", "hello", "October 30, 1956", "circa 1950", "195", "19560", "1956-1", "1956-10-3"),
    *("2023-02-29", "1956-13", "1956-00", "1956-20", "1956-42", "1956-10-00", "1956-10-32", "1956-21-01", "-0000"),
    *("1985-04-12T25:00:00", "1985-02-30T10:00:00", "1985-04-12T10:00", "1985-04-12T10:00:00+0430", "1985T10:00:00"),
    *("/", "../..", "../", "1953/1950", "1950/1951/1952", "1950/1953-02-30", "1985-04-12T23:20:30Z/1986"),
    *(
        "[]",
        "{}",
        "[1950]",
        "[1950,]",
        "[1950",
        "[1950, 1951]",
        "{1953..1950}",
        "[..]",
        "[1949,..1950]",
        "[1949..,1950]",
    ),
    *(
        "19X1-02-29",
        "195X-21",
        "1956-2X",
        "1956??",
        "~",
        "Y1956",
        "Y01956",
        "1950S5",
        "１９５６",
        "1956\n",
        "\ud800",
    ),
    *("195u", "open", "unknown", "1956/unknown", "[1950}", "[[1950,1951]]", "1950..1953", "1956-10-30-1", "\x00"),
    *("[" + "1950," * 1000 + "1951]", "9" * 1_000_000, "X" * 500, "X" * 1_000_000),
]


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), VALID, ids=[row[0] for row in VALID])
def test_valid_edtf(text, earliest, latest, precision):
    reading = read_edtf(text)
    if precision is None:
        assert reading.date is None
        return
    assert (reading.date, reading.date_text) == (text, text)
    assert (reading.date_earliest, reading.date_latest, reading.date_precision) == (earliest, latest, precision)


@pytest.mark.parametrize("text", INVALID, ids=lambda text: ascii(text[:24]))
def test_invalid_edtf(text):
    reading = read_edtf(text)
    assert (reading.date, reading.date_precision) == (None, "unknown")
    assert (reading.date_earliest, reading.date_latest) == (None, None)
    assert reading.date_note and reading.date_note.startswith("not EDTF: ")
    reading.date_note.encode()


def test_missing_bound_has_a_note():
    assert read_edtf("Y170000002").date_note == "a year outside 1 to 9999 has no ISO day"
    assert read_edtf("9999-24").date_note == "a year outside 1 to 9999 has no ISO day"
    assert read_edtf("1967-24").date_note == "this winter may be the one before or after the turn of the year"


@pytest.mark.parametrize("text", [row[0] for row in VALID if row[3]])
def test_edtf_validate_agrees_on_what_is_valid(text):
    assert is_valid(text)
