"""The door for print, beyond the rows of docs/dates.md: languages, odd characters, limits, lines that are no dates."""

import pickle
import time
from dataclasses import FrozenInstanceError, replace

import pytest

from harvester.dates import ENGLISH, DateReading, DateStyle, looks_like_date, read_printed
from harvester.dates.vocabulary import compile_style

GERMAN = DateStyle(
    name="German",
    months={
        **{
            name: number for number, name in enumerate(["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"], 1)
        },
        **{name: number for number, name in enumerate(["August", "September", "Oktober", "November", "Dezember"], 8)},
        "Okt.": 10,
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


@pytest.mark.parametrize(
    "line",
    [
        *("Report, 1956 (Excerpt)", "China", "May", "", " ", "Meeting of 4 January 1954", "42", "1234567", "March 12"),
        *("The 1956", "In 1956", "1.2.3", "12.03", "10-12", "2100", "2999", "０", "0000", "3500", "5 and 6", "Fall"),
        *("June", "?", "[]", ".", "circa", "before", "Page 3 of 7", "No. 1956", "1956 - a year", "19", "195", "Second"),
        *("Letter, Mao Zedong to Stalin, June 5, 1958", "1956-1957-1958", "a" * 300, "Unknown", "19561030", "of 1956"),
        *("71 - 80 of 103", "Tuesday", "5 and 1956", "１２３４５", "1 to 10", "Spring and Fall", "1 May", "Q1", "AD"),
    ],
)
def test_titles_and_counts_do_not_look_like_dates(line):
    assert looks_like_date(line) is False


@pytest.mark.parametrize("year", [1000, 1066, 1956, 2099])
def test_bare_years_look_like_dates(year):
    assert looks_like_date(str(year))


def test_commonest_forms_read_alike_with_and_without_the_grammar():
    for line in ("October 30, 1956", "30 October 1956", "Oct. 1956", "August, 1962", "1979", "29 February 1956"):
        quick, thorough = read_printed(line), read_printed(f"[{line}]")
        assert replace(thorough, date_text=line) == quick


def test_readings_and_styles_are_values():
    reading = read_printed("1956")
    with pytest.raises(FrozenInstanceError):
        reading.date = "1957"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(reading)) == reading
    assert pickle.loads(pickle.dumps(GERMAN)) == GERMAN
    assert read_printed("um 1950", pickle.loads(pickle.dumps(GERMAN))).date == "1950~"


def test_a_line_of_more_than_200_characters_is_not_looked_at():
    line = "1950, " * 32 + "1951"
    assert read_printed(line).date == "{1950,1951}"
    assert read_printed(f"{line}, 1952").date_note == "longer than 200 characters: not a date line"


def test_equal_styles_share_one_vocabulary():
    assert hash(replace(ENGLISH)) == hash(ENGLISH)
    assert compile_style(replace(ENGLISH)) is compile_style(ENGLISH)


def test_styles_of_one_name_are_not_confused():
    dmy, mdy = (replace(ENGLISH, numeric_order=order) for order in ("dmy", "mdy"))
    assert [read_printed("12/03/1961", style).date for style in (dmy, mdy, dmy)] == [
        "1961-03-12",
        "1961-12-03",
        "1961-03-12",
    ]


def test_fifty_thousand_common_lines_in_a_second_or_a_few():
    lines = [f"October {day:02d}, {year}" for year in range(1000, 1500) for day in range(1, 29)]
    start = time.process_time()
    for line in lines:
        read_printed(line)
    assert len(lines) / (time.process_time() - start) > 50_000
