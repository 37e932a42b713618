"""Keeps the password that stands in a destination out of all that is said."""

import re
from urllib.parse import unquote

HIDDEN = "…"
# Up to the last @: one may stand unescaped in a password, and programs disagree about where such a password ends.
_USER = re.compile(r"(?<=://)(?P<user>[^:@/?#]*):(?P<password>.*)@", re.S)
_NAMED = re.compile(r"(?P<name>\b(?:ssl)?password\s*=\s*)(?P<password>[^&\s]+)", re.I)
_SHORTEST = 4  # characters; what is shorter is no password worth the name, and would tear other words apart


def hide_password(word: str) -> str:
    """Return a destination, or a word that may be one, as it may be shown.

    >>> hide_password("postgresql://me:s3cret@db.example.org/archive")
    'postgresql://me:…@db.example.org/archive'
    >>> hide_password("postgresql:///archive?user=me&password=s3cret&connect_timeout=3")
    'postgresql:///archive?user=me&password=…&connect_timeout=3'
    """
    return _NAMED.sub(rf"\g<name>{HIDDEN}", _USER.sub(rf"\g<user>:{HIDDEN}@", word))


def hide_passwords(text: str, destination: str) -> str:
    """Return what a library says of a destination, which may name the password alone, or decoded, as it may be shown.

    >>> hide_passwords('invalid token: "50%off"', "postgresql://me:50%off@localhost/archive")
    'invalid token: "…"'
    """
    told = {match["password"] for pattern in (_USER, _NAMED) for match in pattern.finditer(destination)}
    told |= {part for password in told for part in password.split("@")}  # what follows the first may pass for a host
    told |= {unquote(password) for password in told}
    for password in sorted(told, key=lambda one: (-len(one), one)):
        if len(password) >= _SHORTEST:
            text = text.replace(password, HIDDEN)
    return hide_password(text)
