"""One try at a file: what comes is spooled as it comes, so that a transfer that breaks can be gone on with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from scrapy.http import Headers, Response

from harvester.captures import HTML_TYPES
from harvester.dataset.files import Part, Version
from harvester.errors import CutOff
from harvester.middlewares.stalls import Stall

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)", re.ASCII)
# By HTTP's rules (RFC 9110, 8.8.2.2) a time of change tells versions apart only if it was long past when it was sent.
_LONG_PAST = timedelta(seconds=60)


@dataclass(slots=True)
class Transfer:
    """Hears the head of an answer, then its body piece by piece, and lets `stall` know.

    The answer's status is known only when all of it has come, so that it is judged by its headers until then, and what
    was added because of them is taken back if the status says otherwise.
    """

    part: Part
    ranges: bool
    stall: Stall
    before: int = 0
    mode: str = "aside"  # aside: nothing is spooled; whole: from the first byte on; rest: after what was there

    def headers(self) -> dict[str, str]:
        """Return what to ask with: the file as it is, or the rest of it if it is still that version."""
        self.before, self.mode = 0, "aside"
        asked = {"Accept-Encoding": "identity", "Accept": "*/*"}
        total = self.part.version.total if self.part.version else None
        if total and self.part.size >= total:
            self.part.cut(
                total - 1
            )  # it was killed before it had its name: the last byte shows that it is that version
        if self.ranges and self.part.validator:
            self.before = self.part.size
            asked |= {"Range": f"bytes={self.before}-", "If-Range": self.part.validator}
        return asked

    def hear_head(self, headers: Headers) -> None:
        """Take the head of an answer, redirects among them."""
        self.stall.hear()
        self.mode = "aside"
        version = version_of(self.part.url, headers)
        if _text(headers, "Location") or version.type in HTML_TYPES or _is_packed(headers):
            return
        ranged = _RANGE.fullmatch(_text(headers, "Content-Range"))
        if ranged:
            self.mode = "rest" if self._goes_on(ranged, version) else "aside"
        elif version.validator is not None and self.ranges and not _text(headers, "Content-Range"):
            self.part.begin(version)
            self.mode = "whole"

    def _goes_on(self, ranged: re.Match[str], version: Version) -> bool:
        """Return whether a range is the rest of what is there."""
        first, last, total = map(int, ranged.groups())
        held = self.part.version
        return (
            held is not None
            and self.before > 0
            and (first, last + 1) == (self.before, total)
            and held.total in {None, total}
            and version.validator in {None, held.validator}
        )

    def hear(self, data: bytes) -> None:
        """Take a piece of the body."""
        self.stall.hear()
        if self.mode != "aside":
            self.part.append(data)

    def settle(self, response: Response) -> None:
        """Have in the part what the whole answer says; raise CutOff if it is no answer to what was asked."""
        spooled, self.mode = self.mode, "aside"
        self.part.close()
        if response.status == 200:
            if spooled != "whole":
                declared = version_of(self.part.url, response.headers).type  # the length may be that of a packed body
                self.part.begin(Version(self.part.url, None, None, declared))
                self.part.append(response.body)
        elif response.status != 206:
            self._take_back(spooled)
            if response.status == 416:
                self.part.discard()
                raise CutOff("the server has no rest of the file: it is another one by now")
            return
        elif spooled != "rest":
            self.part.discard()
            raise CutOff("the server sent another part of the file than was asked for")
        total = self.part.version.total if self.part.version else None
        if total is not None and self.part.size != total:
            size = self.part.size
            self.part.discard()
            raise CutOff(f"the file has {size} bytes, and was announced with {total}")

    def _take_back(self, spooled: str) -> None:
        if spooled == "rest":
            self.part.cut(self.before)
        elif spooled == "whole":
            self.part.discard()


def version_of(url: str, headers: Headers) -> Version:
    """Return what an answer's head says of the version of the file."""
    length = _text(headers, "Content-Length")
    ranged = _RANGE.fullmatch(_text(headers, "Content-Range"))
    total = int(ranged[3]) if ranged else int(length) if length.isdigit() and not _is_packed(headers) else None
    declared = _text(headers, "Content-Type").partition(";")[0].strip().lower()
    return Version(url, _validator(headers), total, declared or None)


def _validator(headers: Headers) -> str | None:
    """Return what tells versions apart byte by byte (RFC 9110, 13.1.5): a strong ETag, or a change long past."""
    tag, changed, sent = (_text(headers, name) for name in ("ETag", "Last-Modified", "Date"))
    if tag:
        return tag if tag.startswith('"') else None
    try:
        long_past = parsedate_to_datetime(sent) - parsedate_to_datetime(changed) >= _LONG_PAST
    except (ValueError, TypeError):
        return None
    return changed if long_past else None


def _is_packed(headers: Headers) -> bool:
    return _text(headers, "Content-Encoding").strip().lower() not in {"", "identity"}


def _text(headers: Headers | Mapping[str, bytes], name: str) -> str:
    return (headers.get(name) or b"").decode("latin-1")
