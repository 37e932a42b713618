"""A capture: one HTTP exchange kept, whether it came from a live site or from an archive."""

import codecs
import hashlib
import re
from dataclasses import dataclass

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml"})
TEXT_TYPES = HTML_TYPES | {"text/plain", "text/markdown", "application/octet-stream"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Seven-bit encodings are valid UTF-8 byte by byte, so only their declaration tells them.
_SEVEN_BIT = ("iso-2022", "iso2022", "hz")
# Python's codecs for the text of pages, by their own names. Of the others some decode no bytes, some read a
# programming language's escapes; HTML forbids UTF-7, and takes UTF-16 without a mark for a mistake.
_OF_PAGES = re.compile(r"ascii|big5|cp\d|euc|gb|hz|iso2022|iso8859|johab|koi8|kz1048|mac|ptcp|shift|tis")
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"BM",
    b"\x28\xb5\x2f\xfd",
    b"RIFF",
)
_XHTML = re.compile(rb"<(?:!doctype\s+)?html\b", re.I)
_DOCUMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+)?html\b", re.I | re.S
)
_MARKUP = re.compile(rb"<(?:!doctype\b|html\b|head\b|body\b|main\b|!--|[a-z][a-z0-9-]*[\s>/])", re.I)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a crawl made of a page that it kept, as its snapshot tells: in which walk of which crawl it stood.

    `crawl` and `begun` are the ids of the crawl that fetched the page and of the one that began the walk; `number`
    counts the passes through the listing; `proving` says whether the order was taken for proof; `cut_off` that the
    page's last row was not believed.
    """

    crawl: str
    begun: str
    listing: str
    order: str | None
    number: int
    proving: bool
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class TakenBeside:
    """What else a crawl took beside listings, as its snapshot tells: a `kind` of document or file, in which crawl.

    `asked` are the addresses that led to it by redirects.
    """

    crawl: str
    kind: str
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version of a page that it sent: an ETag, a Last-Modified, as they were sent.

    `url` says which page of which server: what one says of its versions means nothing to another.
    """

    url: str
    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it came: `body` is decoded from transfer and content encodings, not from its character set.

    `url` is None where the capture does not say; `content_type` is the header as sent, None if unknown;
    `captured_at` is an ISO 8601 UTC time or None; `file` and `offset` say where in an archive it lies ("file#member"
    in a container; the offset is in bytes of the member, unpacked where only the whole is packed). `taken` is known of
    the pages of a crawl's own snapshot, `validators` of live ones.
    """

    body: bytes
    url: str | None = None
    status: int = 200
    content_type: str | None = None
    challenged: bool = False
    captured_at: str | None = None
    file: str | None = None
    offset: int | None = None
    taken: Taken | TakenBeside | None = None
    validators: Validators | None = None

    @property
    def digest(self) -> str:
        """Return the digest of the decoded body, "sha256:" and hexadecimal."""
        return "sha256:" + hashlib.sha256(self.body).hexdigest()

    @property
    def media_type(self) -> str | None:
        """Return the declared type without parameters, in lower case; None if none is declared."""
        return self.content_type.partition(";")[0].strip().lower() if self.content_type else None

    @property
    def says_html(self) -> bool:
        """Return whether the bytes begin as an HTML document does; servers declare those as all kinds of things."""
        return _DOCUMENT.match(self.body[:4096]) is not None

    @property
    def medium(self) -> str:
        """Return what the bytes are: html, text (an extract), or binary. The header is not believed over the bytes."""
        head = self.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\f")
        if head.startswith(b"<?xml"):
            return "html" if _XHTML.search(head) else "text"
        if head.startswith(_BINARY):
            return "binary"
        if self.body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            start = self.body[:8192].decode(self.encoding, "ignore")
            return "html" if _MARKUP.search(start.encode("utf-8", "ignore")) else "text"
        if b"\x00" in head and head.count(b"\x00") * 4 > len(head):
            return "binary"
        if head.startswith(b"<") and _MARKUP.match(head):
            return "html"
        return "html" if self.media_type in HTML_TYPES and b"<" in head else "text"

    @property
    def encoding(self) -> str:
        """Return the character encoding: byte order mark, else UTF-8 if the bytes are, else as declared.

        Bytes that are valid UTF-8 are UTF-8 whatever a header says: the chance of another encoding passing by
        accident is negligible, while wrong charset headers are common. A damaged byte, or a page cut inside a letter,
        does not change that where most letters are UTF-8.
        """
        for bom, name in _BOMS:
            if self.body.startswith(bom):
                return name
        declared = http_content_type_encoding(self.content_type)
        declared = _codec(declared or html_body_declared_encoding(self.body[:4096]))
        if declared and declared.startswith(_SEVEN_BIT):
            return declared
        try:
            self.body.decode("utf-8")
        except UnicodeDecodeError:
            return "utf-8" if _is_damaged_utf8(self.body, declared) else declared or "cp1252"
        return "utf-8"

    @property
    def text(self) -> str:
        """Return the body as text; what its encoding cannot decode becomes U+FFFD."""
        return self.body.decode(self.encoding, "replace").removeprefix("\ufeff")


def _codec(declared: str | None) -> str | None:
    """Return the name of the codec for an encoding other than UTF-8; None if none, or no page's, is declared."""
    try:
        name = codecs.lookup(resolve_encoding(declared) or "utf-8").name if declared else "utf-8"
    except (LookupError, ValueError):
        return None
    return name if _OF_PAGES.match(name) else None


def _is_damaged_utf8(body: bytes, declared: str | None) -> bool:
    """Return whether more letters are valid UTF-8 than are not (as many, if no other encoding is declared)."""
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    letters = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return letters > damaged or (declared is None and letters == damaged)
