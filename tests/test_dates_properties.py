"""What holds for every line: no exception, valid EDTF, ordered bounds, no more precise than the print, no clock."""

import os
import re
import subprocess
import sys
import warnings
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harvester.dates
from harvester.dates import ENGLISH, DateReading, looks_like_date, read_edtf, read_printed
from harvester.dates.reading import PRECISIONS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # edtf-validate 2.0 calls names that pyparsing 3.3 deprecates
    from edtf_validate.valid_edtf import is_valid

# The errors of edtf-validate that docs/dates.md lists and that print can lead to: seasons in sets; a winter before
# another season of its year.
KNOWN_ERROR = re.compile(r"[\[{].*-2[1-4].*|\d{4}-24[?~%]?/.*")
MONTHS = [name for name, _ in sorted(ENGLISH.months.items(), key=lambda item: (item[1], -len(item[0])))]
FULL = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
FULL += ["November", "December"]
quick = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

WORDS = sorted(
    {word for value in (getattr(ENGLISH, name) for name in ENGLISH.__slots__) for word in value or () if len(word) > 0}
    - set(ENGLISH.name)
)
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(
        [*",.-/?()[]&~':", "(?)", "[?]", "–", " - ", "5th", "19th century", "1950s", "195-", "19--", "'56"]
    ),
    st.integers(0, 32).map(str),
    st.integers(1, 12).map(lambda number: f"{number:02d}"),
    st.sampled_from(["1949", "1950", "1951", "1956", "1900", "0000", "800", "2999", "1000", "1967-68"]),
    st.sampled_from(FULL),
)
LINES = st.lists(PIECES, min_size=1, max_size=9).flatmap(
    lambda pieces: st.sampled_from([" ".join(pieces), "".join(pieces)])
)
DAYS = st.dates(date(1000, 1, 1), date(2999, 12, 31))


def check(reading: DateReading) -> None:
    """Assert what holds for every reading."""
    assert reading.date_precision in PRECISIONS
    if reading.date is None:
        assert reading.date_note
        assert (reading.date_earliest, reading.date_latest, reading.date_precision) == (None, None, "unknown")
        return
    bounds = [date.fromisoformat(day) for day in (reading.date_earliest, reading.date_latest) if day]
    assert bounds == sorted(bounds)
    assert bounds
    again = read_edtf(reading.date)
    assert (again.date, again.date_precision) == (reading.date, reading.date_precision)
    assert is_valid(reading.date) or KNOWN_ERROR.fullmatch(reading.date), reading.date


@quick
@given(st.text(max_size=250))
def test_any_text_is_read_without_an_exception(text):
    check(read_printed(text))
    assert looks_like_date(text) in {True, False}
    again = read_edtf(text)
    assert again.date in {None, text}


@settings(quick, max_examples=3000)
@given(LINES)
def test_any_words_of_dates_in_any_order(line):
    reading = read_printed(line)
    check(reading)
    if reading.date and not re.match("2[1-9]", reading.date):  # a bare "2999" may be a count
        assert looks_like_date(line)


@quick
@given(st.text(alphabet="0123456789X-/.,~?%[]{}TZ:SYE+", max_size=24))
def test_any_text_at_the_edtf_door(text):
    reading = read_edtf(text)
    if reading.date is None:
        assert reading.date_note
        return
    assert read_edtf(reading.date) == reading
    if reading.date_earliest and reading.date_latest:
        assert reading.date_earliest <= reading.date_latest


def day_forms(day: date) -> list[str]:
    month, short = FULL[day.month - 1], FULL[day.month - 1][:3]
    return [
        f"{month} {day.day}, {day.year}",
        f"{month} {day.day:02d}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{day.day} {short}. {day.year}",
        f"{day.day}-{short}-{day.year}",
        f"{day.year} {month} {day.day}",
        f"the {day.day}th of {month}, {day.year}",
        f"{day:%A}, {month} {day.day}, {day.year}",
        day.isoformat() if day.year > 999 else "",
        f"{day.year}/{day.month}/{day.day}",
        f"[{month} {day.day},] {day.year}.",
        f"{month} {day.day}, {day.year}, 10:30 a.m.",
    ]


@quick
@given(DAYS, st.data())
def test_a_printed_day_is_that_day(day, data):
    printed = data.draw(st.sampled_from(day_forms(day)))
    reading = read_printed(printed)
    iso = day.isoformat()
    assert (reading.date, reading.date_earliest, reading.date_latest) == (iso, iso, iso)
    assert (reading.date_precision, reading.date_note) == ("day", None)


@quick
@given(DAYS, st.sampled_from(["{m} {y}", "{m}, {y}", "{s}. {y}", "{y} {m}", "{m} of {y}", "{n}/{y}", "[{m}] {y}"]))
def test_a_printed_month_is_no_day(day, form):
    name = FULL[day.month - 1]
    reading = read_printed(form.format(m=name, s=name[:3], y=day.year, n=day.month))
    last = monthrange(day.year, day.month)[1]
    month = day.isoformat()[:7]
    assert (reading.date, reading.date_precision) == (month, "month")
    assert (reading.date_earliest, reading.date_latest) == (f"{month}-01", f"{month}-{last}")


@quick
@given(
    st.integers(1000, 2989),
    st.sampled_from(["circa {}", "{}?", "[{}]", "{}", "between {} and {b}", "{} or {b}", "{}s"]),
)
def test_a_printed_year_is_no_month(year, form):
    year -= year % 10 if form == "{}s" else 0
    reading = read_printed(form.format(year, b=year + 3))
    assert not re.search(r"\d{4}-\d\d", reading.date)
    assert reading.date_precision in {"year", "interval", "decade", "century"}
    assert (reading.date_earliest[4:], reading.date_latest[4:]) == ("-01-01", "-12-31")


@quick
@given(st.dates(date(1000, 1, 1), date(2998, 1, 1)), st.integers(1, 400))
def test_a_printed_range_has_its_ends(start, length):
    end = start + timedelta(days=length)
    months = FULL[start.month - 1], FULL[end.month - 1]
    forms = [f"{start.day} {months[0]} {start.year} - {end.day} {months[1]} {end.year}"]
    forms.append(f"from {months[0]} {start.day}, {start.year} to {months[1]} {end.day}, {end.year}")
    if start.year == end.year:
        forms.append(f"{start.day} {months[0]} - {end.day} {months[1]} {end.year}")
        forms.append(f"{months[0]} {start.day}–{months[1]} {end.day}, {end.year}")
        if start.month == end.month:
            forms.append(f"{months[0]} {start.day}-{end.day}, {end.year}")
            forms.append(f"{start.day}/{end.day} {months[0]} {end.year}")
    for form in forms:
        reading = read_printed(form)
        assert reading.date == f"{start}/{end}", form
        assert (reading.date_earliest, reading.date_latest) == (str(start), str(end))


@quick
@given(DAYS)
def test_a_numeric_date_without_an_order_holds_every_reading(day):
    reading = read_printed(f"{day.day}/{day.month}/{day.year}")
    assert reading.date_earliest <= day.isoformat() <= reading.date_latest
    assert day.isoformat() in reading.date
    if day.day <= 12 and day.day != day.month:
        assert reading.date_precision == "day-set"
        assert date(day.year, day.day, day.month).isoformat() in reading.date


@quick
@given(DAYS)
def test_before_and_after_leave_the_day_out(day):
    printed = f"{FULL[day.month - 1]} {day.day}, {day.year}"
    assert read_printed(f"before {printed}").date_latest == (day - timedelta(days=1)).isoformat()
    assert read_printed(f"after {printed}").date_earliest == (day + timedelta(days=1)).isoformat()
    assert read_printed(f"by {printed}").date_latest == day.isoformat()


LINES_ELSEWHERE = ["October 30, 1956", "circa 1950", "12/03/1961", "Monday, June 5, 1958", "Winter 1967", "March 12"]
LINES_ELSEWHERE += ["undated", "5/6/58", "OCTOBER 30, 1956T12:00", "1956-10-30T23:59:59Z", "I MAY 1956", "19th century"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize(("locale", "seed"), [("tr_TR.UTF-8", "1"), ("C", "2")])
def test_same_answer_in_any_zone_locale_and_hash_seed(zone, locale, seed):
    code = f"from harvester.dates import read_printed\nprint([read_printed(x) for x in {LINES_ELSEWHERE!r}])"
    root = str(Path(harvester.__file__).parents[1])
    env = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([read_printed(line) for line in LINES_ELSEWHERE])


def test_the_package_never_asks_what_day_it_is():
    source = "\n".join(path.read_text() for path in Path(harvester.dates.__file__).parent.glob("*.py"))
    assert not re.search(r"\b(today|now|utcnow|time\.time|getlocale|environ|random)\s*\(", source)
