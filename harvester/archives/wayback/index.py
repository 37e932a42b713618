"""Asks the CDX server of a web archive for captures, and reads the lines that it answers.

Plain text is asked for, a line a capture: one line that is broken then costs one line, where broken JSON costs all.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from harvester.archives.wayback.addresses import parse_time, without_port

FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")
# Lines asked for at once. The server scans only so much for one answer, so that more would not be had more safely.
LINES = 5_000
_STATUS = re.compile(r"\d{3}|-")
_URL = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.I)  # seen: http://mailto:..., http://name@host/, data:image


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One capture as the index tells of it: `status` is None where it has none, as revisits do."""

    timestamp: str
    original: str
    mimetype: str
    status: int | None
    digest: str

    @property
    def may_be_page(self) -> bool:
        """Return whether the capture may be a page: status 200, or a revisit of what was the same before; HTML."""
        if self.status not in {200, None} or (self.status is None and self.mimetype not in {"warc/revisit", "-"}):
            return False
        return self.mimetype in {"warc/revisit", "text/html", "application/xhtml+xml", "unk", "-"}


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One answer: its lines, how many could not be understood, and the key to go on with (None at the end).

    `whole` is False where the last line has no end, so that the answer may be cut.
    """

    lines: tuple[IndexLine, ...]
    malformed: int
    resume_key: str | None
    whole: bool


def index_url(base: str, host: str, path: str, resume_key: str | None = None, lines: int = LINES) -> str:
    """Return the address that asks for all captures of a host below a path.

    The index goes by SURT: neither scheme nor case nor a leading "www." matters.
    """
    query = {"url": host + path, "matchType": "prefix", "fl": ",".join(FIELDS), "limit": str(lines)}
    query["showResumeKey"] = "true"
    if resume_key is not None:
        query["resumeKey"] = resume_key
    return f"{base.rstrip('/')}/cdx/search/cdx?{urlencode(query)}"


def read_index(body: bytes) -> IndexPage:
    """Read an answer of the CDX server: lines, then, where there is more, a blank line and the resume key.

    The key is text as it stands in the answer; some servers write it percent-encoded, and it goes back as it came but
    for the encoding of a query.
    """
    text = body.decode("utf-8", "replace")
    rows = text.split("\n")
    whole = rows[-1] == ""
    rows = [row.rstrip("\r") for row in rows]
    while rows and not rows[-1].strip():
        rows.pop()
    key = None
    if len(rows) > 1 and not rows[-2].strip():
        key, rows = rows[-1].strip(), rows[:-2]
    elif len(rows) == 1 and text.startswith(("\n", "\r\n")):
        key, rows = rows[0].strip(), []
    read = [_read_line(row) for row in dict.fromkeys(row for row in rows if row.strip())]
    lines = tuple(line for line in read if line is not None)
    return IndexPage(lines, len(read) - len(lines), key, whole or not body)


def _read_line(row: str) -> IndexLine | None:
    """Return a line as a capture; None for one with too few fields, or with one that cannot be.

    Seen: lines without their last fields, a media type with a blank in it, addresses that are none, an exception of the
    server's in the place of a line.
    """
    fields = row.split(" ")
    if len(fields) != len(FIELDS):
        return None
    timestamp, original, mimetype, status, digest = fields
    original = without_port(original)
    if len(timestamp) != 14 or parse_time(timestamp) is None or not _STATUS.fullmatch(status):
        return None
    if not _URL.fullmatch(original):
        return None
    return IndexLine(timestamp, original, mimetype.lower(), None if status == "-" else int(status), digest)
