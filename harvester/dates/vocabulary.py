"""A style's words as the lexer looks them up: compiled once per style."""

import re
from dataclasses import dataclass
from functools import lru_cache

from harvester.dates.folding import fold, squash
from harvester.dates.style import DateStyle

# Every token is one letter, so that the grammar is regular expressions over short strings: the fields of a style,
# their letter, and the value that the words of the field carry.
PLAIN = (
    *(("articles", "g", 0), ("of", "f", 0), ("year_words", "G", 0), ("circa", "A", 0), ("perhaps", "P", 0)),
    *(("early", "e", 0), ("middle", "e", 1), ("late", "e", 2), ("half", "h", 0), ("quarter", "q", 0)),
    *(("decade_names", "D", 0), ("between", "W", 0), ("both", "&", 0), ("either", "|", 0)),
    *(("to", "T", 0), ("until", "N", 0), ("since_or_from", "F", 0), ("before", "b", 0), ("by", "B", 0)),
    *(("after", "a", 0), ("since", "S", 0), ("or_earlier", "E", 0), ("or_later", "L", 0), ("ongoing", "Z", 0)),
    *(("common_era", "R", 0), ("before_common_era", "V", 0)),
)
NUMBERED = (("months", "m"), ("weekdays", "w"), ("seasons", "s"), ("ordinals", "o"))


@dataclass(frozen=True, slots=True)
class Word:
    """One phrase of the vocabulary: its plain form, the letter of its token, its value."""

    phrase: str
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A style, compiled: phrases by their first word (longest first), and the patterns that depend on the style."""

    words: dict[str, tuple[Word, ...]]
    centuries: tuple[Word, ...]
    undated: frozenset[str]
    number: re.Pattern[str]
    clock: re.Pattern[str]
    months: dict[str, int]


def plain(word: str) -> str:
    """Return a word as the lexer meets it: folded, without a full stop at its end."""
    return fold(squash(word)).rstrip(".")


@lru_cache(maxsize=32)
def compile_style(style: DateStyle) -> Vocabulary:
    """Return the vocabulary of a style."""
    words = [Word(plain(text), kind, value) for field, kind, value in PLAIN for text in getattr(style, field)]
    words += [Word(plain(text), kind, n) for field, kind in NUMBERED for text, n in getattr(style, field).items()]
    by_first: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda word: -len(word.phrase)):
        start = re.match(r"[^\W\d_]+", word.phrase)
        by_first.setdefault(start.group() if start else word.phrase, []).append(word)
    return Vocabulary(
        words={first: tuple(phrases) for first, phrases in by_first.items()},
        centuries=tuple(Word(plain(text), "K", 0) for text in sorted(style.century, key=len, reverse=True)),
        undated=frozenset(map(plain, style.undated)),
        number=_number_pattern(style),
        clock=_clock_pattern(style),
        months={plain(name): number for name, number in style.months.items()},
    )


def _alternatives(words: tuple[str, ...]) -> str:
    longest_first = sorted(map(plain, words), key=len, reverse=True)
    return "|".join(map(re.escape, longest_first)) or r"(?!)"


def _number_pattern(style: DateStyle) -> re.Pattern[str]:
    # "195-", "195?", "195X" and "19--" are the forms of library cataloguing for a decade and a century.
    return re.compile(
        r"(?P<decade>[12][0-9]{2})(?:[-x?])(?![\w-])"
        r"|(?P<hundred>[12][0-9])(?:--|xx|\?\?)(?![\w-])"
        rf"|(?P<tens>'?[0-9]{{2,4}})(?:{_alternatives(style.decade_suffixes)})(?!\w)"
        rf"|(?P<ordinal>[0-9]{{1,2}})(?:{_alternatives(style.ordinal_suffixes)})(?!\w)"
        r"|(?P<short>'[0-9]{2})(?![0-9])"
        r"|(?P<digits>[0-9]+)"
    )


def _clock_pattern(style: DateStyle) -> re.Pattern[str]:
    """Return the pattern of a time of day at the end of a line; the hours and minutes are checked, seconds too."""
    words = _alternatives(style.clock)
    time = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    zone = r"(?: ?(?:z|utc|gmt))?(?: ?[+-][0-9]{2}:?[0-9]{2})?"
    iso = rf"(?<=[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:t| ){time}{zone}"
    return re.compile(rf"(?:{iso}|(?:, ?| )(?:(?:{words})\.? )?{time}{zone}(?: ?(?:{words})\.?)?)$")
