"""Rules for URLs that hold for every site: hosts, paths, and addresses inside web archives' own."""

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit

# Wayback and pywb: /web/20250925000000id_/https://host/path; the address kept is the original one.
_MEMENTO = re.compile(
    r"^(?:https?://[^/]+)?/(?:web|wayback|[a-z0-9-]+)/\d{4,14}(?:[a-z]{2}_)?/(https?:/{1,2}.+)$", re.I
)
_LOOPBACK = re.compile(r"^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SPELLED = "%/:?#[]@!$&'()*+,;=~|{}^\\"  # with letters and digits; not white space, quotes, angle brackets
LONGEST = 2_000  # characters: what browsers and servers can be relied on to take
_HOST = re.compile(r"[^\s\\/?#@:]+|\[[0-9a-fA-F:.]+\]")  # after urlsplit; what remains must be one name


def original_url(url: str) -> str:
    """Return the archived page's own URL where a web archive's address was given, else the URL unchanged.

    >>> original_url("https://web.archive.org/web/20250925001122/https://example.org/search?page=2")
    'https://example.org/search?page=2'
    """
    found = _MEMENTO.match(url)
    return re.sub(r"^(https?):/+", r"\1://", found[1]) if found else url


def split_url(url: str) -> SplitResult | None:
    """Return the parts of an http(s) URL, or None if it is none.

    None is one with another scheme, a control character, half of a surrogate pair, a bad host or port; or too long.
    """
    url = url.strip()
    if len(url) > LONGEST or _CONTROL.search(url) or "\\" in url.partition("?")[0]:
        return None
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    if not port_is_number or parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts if _HOST.fullmatch(parts.hostname) or ":" in parts.hostname else None


def spell_url(url: str) -> str:
    """Return a URL with what may stand in none percent-encoded, as browsers send it; all else stays as printed.

    >>> spell_url("https://example.org/files/Pier (draft) é.pdf?f[0]=a%20b")
    'https://example.org/files/Pier%20(draft)%20%C3%A9.pdf?f[0]=a%20b'
    """
    return quote(url, safe=_SPELLED)


def host_of(url: str) -> str | None:
    """Return a URL's host in lower case, without port; None if it has none."""
    parts = split_url(url)
    return parts.hostname.lower().rstrip(".") if parts and parts.hostname else None


def origin_of(url: str) -> str | None:
    """Return scheme, host and port, the unit that robots.txt and politeness go by."""
    parts = split_url(url)
    return f"{parts.scheme}://{parts.netloc}" if parts else None


def is_loopback(url: str) -> bool:
    """Return whether a URL is of this very machine."""
    return bool(_LOOPBACK.match(host_of(url) or ""))


def clean_path(path: str) -> str:
    """Return a path in one spelling: percent-encoded where needed, nowhere else, no dot segments, no slash at its end.

    >>> clean_path("/document/caf%c3%a9-%41/")
    '/document/caf%C3%A9-A'
    """
    path = quote(unquote(path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape")
    if "/." in path:  # "%2e%2e" is ".." to browsers
        path = _without_dots(path)
    return path.rstrip("/") or "/"


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[max(len(kept) - 1, 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)
