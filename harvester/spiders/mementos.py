"""Says what a web archive answered: an index, a capture, or one of the many things in their place.

Whether an answer is a capture is told by its Memento-Datetime alone: a captured error is played back with its own
status, and an error of the archive's has the same status without that header.
"""

import re
from urllib.parse import urljoin

from scrapy.http import Response

from harvester.archives.wayback import Address, IndexPage, iso_time, read_address, read_index, timestamp_of
from harvester.captures import Capture
from harvester.errors import (
    BlockPage,
    CutOff,
    ExcludedSite,
    MissingMemento,
    OffSiteRedirect,
    PageError,
    RateLimited,
    ServerError,
)
from harvester.urls import host_of

# As the Wayback Machine words it, with 403 or 200, in the body and in X-Archive-Wayback-Runtime-Error.
_EXCLUDED = re.compile(
    rb"AdministrativeAccessControlException|RobotAccessControlException|has been excluded from the", re.I
)
_ORIGINAL = re.compile(r'<([^<>]+)>\s*;[^<]*?\brel="?(?:[a-z ]*\s)?original\b', re.I)


class Elsewhere(Exception):
    """The archive has another capture of the page, the nearest in time."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.file)
        self.address = address


def index_of(response: Response, *, last_try: bool) -> IndexPage:
    """Return an answer as a page of the index; raises the PageError that says what it is instead.

    One whose last line has no end may be cut, and is believed only when it comes so again and again.
    """
    _refuse_exclusion(response)
    if response.status != 200:
        error = _error_of(response)
        raise ServerError(f"the index answered {response.status}") if error.kind == "no-memento" else error
    page = read_index(response.body)
    if not page.whole and not last_try:
        raise CutOff("the index ends amid a line")
    if page.malformed and not page.lines and page.resume_key is None:
        raise ServerError(f"the index answered no line of an index: {response.text[:100]!r}")
    return page


def capture_of(response: Response) -> Capture:
    """Return an answer as the capture that it says it is; `file` names it without the archive's host.

    Raises Elsewhere where the archive names another capture; MissingMemento where there is none, or it is no page;
    another PageError for what stands in its place.
    """
    asked = read_address(response.url)
    header = response.headers.get("Memento-Datetime")
    if asked is None:
        raise MissingMemento("the archive answered with something that is no capture")
    if header is None:
        raise _in_its_place(response)
    if response.status != 200:
        raise MissingMemento(f"the archive has the site's answer {response.status} of that time, no page")
    timestamp = timestamp_of(header.decode("latin-1")) or asked.timestamp
    links = b", ".join(response.headers.getlist("Link")).decode("latin-1")
    found = _ORIGINAL.search(links)
    address = Address(timestamp, found[1] if found else asked.original)
    _refuse_cut(response)
    content_type = response.headers.get("Content-Type")
    return Capture(
        body=response.body,
        url=address.original,
        status=response.status,
        content_type=content_type.decode("latin-1") if content_type else None,
        captured_at=iso_time(timestamp),
        file=address.file,
    )


def _in_its_place(response: Response) -> Exception:
    """Return what an answer is that is no capture."""
    _refuse_exclusion(response)
    if 300 <= response.status < 400:
        location = (response.headers.get("Location") or b"").decode("latin-1")
        try:
            there = urljoin(response.url, location)
            address = read_address(there) if location else None
        except ValueError:
            return MissingMemento(f"the archive redirects to {location[:200]}")
        if host_of(there) != host_of(response.url):
            return OffSiteRedirect(f"the archive redirects to {location[:200]}")
        return Elsewhere(address) if address else MissingMemento("the archive redirects to no capture")
    if response.status == 200:
        return ServerError("the archive answered with a page of its own")
    return _error_of(response)


def _error_of(response: Response) -> PageError:
    status = response.status
    if status == 429:
        return RateLimited("the archive answered 429: it is asked too often")
    if status == 408 or status >= 500:
        return ServerError(f"the archive answered {status}")
    if status in {401, 403, 451}:
        return BlockPage(f"the archive answered {status}: access is forbidden")
    return MissingMemento(f"the archive answered {status}: it has no such capture")


def _refuse_exclusion(response: Response) -> None:
    if response.headers.get("Memento-Datetime") is not None:
        return
    told = response.headers.get("X-Archive-Wayback-Runtime-Error") or b""
    if _EXCLUDED.search(told) or (response.status in {200, 403, 451} and _EXCLUDED.search(response.body[:2000])):
        raise ExcludedSite("the web archive does not show this site")


def told_length(response: Response) -> int | None:
    """Return how many bytes a body had when captured; None where that is not told, or of what was packed then."""
    told = (response.headers.get("X-Archive-Orig-Content-Length") or b"").strip()
    packed = response.headers.get("X-Archive-Orig-Content-Encoding")
    return int(told) if told.isdigit() and not packed else None


def _refuse_cut(response: Response) -> None:
    """Raise CutOff for a body shorter than the captured one, where its length is known."""
    told = told_length(response)
    if told is not None and len(response.body) < told:
        raise CutOff(f"the page has {len(response.body)} bytes, when captured it had {told}")
