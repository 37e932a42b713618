"""The addresses of mementos, and their times."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

WAYBACK_URL = "https://web.archive.org"  # where one is asked if no other is named
# /web/20250925001122id_/https://example.org/page: with id_ the body comes as it was captured, without the archive's
# banner and with no link rewritten. Servers fold the two slashes of the inner address into one now and then.
_MEMENTO = re.compile(r"/web/(\d{14})(?:[a-z]{2}_)?/(https?:/{1,2}.+)", re.I | re.S)
_DIGITS = re.compile(r"\d{14}", re.ASCII)
_PORT = re.compile(r"^(http://[^/?#]+):80(?=[/?#]|$)|^(https://[^/?#]+):443(?=[/?#]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Address:
    """Which capture an address names: its time in fourteen digits, and the URL that was captured."""

    timestamp: str
    original: str

    @property
    def file(self) -> str:
        """Return the place of the capture in a web archive, whichever server it is."""
        return f"web/{self.timestamp}id_/{self.original}"


def memento_url(base: str, timestamp: str, original: str) -> str:
    """Return the address of a capture in its original form.

    >>> memento_url("https://web.archive.org", "20250925001122", "https://example.org/search?page=2")
    'https://web.archive.org/web/20250925001122id_/https://example.org/search?page=2'
    """
    return f"{base.rstrip('/')}/{Address(timestamp, original).file}"


def read_address(url: str) -> Address | None:
    """Return which capture a memento's address names; None for an address that names none.

    >>> read_address("https://web.archive.org/web/20250925001122id_/https:/example.org/").original
    'https://example.org/'
    """
    parts = urlsplit(url)
    found = _MEMENTO.search(parts._replace(scheme="", netloc="", fragment="").geturl())
    if found is None or parse_time(found[1]) is None:
        return None
    return Address(found[1], re.sub(r"^(https?):/+", r"\1://", found[2], flags=re.I))


def without_port(original: str) -> str:
    """Return a captured URL without the port that its scheme has anyway; indexes of old captures are full of ":80"."""
    return _PORT.sub(lambda found: found[1] or found[2], original)


def parse_time(timestamp: str) -> datetime | None:
    """Return the time of fourteen digits in UTC; None if they are no time."""
    if not _DIGITS.fullmatch(timestamp):
        return None
    month, day, hour, minute, second = (int(timestamp[at : at + 2]) for at in range(4, 14, 2))
    try:  # strptime takes twenty times as long, and there are a hundred thousand times to read
        return datetime(int(timestamp[:4]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def iso_time(timestamp: str) -> str:
    """Return the time of fourteen digits as captures have it.

    >>> iso_time("20250925001122")
    '2025-09-25T00:11:22Z'
    """
    day, time = f"{timestamp[:4]}-{timestamp[4:6]}-{timestamp[6:8]}", timestamp[8:]
    return f"{day}T{time[:2]}:{time[2:4]}:{time[4:]}Z"


def timestamp_of(memento_datetime: str) -> str | None:
    """Return the fourteen digits of a Memento-Datetime header (RFC 7089, 2.1.1); None if it cannot be understood.

    >>> timestamp_of("Thu, 25 Sep 2025 00:11:22 GMT")
    '20250925001122'
    """
    try:
        time = parsedate_to_datetime(memento_datetime)
    except (ValueError, OverflowError):
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y%m%d%H%M%S")
