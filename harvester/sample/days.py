"""Writes the sample's date lines and says where each stands in time, for sorting."""

import random

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
# The shares of the shapes that the site prints; the rest of its lines belong to a layout that is gone.
SHAPES = {"day": 0.85, "month": 0.05, "year": 0.07, "blank": 0.03}
FIRST_YEAR, LAST_YEAR = 1923, 2019


def write_date(rng: random.Random, shape: str) -> str:
    """Return a date line of a shape: "October 30, 1956", "December 1954", "1979" or ""."""
    if shape == "blank":
        return ""
    year = draw_year(rng)
    if shape == "year":
        return str(year)
    month = MONTHS[int(rng.random() * 12)]
    return f"{month} {year}" if shape == "month" else f"{month} {1 + int(rng.random() * 28)}, {year}"


def draw_year(rng: random.Random) -> int:
    """Return a year; most lie in the middle of the twentieth century."""
    if rng.random() < 0.9:
        return 1945 + int(rng.random() * 46)
    return FIRST_YEAR + int(rng.random() * (LAST_YEAR - FIRST_YEAR + 1))


def place_in_time(date: str) -> tuple[int, int, int]:
    """Return (year, month, day) to sort by: approximate dates stand at their first day, as the site's index has them.

    A blank, or a line in no shape of the site's, stands before everything, as a NULL does.
    """
    words = date.replace(",", " ").split()
    if not words or not words[-1].isdecimal():
        return 0, 0, 0
    month = MONTHS.index(words[0]) + 1 if words[0] in MONTHS else 1
    day = int(words[1]) if len(words) == 3 and words[1].isdecimal() else 1
    return int(words[-1]), month, day
