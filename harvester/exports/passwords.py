"""Keeps the password that stands in a destination out of all that is said."""

import re
import shlex
from collections.abc import Iterator
from urllib.parse import unquote

HIDDEN = "…"
# Up to the last @: one may stand unescaped in a user's name or a password, and programs disagree about where such a
# password ends.
_USER = re.compile(r"(?<=://)(?P<user>[^:/?#]*):(?P<password>.*)@", re.S)
# In an address, or as a setting of one (password='a b'), or of the environment (PGPASSWORD=…), or of a program.
_ASKED = re.compile(rf"(?P<name>[?&][^=&\s]*=)(?!{HIDDEN})(?P<password>[^&]+)")
_NAMED = re.compile(
    rf"(?P<name>\w*passw(?:or)?d\s*=\s*)(?!{HIDDEN})(?P<password>'(?:[^'\\]|\\.)*'?|\"[^\"]*\"?|[^&\s]+)", re.I
)
_OPTION = re.compile(r"--?\w*passw(?:or)?d", re.I)
_SHORTEST = 4  # characters; what is shorter is no password worth the name, and would tear other words apart


def hide_password(word: str) -> str:
    """Return a destination, or a word that may be one, as it may be shown.

    >>> hide_password("postgresql://me:s3cret@db.example.org/archive")
    'postgresql://me:…@db.example.org/archive'
    >>> hide_password("postgresql:///archive?user=me&password=s3cret&connect_timeout=3")
    'postgresql:///archive?user=me&password=…&connect_timeout=3'
    """
    word = _USER.sub(rf"\g<user>:{HIDDEN}@", word)
    word = _ASKED.sub(lambda found: f"{found['name']}{HIDDEN}" if _is_secret(found) else found[0], word)
    return _NAMED.sub(rf"\g<name>{HIDDEN}", word)


def hide_in_command(command: str) -> str:
    """Return a command, in words as a shell splits them, as it may be shown.

    >>> hide_in_command("load 'postgresql://me:my s3cret@db/archive' --password s3cret -q")
    'load postgresql://me:…@db/archive --password … -q'
    """
    return " ".join(shlex.quote(word) if " " in word else word for word in _hidden(shlex.split(command)))


def _hidden(words: list[str]) -> Iterator[str]:
    before = ""
    for word in words:
        yield HIDDEN if _OPTION.fullmatch(before) else hide_password(word)
        before = word


def _is_secret(asked: re.Match[str]) -> bool:
    """Return whether what an address asks for is a password; libpq decodes the names, too."""
    return re.search(r"passw(?:or)?d", unquote(asked["name"]), re.I) is not None


def hide_passwords(text: str, destination: str) -> str:
    """Return what a library says of a destination, which may name the password alone, or decoded, as it may be shown.

    >>> hide_passwords('invalid token: "50%off"', "postgresql://me:50%off@localhost/archive")
    'invalid token: "…"'
    """
    told = {match["password"] for pattern in (_USER, _NAMED) for match in pattern.finditer(destination)}
    told |= {match["password"] for match in _ASKED.finditer(destination) if _is_secret(match)}
    told |= {part for password in told for part in password.split("@")}  # what follows the first may pass for a host
    told |= {unquote(password) for password in told}
    for password in sorted(told, key=lambda one: (-len(one), one)):
        if len(password) >= _SHORTEST:
            text = text.replace(password, HIDDEN)
    return " ".join(map(hide_password, text.split(" ")))
