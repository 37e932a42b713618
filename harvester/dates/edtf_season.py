"""EDTF's codes 21 to 41 for parts of a year, and the days that this project takes them for.

The seasons are meteorological; EDTF leaves them open. 21 to 24 name no hemisphere and are taken as northern. A winter
lies at the turn of the year, before or after it: the bounds hold both.
"""

from calendar import isleap

Day = tuple[int, int, int]
MONTH_ENDS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NORTHERN = {0: (3, 5), 1: (6, 8), 2: (9, 11)}
SOUTHERN = {0: (9, 11), 2: (3, 5), 3: (6, 8)}
EITHER_TURN = "this {} may be the one before or after the turn of the year"
# Spring, summer, autumn, winter; then quarters, thirds and halves of the year by their months.
MONTHS: dict[int, tuple[int, int]] = {
    **{base + place: months for base in (21, 25) for place, months in NORTHERN.items()},
    **{29 + place: months for place, months in SOUTHERN.items()},
    **{33 + place: (3 * place + 1, 3 * place + 3) for place in range(4)},
    **{37 + place: (4 * place + 1, 4 * place + 4) for place in range(3)},
    **{40 + place: (6 * place + 1, 6 * place + 6) for place in range(2)},
}
AT_THE_TURN = {24: "winter", 28: "winter", 30: "summer"}
SEASONS = frozenset(MONTHS) | frozenset(AT_THE_TURN)


def season_bounds(year: int, code: int) -> tuple[Day, Day, str | None]:
    """Return the first and last day of a part of a year, and a note where it may lie at either turn of it."""
    if code in AT_THE_TURN:
        end = 29 if isleap(year + 1) else 28
        return (year - 1, 12, 1), (year + 1, 2, end), EITHER_TURN.format(AT_THE_TURN[code])
    first, last = MONTHS[code]
    end = 29 if last == 2 and isleap(year) else MONTH_ENDS[last - 1]
    return (year, first, 1), (year, last, end), None
