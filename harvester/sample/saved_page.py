"""Makes of a page what a browser's extension saves of it: one large file, most of it the style of icons."""

import re
from urllib.parse import urljoin

SAVED = "Sun Mar 16 2025 11:05:42 GMT+0000 (Coordinated Universal Time)"
LENGTH = 700_000  # characters of a page that was saved in this way
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)"')
_SCRIPT = re.compile(r"<script\b.*?</script>\s*", re.DOTALL)
_LINK = re.compile(r'\b(href|src|data)="(/[^"]*)"')
_QUOTED = re.compile(r'(<[a-z][^<>]*?\s[a-z-]+=)"([\w-]+)"(?=[\s>])')


def render_saved(page: str, url: str | None = None, length: int = LENGTH) -> str:
    """Return a page as saved: its address in a comment at the head, links made whole, scripts gone, icons' style added.

    Without a `url` it is the page's canonical one; ValueError if it has none. `length` is that of the whole, in
    characters, unless the page itself is longer.
    """
    found = _CANONICAL.search(page)
    address = url or (found[1] if found else None)
    if address is None:
        raise ValueError("the page does not say where it was saved from")
    kept = _LINK.sub(lambda link: f'{link[1]}="{urljoin(address, link[2])}"', _SCRIPT.sub("", page))
    bare = _unquote(kept).removeprefix("<!DOCTYPE html>\n")
    head, body = bare.split("</head>", 1)
    note = f"<!--\n Page saved with SingleFile \n url: {address} \n saved date: {SAVED}\n-->"
    opening, rest = head.split("<head>", 1)
    style = _write_icons(length - len(bare) - len(note) - len("<!DOCTYPE html> <style></style>"))
    return f"<!DOCTYPE html> {opening}{note}<head>{rest}<style>{style}</style></head>{body}"


def _unquote(page: str) -> str:
    """Leave out the quotation marks that an attribute can do without: of each element the first ones that it has."""
    return _QUOTED.sub(r"\1\2", page)


def _write_icons(length: int) -> str:
    """Return rules for icons, of so many characters in all; none for a length below zero."""
    rules: list[str] = []
    written = number = 0
    while written < length:
        name = f".fa-icon-{number}"
        rule = (
            f'{name}:before,{name}.date:after{{content:"\\{0xF000 + number % 0xFFF:x}";font-family:"Icons 6 Free"}}\n'
        )
        rules.append(rule)
        written, number = written + len(rule), number + 1
    whole = "".join(rules)[: max(0, length)]
    return whole[: whole.rfind("\n") + 1].ljust(max(0, length))
