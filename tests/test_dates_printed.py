"""The door for print, beyond the rows of docs/dates.md: languages, odd characters, limits, and lines that are no dates."""

import pickle
import time
from dataclasses import FrozenInstanceError, replace

import pytest

from harvester.dates import ENGLISH, DateReading, DateStyle, looks_like_date, read_printed


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
