"""Says what a file is, from its first bytes; its name is not asked."""

from enum import Enum

from harvester.archives.headers import is_header
from harvester.archives.unpacking import GZIP
from harvester.archives.warc.fields import RECORD_START
from harvester.captures import Capture
from harvester.encodings import Broken, Inflating, Stream, Zstd

HEAD = 65_536  # bytes looked at
_ZSTD = b"\x28\xb5\x2f\xfd"
# A WARC in zstd may begin with the dictionary that its frames need, in a frame that zstd skips.
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_UNREAD = {
    b"\xfd7zXZ\x00": "an xz file",
    b"BZh": "a bzip2 file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x1f\x9d": "a compress file",
    b"filedesc://": "an ARC file",
}
_MHTML = (b"multipart/related", b"mime-version:")


class Kind(Enum):
    """What a file can be."""

    WARC = "a WARC"
    TAR = "a tar archive"
    ZIP = "a ZIP file"
    GZIP = "a gzip file"
    ZSTD = "a zstd file"
    UNREAD = "an archive of a kind that is not read"
    BINARY = "no text"
    PAGE = "a page"


def kind_of(head: bytes) -> Kind:
    """Return what the file that begins with these bytes is; an empty one is a page without text."""
    if head.startswith(b"WARC/"):
        return Kind.WARC
    if head.startswith(GZIP):
        return Kind.GZIP
    if head.startswith(_ZSTD) or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return Kind.ZSTD
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ZIP
    if unread_name(head) is not None:
        return Kind.UNREAD
    if is_header(head[:512]) or head[257:262] == b"ustar":  # the first header may be the damaged one
        return Kind.TAR
    medium = Capture(head).medium
    # Behind a mark that an editor left, or the rest of a record where a WARC was cut into pieces, its records begin.
    if medium != "html" and RECORD_START.search(head):
        return Kind.WARC
    return Kind.BINARY if medium == "binary" else Kind.PAGE


def unread_name(head: bytes) -> str | None:
    """Return what to call an archive of a kind that is not read, None for anything else."""
    for magic, name in _UNREAD.items():
        if head.startswith(magic):
            return name
    start = head[:4096].lower()
    is_mail = start.startswith((b"from:", b"mime-version:", b"content-type: multipart/related"))
    return "an MHTML page" if is_mail and any(word in start for word in _MHTML) else None


def packed_kind(head: bytes) -> Kind | None:
    """Return what a gzip or zstd file holds; None if nothing can be unpacked of it.

    Where its first member or frame is damaged, the next ones tell: a WARC goes on behind it.
    """
    if head.startswith(_DICTIONARY):
        return Kind.WARC
    magic = GZIP + b"\x08" if head.startswith(GZIP) else _ZSTD
    at = 0
    while at >= 0:
        try:
            kind = kind_of(_inside(head[at:]))
        except Broken:
            kind = None
        if kind is not None and (at == 0 or kind is Kind.WARC):
            return kind
        at = head.find(magic, at + 1)
    return None


def _inside(head: bytes) -> bytes:
    """Return the first bytes of the first member or frame that holds any."""
    inside = b""
    while head and not inside:
        stream: Stream = Inflating() if head.startswith(GZIP) else Zstd()
        inside = stream.feed(head)
        head = stream.rest
    return inside
