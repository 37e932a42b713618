"""English, as American and British archives print it; the order of numbers is left undeclared."""

from harvester.dates.style import DateStyle

MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = {
    **{name: number for number, name in enumerate(MONTH_NAMES, 1)},
    **{name[:3]: number for number, name in enumerate(MONTH_NAMES, 1)},
    "febr": 2,
    "sept": 9,
}
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = {
    **{name: number for number, name in enumerate(WEEKDAY_NAMES)},
    **{name[:3]: number for number, name in enumerate(WEEKDAY_NAMES)},
    "tues": 1,
    "thur": 3,
    "thurs": 3,
}
UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
TEENS = (
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth"),
    *("sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
ORDINALS = {
    **{word: number for number, word in enumerate(UNITS + TEENS, 1)},
    **{f"twenty-{word}": 20 + number for number, word in enumerate(UNITS, 1)},
    "thirtieth": 30,
    "thirty-first": 31,
    "last": -1,
    "latter": -1,
}

ENGLISH = DateStyle(
    name="English",
    months=MONTHS,
    weekdays=WEEKDAYS,
    seasons={"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24},
    ordinals=ORDINALS,
    ordinal_suffixes=("st", "nd", "rd", "th"),
    articles=("the",),
    of=("of", "in"),
    circa=("circa", "ca", "c", "cca", "about", "approximately", "approx", "around", "roughly"),
    perhaps=("probably", "possibly", "perhaps", "maybe", "presumably", "prob", "poss"),
    undated=(
        *("undated", "not dated", "no date", "no date given", "without date", "date unknown", "unknown date"),
        *("n.d", "n. d", "s.d", "s. d", "nd", "s.a", "date not known", "date not given"),
    ),
    early=("early", "beginning of", "start of"),
    middle=("mid", "middle of"),
    late=("late", "end of"),
    half=("half",),
    quarter=("quarter", "q"),
    decade_suffixes=("s", "'s"),
    decade_names=("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"),
    century=("century", "centuries", "cent", "c"),
    between=("between",),
    both=("and",),
    either=("or",),
    to=("to", "through", "thru"),
    until=("until", "till", "up to"),
    since_or_from=("from",),
    before=("before", "prior to", "earlier than", "pre"),
    by=("by", "not after", "not later than", "no later than", "on or before", "in or before"),
    after=("after", "later than", "post"),
    since=("since", "not before", "not earlier than", "no earlier than", "on or after", "in or after"),
    or_earlier=("or earlier", "or before", "and earlier", "and before"),
    or_later=("or later", "or after", "and later", "and after", "onward", "onwards", "on"),
    ongoing=("present", "now", "date"),
    common_era=("ad", "a.d", "ce", "c.e"),
    before_common_era=("bc", "b.c", "bce", "b.c.e"),
    clock=("at", "am", "a.m", "pm", "p.m", "h", "hrs", "hours", "o'clock"),
)
