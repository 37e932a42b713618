"""Reads units and crontabs as their manuals say, independently of what writes them."""

import re
from dataclasses import dataclass

ESCAPES = {"\\": "\\", '"': '"', "'": "'", "s": " ", "n": "\n", "t": "\t"}


def read_unit(text: str) -> dict[str, dict[str, str]]:
    """Return the settings of a unit by section (systemd.syntax(7)); fails on what systemd would pass over."""
    sections: dict[str, dict[str, str]] = {}
    assert text.endswith("\n")
    for line in text.split("\n"):
        assert not line.endswith("\\") or line.startswith("#"), f"goes on in the next line: {line}"
        if not line.strip() or line.startswith(("#", ";")):
            continue
        if header := re.fullmatch(r"\[(\w+)\]", line):
            here = sections.setdefault(header[1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals and key not in here, line
        here[key.strip()] = value.strip()
    return sections


def specified(value: str) -> str:
    """Return a value with its specifiers resolved; fails on any but %%, which would be something of the machine's."""
    assert not re.search(r"%(?!%)", value.replace("%%", "")), f"a specifier in {value}"
    return value.replace("%%", "%")


def split_command(value: str) -> list[str]:
    """Return the words of a command line (systemd.service(5)): quotes, then specifiers, then variables."""
    words, at = [], 0
    while at < len(value):
        if value[at] in " \t":
            at += 1
            continue
        word, quote = "", ""
        while at < len(value) and (quote or value[at] not in " \t"):
            char = value[at]
            if char == "\\":
                at += 1
                word += ESCAPES[value[at]]
            elif char == quote:
                quote = ""
                assert at + 1 == len(value) or value[at + 1] in " \t", "a quote ends within a word"
            elif not quote and not word and char in "\"'":
                quote = char
            else:
                word += char
            at += 1
        assert not quote, "a quote without an end"
        words.append(specified(word))
    program, *arguments = words
    assert program.startswith("/") and not re.search(r"[\"'\\\x00-\x1f\x7f$]", program), f"refused: {program}"
    for word in arguments:
        assert not re.search(r"\$(?!\$)", word.replace("$$", "")), f"a variable in {word}"
    return [program, *(word.replace("$$", "$") for word in arguments)]


@dataclass(frozen=True)
class CronLine:
    """The five fields of a line, and what /bin/sh is given."""

    fields: list[str]
    command: str


def read_crontab(text: str, crons: str) -> list[CronLine]:
    """Return the jobs of a crontab; `crons` says what becomes of a backslash.

    `taken`: one before % is taken away (Debian, cronie); `left`: none is, the shell sees it (the oldest); `halved`: as
    taken, and of two one stays (FreeBSD).
    """
    assert text.endswith("\n")
    lines = [line.lstrip(" \t") for line in text.split("\n")]
    parted = [re.split(r"[ \t]+", line, maxsplit=5) for line in lines if line and not line.startswith("#")]
    return [CronLine(fields, _command(command, crons)) for *fields, command in parted]


def _command(command: str, crons: str) -> str:
    made, at = "", 0
    while at < len(command):
        char, after = command[at], command[at + 1 : at + 2]
        assert char != "%", f"a line ends here: {command[:at]}"
        if char == "\\" and after:
            drop = (after == "%" and crons != "left") or (after == "\\" and crons == "halved")
            made += after if drop else char + after
            at += 2
        else:
            made += char
            at += 1
    return made
