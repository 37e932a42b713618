"""Makes hostile pages from good ones, by seed: the same seed always makes the same page."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harvester.sample import Archive, render_listing, render_text

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
_CUT_ONLY = 0.25  # of all pages: their truth is known
_LARGE = 0.05  # of all pages: 56,000 bytes take three times as long as the others
_TAGS = (b"div", b"b", b"p", b"a", b"table", b"tr", b"td", b"ul", b"li", b"span", b"main", b"h3", b"script", b"!--")
_TAGS += (b"a href=/document/x", b"a href=//evil.example/document/x", b"p class=date", b"h3 class=title", b"svg")
_TAGS += (b"div class=summary", b"div hidden", b"time", b"br", b"title", b"style", b"textarea", b"template", b"aside")
_BYTES = (b"\x00", b"\x1b[2J", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xc2\x9b")
_BYTES += (b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\x0b", b"\x7f", b"\x85", b"\xcc\x81" * 40, b"\xf4\x90\x80\x80")
_ENTITIES = (b"&#0;", b"&#xD800;", b"&#150;", b"&#x110000;", b"&lt;script&gt;", b"&amp;amp;", b"&nbsp;", b"&#8238;")
_ENTITIES += (b"&", b"&#", b"&notanentity;", b"&#99999999999;", b"&lt;", b'<!DOCTYPE x [<!ENTITY e "&e;&e;">]>&e;')
_CHARSETS = (
    b"utf-8",
    b"utf-16",
    b"utf-7",
    b"windows-1252",
    b"iso-2022-jp",
    b"gb2312",
    b"base64",
    b"idna",
    b"none",
    b"",
)
_DATES = (
    b"0000",
    b"February 30, 1956",
    b"1910-21",
    b"undated",
    b"32/13/1999",
    b"June 5, 1958 - May 1, 1950",
    b"9" * 300,
)
_DATES += (
    b"[" * 90 + b"1958" + b"]" * 90,
    b"c. ? ? ?",
    b"12 Mar 52",
    b"January 1, 0001",
    b"?" * 199,
    b"1" + b" or 1" * 40,
)
_COUNTERS = (b"1 - 10 of 5", b"0 - 0 of 0", b"1 - 99999999999 of 99999999999", b"80 - 71 of 103", b"1 - 1 of 1", b"")
_MAY_BE_DATE = re.compile(rb"(?:[A-Z][a-z]+ )?(?:\d{1,2}, )?\b1[89]\d\d\b")
_COUNTER = re.compile(rb"\b\d{1,12} ?(?:-|\xe2\x80\x93) ?\d{1,12} of \d+")
_ROW = re.compile(rb"<(tr|li|article|dd|section)\b.*?</\1>", re.S)


@dataclass(frozen=True, slots=True)
class Mutated:
    """A hostile page: its base's name and bytes, its own bytes, what was done; `cut` says that only its end is gone."""

    name: str
    base: bytes
    body: bytes
    steps: tuple[str, ...]
    cut: bool


@cache
def bases() -> dict[str, bytes]:
    """Return the good pages (and the bad ones that are no listings) by name."""
    files = (p for p in (FIXTURES / "pages").rglob("*") if p.is_file() and p.suffix != ".json")
    found = {p.relative_to(FIXTURES).as_posix(): p.read_bytes() for p in [*files, FIXTURES / "results-page-8.txt"]}
    archive = Archive(43)
    for page in range(5):
        found[f"sample-{page}.txt"] = render_text(archive, f"page={page}", "AB"[page % 2]).encode()  # type: ignore[arg-type]
    return dict(sorted(found.items()))


@cache
def large_bases() -> dict[str, bytes]:
    """Return the sample archive's results pages."""
    return {f"sample-{page}.html": render_listing(Archive(43), f"page={page}").encode() for page in range(5)}


def mutate(seed: int) -> Mutated:
    """Return the page of a seed."""
    rng = random.Random(seed)
    pages = large_bases() if rng.random() < _LARGE else bases()
    name = rng.choice(list(pages))
    base = body = pages[name]
    if rng.random() < _CUT_ONLY:
        at = rng.randrange(len(body) + 1)
        return Mutated(name, base, body[:at], (f"cut at {at}",), cut=True)
    steps = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        step = rng.choice(STEPS)
        body = step(rng, body)
        steps.append(step.__name__)
    return Mutated(name, base, body, tuple(steps), cut=False)


def _span(rng: random.Random, body: bytes, longest: int = 2000) -> tuple[int, int]:
    start = rng.randrange(len(body) + 1)
    return start, min(len(body), start + rng.randrange(1, longest))


def _insert(rng: random.Random, body: bytes, what: bytes) -> bytes:
    """Insert at any place, or (three times of four) where the next tag begins or ends, or a word."""
    at = rng.randrange(len(body) + 1)
    if rng.random() < 0.75:
        at = max(body.find(rng.choice((b"<", b" ", b">")), at), at)
    return body[:at] + what + body[at:]


def _replace(rng: random.Random, body: bytes, pattern: re.Pattern[bytes], what: bytes) -> bytes:
    found = list(pattern.finditer(body))
    if not found:
        return _insert(rng, body, what)
    match = rng.choice(found)
    return body[: match.start()] + what + body[match.end() :]


def flip_bytes(rng: random.Random, body: bytes) -> bytes:
    """Change some bytes to any other."""
    changed = bytearray(body)
    for _ in range(rng.randrange(1, 20) if body else 0):
        changed[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(changed)


def cut_end(rng: random.Random, body: bytes) -> bytes:
    """Lose the end."""
    return body[: rng.randrange(len(body) + 1)]


def delete_span(rng: random.Random, body: bytes) -> bytes:
    """Lose a part of the middle."""
    start, end = _span(rng, body)
    return body[:start] + body[end:]


def repeat_span(rng: random.Random, body: bytes) -> bytes:
    """Say a part twice, or many times."""
    start, end = _span(rng, body, 500)
    return body[:start] + body[start:end] * rng.choice((2, 2, 3, 50)) + body[end:]


def swap_spans(rng: random.Random, body: bytes) -> bytes:
    """Let two parts change places."""
    a, b, c, d = sorted(rng.randrange(len(body) + 1) for _ in range(4))
    return body[:a] + body[c:d] + body[b:c] + body[a:b] + body[d:]


def insert_tag(rng: random.Random, body: bytes) -> bytes:
    """Open, close or void an element somewhere."""
    tag = rng.choice(_TAGS)
    return _insert(rng, body, rng.choice((b"<%b>", b"</%b>", b"<%b/>", b"<%b")) % tag)


def nest(rng: random.Random, body: bytes) -> bytes:
    """Nest elements, up to a thousand deep, closed or not."""
    tag, depth = rng.choice(_TAGS), rng.choice((3, 20, 100, 1000))
    return _insert(rng, body, b"<%b>" % tag * depth + b"x" + b"</%b>" % tag.split()[0] * rng.choice((0, depth)))


def mangle_attribute(rng: random.Random, body: bytes) -> bytes:
    """Break an attribute: its quotes, its name, its value."""
    values = (
        b'"',
        b"='",
        b"=javascript:x ",
        b"=/document/",
        b"=",
        b" class=date title=",
        b'="//evil.example/document/x"',
    )
    return _replace(rng, body, re.compile(rb'="[^"]*"?|="'), rng.choice(values))


def insert_entity(rng: random.Random, body: bytes) -> bytes:
    """Write a character reference, good or bad."""
    return _insert(rng, body, rng.choice(_ENTITIES) * rng.choice((1, 1, 30)))


def insert_bytes(rng: random.Random, body: bytes) -> bytes:
    """Write control characters, broken encodings, marks."""
    return _insert(rng, body, rng.choice(_BYTES) * rng.choice((1, 1, 500)))


def declare_charset(rng: random.Random, body: bytes) -> bytes:
    """Call the encoding something else."""
    return b'<meta charset="%b">' % rng.choice(_CHARSETS) + body.replace(b"charset", b"x")


def change_counter(rng: random.Random, body: bytes) -> bytes:
    """Announce other records than there are."""
    return _replace(rng, body, _COUNTER, rng.choice(_COUNTERS))


def change_date(rng: random.Random, body: bytes) -> bytes:
    """Write a date that is none, or a strange one."""
    return _replace(rng, body, _MAY_BE_DATE, rng.choice(_DATES))


def repeat_row(rng: random.Random, body: bytes) -> bytes:
    """Show a row several times."""
    match = rng.choice(list(_ROW.finditer(body)) or [None])
    return body[: match.end()] + match[0] * rng.choice((1, 1, 10)) + body[match.end() :] if match else body


def remove_row(rng: random.Random, body: bytes) -> bytes:
    """Leave a row out."""
    return _replace(rng, body, _ROW, b"")


def join_pages(rng: random.Random, body: bytes) -> bytes:
    """Put another page, or a part of it, after this one."""
    other = rng.choice(list(bases().values()))
    return body + other[rng.choice((0, rng.randrange(len(other) + 1))) :]


def insert_token(rng: random.Random, body: bytes) -> bytes:
    """Write a very long word, or very many short ones."""
    return _insert(rng, body, rng.choice((b"x", b"9", b" ", b"\n", b">", b".", b"results ", b"1 - ", b"(")) * 20_000)


def change_case(rng: random.Random, body: bytes) -> bytes:
    """Shout, whisper, or swap."""
    start, end = _span(rng, body, 5000)
    return body[:start] + rng.choice((bytes.upper, bytes.lower, bytes.swapcase))(body[start:end]) + body[end:]


STEPS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(flip_bytes, cut_end, delete_span, repeat_span, swap_spans, insert_tag, nest, mangle_attribute, insert_entity),
    *(insert_bytes, declare_charset, change_counter, change_date, repeat_row, remove_row, join_pages, insert_token),
    change_case,
)
