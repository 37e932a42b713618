"""Turns a folded line into tokens, one letter each; a word that no date holds ends it."""

import re
from dataclasses import dataclass

from harvester.dates.reading import Unclear, quote
from harvester.dates.vocabulary import Vocabulary, Word

# Letters of tokens beside those of the vocabulary: y a year, n one or two digits, t three digits, d a decade, l and k
# the decade and century of library cataloguing ("195-", "19--"), u a two-digit year ("'56"), v a two-digit decade
# ("50s"), r a Roman number, K the word century, x a number that no date holds; ? ! Q - / . , ( ) [ ] are themselves.
MARKS = frozenset(",-/.&?~()[]")
AS_WORDS = {"&": "&", "~": "A"}
WORD = re.compile(r"[^\W\d_]+")
ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
FIRST_YEAR, LAST_YEAR = 1000, 2999


@dataclass(frozen=True, slots=True)
class Tokens:
    """A line's tokens: their letters as one string, and beside it their values and their widths in print."""

    kinds: str
    values: tuple[int, ...]
    widths: tuple[int, ...]

    def part(self, start: int, end: int | None = None) -> "Tokens":
        """Return the tokens from start to end."""
        return Tokens(self.kinds[start:end], self.values[start:end], self.widths[start:end])

    def keep(self, kinds: list[str]) -> "Tokens":
        """Return the tokens with new letters, without those whose letter is empty."""
        letters = "".join(kinds)
        if len(letters) == len(self.kinds):  # nothing to take out, as in most lines
            return Tokens(letters, self.values, self.widths)
        kept = [place for place, kind in enumerate(kinds) if kind]
        values, widths = (tuple(row[place] for place in kept) for row in (self.values, self.widths))
        return Tokens(letters, values, widths)


def tokenise(line: str, vocabulary: Vocabulary) -> Tokens:
    """Return the tokens of a folded line; raises Unclear, naming the word, where one belongs to no date."""
    kinds: list[str] = []
    values: list[int] = []
    widths: list[int] = []
    position = 0
    while position < len(line):
        if line[position] == " ":
            position += 1
            continue
        kind, value, end = _next(line, position, vocabulary, kinds[-1] if kinds else "")
        kinds.append(kind)
        values.append(value)
        widths.append(end - position)
        position = end
    return Tokens("".join(kinds), tuple(values), tuple(widths))


def _next(line: str, position: int, vocabulary: Vocabulary, before: str) -> tuple[str, int, int]:
    mark = line[position]
    number = vocabulary.number.match(line, position)
    if number:
        return _number(number)
    if mark in MARKS:
        return AS_WORDS.get(mark, mark), 0, position + 1
    start = WORD.match(line, position)
    if not start:
        raise Unclear(f"not part of a date: {quote(mark)}", dated=False)
    return _word(line, start, vocabulary, before)


def _word(line: str, start: re.Match[str], vocabulary: Vocabulary, before: str) -> tuple[str, int, int]:
    # "c." is circa before a year, and century after an ordinal; a Roman number only counts centuries.
    candidates = vocabulary.words.get(start.group(), ())
    counted = before in {"o", "r", "n", "."}
    ordered = (*vocabulary.centuries, *candidates) if counted else (*candidates, *vocabulary.centuries)
    for word in ordered:
        end = _end_of(word, line, start.start())
        if end:
            return word.kind, word.value, end
    if ROMAN.fullmatch(start.group()):
        return "r", _roman(start.group()), start.end()
    raise Unclear(f"not part of a date: {quote(start.group())}", dated=False)


def _end_of(word: Word, line: str, position: int) -> int:
    """Return where the word ends, with its full stop, if it stands at the position; else 0."""
    if not line.startswith(word.phrase, position):
        return 0
    end = position + len(word.phrase)
    if line[end : end + 1].isalpha():
        return 0
    return end + 1 if line[end : end + 1] == "." else end


def _number(match: re.Match[str]) -> tuple[str, int, int]:
    name = match.lastgroup or ""
    digits = match.group(name).lstrip("'")
    if name == "digits":
        return (*_digits(digits), match.end())
    value = int(digits)
    if name == "tens":
        return ("d" if len(digits) == 4 else "v", value, match.end())
    return {"decade": "l", "hundred": "k", "ordinal": "o", "short": "u"}[name], _scaled(name, value), match.end()


def _scaled(name: str, value: int) -> int:
    return value * 10 if name == "decade" else value * 100 if name == "hundred" else value


def _digits(digits: str) -> tuple[str, int]:
    if len(digits) > 4:  # never converted: the print may hold a million digits
        return "x", 0
    value = int(digits)
    if len(digits) == 4:
        return ("y", value) if FIRST_YEAR <= value <= LAST_YEAR else ("x", value)
    return ("t" if len(digits) == 3 else "n"), value


def _roman(letters: str) -> int:
    numbers = [ROMAN_VALUES[letter] for letter in letters]
    following = [*numbers[1:], 0]
    return sum(-n if n < after else n for n, after in zip(numbers, following, strict=True))
