"""Writes the index of a WARC file: CDXJ lines, sorted by a key that brings addresses of one site together."""

import json
import re
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from harvester.archives.snapshot.exchange import Answer
from harvester.archives.snapshot.records import digest

_KEPT = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_PORTS = {"http": 80, "https": 443}


def index_line(url: str, time: str, answer: Answer, length: int, offset: int, name: str) -> str:
    """Return the line of an answer whose record lies in file `name`; fields, order and form as cdxj-indexer has them.

    The digest is of the body as it is stored.
    """
    said = {
        "url": url,
        "mime": answer.media_type,
        "status": answer.status,
        "digest": digest(answer.body),
        "length": str(length),
        "offset": str(offset),
        "filename": name,
    }
    told = json.dumps({field: value for field, value in said.items() if value is not None})
    return f"{url_key(url)} {re.sub(r'[^0-9]', '', time)} {told}\n"


def url_key(url: str) -> str:
    """Return the key of an address: its host turned round, path and query in lower case, the arguments sorted.

    >>> url_key("https://www.Example.org/Search/?b=2&a=%31#top")
    'org,example)/search?a=1&b=2'
    """
    parts = urlsplit(url)
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").strip("."))
    port = f":{parts.port}" if parts.port not in {None, _PORTS.get(parts.scheme)} else ""
    path = _plain(_tidy(_unescaped(parts.path))).lower()
    path = path[:-1] if path.endswith("/") and path != "/" else path
    arguments = _plain(_unescaped(parts.query)).lower().split("&") if parts.query else []
    query = "&".join(sorted(arguments, key=lambda argument: argument.split("=", 1)))
    return f"{','.join(reversed(host.split('.')))}{port}){path}{'?' + query if query else ''}"


def _unescaped(text: str) -> bytes:
    """Return what stands behind all escapes, and escapes of escapes."""
    data = text.encode()
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return data


def _plain(data: bytes) -> str:
    return quote_from_bytes(data, safe=_KEPT)


def _tidy(path: bytes) -> bytes:
    """Return a path without empty, "." and ".." steps; an end of "/" stays."""
    steps: list[bytes] = []
    parts = path.split(b"/")[1:]
    for part in parts:
        if part == b".." and steps:
            steps.pop()
        elif part not in {b"", b"."}:
            steps.append(part)
    end = b"/" if steps and parts[-1] == b"" else b""
    return b"/" + b"/".join(steps) + end
